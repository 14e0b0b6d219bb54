import type { Address, Operation, PipelineRun } from "@devflow/gateway/contract";
import { present, projectPath, type GitlabCall } from "../wire/index.ts";

/** Starts a pipeline. Inputs keep the spelling and the type they are declared with. A project has one pipeline file: `workflow` says nothing here. */
export function runPipeline(run: PipelineRun, to: Address): GitlabCall {
  const variables = Object.entries(run.variables ?? {}).map(([key, value]) => ({ key, value }));
  return {
    method: "POST",
    path: `${projectPath(to.room)}/pipeline`,
    fields: { ref: run.ref, ...present({ inputs: run.inputs }), ...(variables.length > 0 && { variables }) },
  };
}

/** Cancels or retries a pipeline, or one of its jobs. A pipeline is retried as far as it failed: GitLab knows no more. */
export function steerPipeline(operation: Operation<"pipeline.cancel" | "pipeline.retry">, to: Address): GitlabCall {
  const verb = operation.kind === "pipeline.cancel" ? "cancel" : "retry";
  const { pipeline, job } = operation;
  const what = job === undefined ? `pipelines/${encodeURIComponent(pipeline)}` : `jobs/${encodeURIComponent(job)}`;
  return { method: "POST", path: `${projectPath(to.room)}/${what}/${verb}`, fields: {} };
}
