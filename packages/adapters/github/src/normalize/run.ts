import type { Deployment, Pipeline, Push, Release } from "@devflow/gateway/contract";
import type { JsonObject } from "@devflow/gateway/kit";
import { idOf, known, number, record, records, text, timeOf } from "../wire/index.ts";

/** A run of a workflow, of a payload or of an answer. */
export function readPipeline(run: JsonObject, room: string): Pipeline {
  const finished = run["status"] === "completed";
  const outcome = text(run["conclusion"]);
  const changes = records(run["pull_requests"]).flatMap((pull) => {
    const [into, key] = [text(record(record(record(pull["base"])["repo"]))["url"]), number(pull["number"])];
    // Runs of forks list pull requests of other repositories too.
    return key === undefined || (into !== undefined && !into.toLowerCase().endsWith(`/repos/${room.toLowerCase()}`))
      ? []
      : `${room}#${key}`;
  });
  return {
    id: idOf(run["id"]) ?? "",
    name: text(run["name"]) ?? text(run["display_title"]) ?? text(run["path"]) ?? "",
    status: finished ? "finished" : run["status"] === "in_progress" ? "running" : "queued",
    ...known({
      passed: finished ? outcome === "success" || outcome === "neutral" || outcome === "skipped" : undefined,
      outcome: finished ? outcome : undefined,
      ref: text(run["head_branch"]),
      sha: text(run["head_sha"]),
      url: text(run["html_url"]),
      attempt: number(run["run_attempt"]),
      startedAt: timeOf(run["run_started_at"]) ?? timeOf(run["created_at"]),
      finishedAt: finished ? timeOf(run["updated_at"]) : undefined,
      changes: changes.length === 0 ? undefined : changes,
    }),
  };
}

const noCommit = /^0+$/;

/** What came to a branch or tag. */
export function readPush(payload: JsonObject): Push | undefined {
  const ref = text(payload["ref"]);
  if (ref === undefined) return undefined;
  const commitAt = (value: unknown): string | undefined => (noCommit.test(text(value) ?? "0") ? undefined : text(value));
  return {
    ref,
    forced: payload["forced"] === true,
    commits: records(payload["commits"]).map((commit) => ({
      sha: text(commit["id"]) ?? "",
      message: text(commit["message"]) ?? "",
      ...known({
        author: text(record(commit["author"])["username"]) ?? text(record(commit["author"])["name"]),
        url: text(commit["url"]),
      }),
    })),
    ...known({
      branch: ref.startsWith("refs/heads/") ? ref.slice(11) : undefined,
      tag: ref.startsWith("refs/tags/") ? ref.slice(10) : undefined,
      before: commitAt(payload["before"]),
      after: commitAt(payload["after"]),
      url: text(payload["compare"]),
    }),
  };
}

/** A release that was made public. */
export function readRelease(release: JsonObject): Release | undefined {
  const [id, tag] = [idOf(release["id"]), text(release["tag_name"])];
  if (id === undefined || tag === undefined) return undefined;
  return {
    id,
    tag,
    name: text(release["name"]) ?? tag,
    body: (text(release["body"]) ?? "").replaceAll("\r\n", "\n"),
    prerelease: release["prerelease"] === true,
    ...known({ url: text(release["html_url"]) }),
  };
}

/** A deployment with the status that ended it. */
export function readDeployment(payload: JsonObject): Deployment | undefined {
  const deployment = record(payload["deployment"]);
  const status = record(payload["deployment_status"]);
  const [id, outcome] = [idOf(deployment["id"]), text(status["state"])];
  if (id === undefined || outcome === undefined) return undefined;
  return {
    id,
    environment: text(status["environment"]) ?? text(deployment["environment"]) ?? "",
    passed: outcome === "success",
    outcome,
    ...known({
      ref: text(deployment["ref"]),
      sha: text(deployment["sha"]),
      url: text(status["environment_url"]) ?? text(status["log_url"]) ?? text(status["target_url"]),
    }),
  };
}
