import type { Address, Operation } from "@devflow/gateway/contract";
import type { CheckReport } from "../capability.ts";
import { writeValues, type GithubCall } from "../wire/index.ts";
import { rejected, repoOf, written } from "./text.ts";

/** A run of a workflow that waits for being dispatched. */
export function runPipeline({ run }: Operation<"pipeline.run">, to: Address): GithubCall {
  const { owner, repo } = repoOf(to);
  const { workflow, ref, inputs, variables } = run;
  if (workflow === undefined)
    throw rejected("operation.rejected", "name the workflow: its file, such as deploy.yml, or its id.", to);
  if (variables !== undefined)
    throw rejected("operation.unsupported", "workflows take declared inputs and no variables: use `inputs`.", to);
  const args = { owner, repo, workflow_id: workflow, ref, ...(inputs === undefined ? {} : { inputs: inputsOf(inputs) }) };
  return { route: "POST /repos/{owner}/{repo}/actions/workflows/{workflow_id}/dispatches", args };
}

/** Inputs are texts on their way, whatever they are declared as. */
function inputsOf(inputs: Readonly<Record<string, unknown>>): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(inputs).map(([name, value]) => [name, typeof value === "string" ? value : JSON.stringify(value)]),
  );
}

/** A run to stop. GitHub stops whole runs alone. */
export function cancelPipeline({ pipeline, job }: Operation<"pipeline.cancel">, to: Address): GithubCall {
  const { owner, repo } = repoOf(to);
  if (job !== undefined)
    throw rejected("operation.unsupported", "a job cannot be cancelled alone. Leave `job` out to cancel its run.", to);
  return { route: "POST /repos/{owner}/{repo}/actions/runs/{run_id}/cancel", args: { owner, repo, run_id: idOf(pipeline, to) } };
}

/** A run, the failed jobs of it, or one job, once more. */
export function retryPipeline({ pipeline, job, failedOnly }: Operation<"pipeline.retry">, to: Address): GithubCall {
  const { owner, repo } = repoOf(to);
  if (job !== undefined)
    return { route: "POST /repos/{owner}/{repo}/actions/jobs/{job_id}/rerun", args: { owner, repo, job_id: idOf(job, to) } };
  const route = failedOnly === true ? "rerun-failed-jobs" : "rerun";
  return {
    route: `POST /repos/{owner}/{repo}/actions/runs/{run_id}/${route}`,
    args: { owner, repo, run_id: idOf(pipeline, to) },
  };
}

function idOf(id: string, to: Address): number {
  if (/^\d{1,15}$/.test(id)) return Number(id);
  throw rejected("operation.rejected", `"${id}" is no id of a run or job.`, to);
}

const statuses = { queued: "queued", running: "in_progress", finished: "completed" } as const;

/** A check run with its buttons. */
export function reportCheck(check: CheckReport, to: Address): GithubCall {
  const { owner, repo } = repoOf(to);
  const buttons = check.buttons ?? [];
  if (buttons.length > 3) throw rejected("content.rejected", "a check run has three buttons at most.", to);
  for (const { id, label } of buttons)
    if (id.length > 20 || label.length > 20)
      throw rejected("content.rejected", `the button "${id}" has an id or label of more than 20 characters.`, to);
  const values = writeValues(Object.fromEntries(buttons.flatMap(({ id, value }) => (value === undefined ? [] : [[id, value]]))));
  const said = check.title !== undefined || check.summary !== undefined || check.text !== undefined;
  const output = {
    title: check.title ?? check.name,
    summary: written(check.summary ?? "", undefined, "the summary", to),
    ...(check.text === undefined ? {} : { text: written(check.text, undefined, "the text", to) }),
  };
  const args = {
    owner,
    repo,
    name: check.name,
    head_sha: check.sha,
    status: statuses[check.status],
    ...(check.status === "finished" ? { conclusion: check.outcome ?? "success" } : {}),
    ...(said ? { output } : {}),
    ...(check.url === undefined ? {} : { details_url: check.url }),
    ...(values === undefined ? {} : { external_id: values }),
    ...(buttons.length === 0 ? {} : { actions: buttons.map(({ id, label }) => ({ identifier: id, label, description: label })) }),
  };
  if (check.id === undefined) return { route: "POST /repos/{owner}/{repo}/check-runs", args };
  const { head_sha: _, ...rest } = args;
  return { route: "PATCH /repos/{owner}/{repo}/check-runs/{check_run_id}", args: { ...rest, check_run_id: idOf(check.id, to) } };
}
