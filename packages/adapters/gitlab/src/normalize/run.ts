import type { Event, EventKind, Pipeline } from "@devflow/gateway/contract";
import type { JsonObject } from "@devflow/gateway/kit";
import { id, present, record, records, text, timeMs } from "../wire/index.ts";
import { event, type Source } from "./envelope.ts";
import type { Project } from "./project.ts";

/** Hooks about pipelines by their status. What has not begun, waits for a person or was skipped is a `platform.event`. */
const pipelineKinds = {
  running: "pipeline.started",
  success: "pipeline.finished",
  failed: "pipeline.finished",
  canceled: "pipeline.finished",
} as const satisfies Readonly<Record<string, EventKind>>;

/** Hooks about deployments by their status. */
const deploymentKinds = {
  success: "deployment.finished",
  failed: "deployment.finished",
  canceled: "deployment.finished",
} as const satisfies Readonly<Record<string, EventKind>>;

/** A pipeline. Undefined for a status that neither begins nor ends it. */
export function readPipelineEvent(source: Source): Event | undefined {
  const { payload, project } = source;
  const attributes = record(payload["object_attributes"]);
  const kind = pipelineKinds[text(attributes["status"]) as keyof typeof pipelineKinds] as EventKind | undefined;
  if (kind === undefined || id(attributes["id"]) === undefined) return undefined;
  const read = pipelineOf(attributes, project);
  const key = mergeKey(record(payload["merge_request"]), project);
  const pipeline = key === undefined ? read : { ...read, changes: [key] };
  const at =
    kind === "pipeline.started" ? (startOf(payload) ?? timeMs(attributes["created_at"])) : timeMs(attributes["finished_at"]);
  return event(source, kind as "pipeline.started", { at }, { pipeline });
}

/** Key of the merge request that a pipeline runs for. One from a fork runs in the fork, and is of another project. */
function mergeKey(merge: JsonObject, { id: own, room, url = "" }: Project): string | undefined {
  const iid = id(merge["iid"]);
  const target = id(merge["target_project_id"]);
  if (iid === undefined) return undefined;
  if (target === undefined || target === own) return `${room}!${iid}`;
  const base = url.endsWith(`/${room}`) ? url.slice(0, -room.length) : undefined;
  const page = text(merge["url"]) ?? "";
  const path = base !== undefined && page.startsWith(base) ? page.slice(base.length).split("/-/")[0] : undefined;
  return path ? `${path}!${iid}` : undefined;
}

/** A pipeline, as hooks and the API have it. */
export function pipelineOf(found: JsonObject, project: Project): Pipeline {
  const own = id(found["id"]) ?? "";
  const status = text(found["status"]);
  const over = status === "success" || status === "failed" || status === "canceled" || status === "skipped";
  const running = status === "running" || status === "canceling";
  return {
    id: own,
    name: text(found["name"]) ?? text(found["source"]) ?? "pipeline",
    status: over ? "finished" : running ? "running" : "queued",
    ...(over ? { passed: status === "success" || status === "skipped" } : {}),
    ...present({
      outcome: status,
      ref: text(found["ref"]),
      sha: text(found["sha"]),
      url: text(found["url"]) ?? text(found["web_url"]) ?? (project.url && `${project.url}/-/pipelines/${own}`),
      startedAt: timeMs(found["started_at"]) ?? (over || running ? timeMs(found["created_at"]) : undefined),
      finishedAt: timeMs(found["finished_at"]),
    }),
  };
}

/** The first of its jobs that began: a pipeline's hook does not say it itself. */
function startOf(payload: JsonObject): number | undefined {
  const starts = records(payload["builds"]).flatMap((build) => timeMs(build["started_at"]) ?? []);
  return starts.length === 0 ? undefined : Math.min(...starts);
}

/** Commits that came to a branch or tag. */
export function readPushEvent(source: Source): Event | undefined {
  const { payload, project } = source;
  const ref = text(payload["ref"]);
  if (ref === undefined) return undefined;
  const [before, after] = [shaOf(payload["before"]), shaOf(payload["after"])];
  const compare = project.url && before && after ? `${project.url}/-/compare/${before}...${after}` : undefined;
  const push = {
    ref,
    ...present({ branch: named(ref, "refs/heads/"), tag: named(ref, "refs/tags/"), before, after }),
    // GitLab does not say whether a push was forced.
    forced: false,
    commits: records(payload["commits"]).map((commit) => ({
      sha: text(commit["id"]) ?? "",
      message: text(commit["message"]) ?? "",
      ...present({ author: text(record(commit["author"])["name"]), url: text(commit["url"]) }),
    })),
    ...(compare && { url: compare }),
  };
  return event(source, "push.received", {}, { push });
}

function named(ref: string, prefix: string): string | undefined {
  return ref.startsWith(prefix) && ref.length > prefix.length ? ref.slice(prefix.length) : undefined;
}

/** Zeros stand for a ref that is new or gone. */
function shaOf(value: unknown): string | undefined {
  const sha = text(value);
  return sha === undefined || /^0+$/.test(sha) ? undefined : sha;
}

/** A release that was made; edits and deletions are platform events. */
export function readReleaseEvent(source: Source): Event | undefined {
  const { payload } = source;
  const tag = text(payload["tag"]);
  if (payload["action"] !== "create" || tag === undefined) return undefined;
  const at = timeMs(payload["released_at"]) ?? timeMs(payload["created_at"]);
  const release = {
    id: id(payload["id"]) ?? tag,
    tag,
    name: text(payload["name"]) ?? tag,
    body: text(payload["description"]) ?? "",
    // A release of the future is announced, and GitLab has no other word for what is not final.
    prerelease: at !== undefined && at > source.receivedAt,
    ...present({ url: text(payload["url"]) }),
  };
  return event(source, "release.published", { at }, { release });
}

/** A deployment that is over. */
export function readDeploymentEvent(source: Source): Event | undefined {
  const { payload } = source;
  const status = text(payload["status"]) as keyof typeof deploymentKinds | undefined;
  if (status === undefined || deploymentKinds[status] === undefined) return undefined;
  const deployment = {
    id: id(payload["deployment_id"]) ?? "",
    environment: text(payload["environment"]) ?? "",
    passed: status === "success",
    outcome: status,
    ...present({
      ref: text(payload["ref"]),
      sha: /([\da-f]{40,64})(?:$|[/?#])/.exec(text(payload["commit_url"]) ?? "")?.[1] ?? text(payload["short_sha"]),
      url: text(payload["deployable_url"]) ?? text(payload["environment_external_url"]),
    }),
  };
  return event(source, "deployment.finished", { at: timeMs(payload["status_changed_at"]) }, { deployment });
}
