import type { Address } from "@devflow/gateway/contract";
import type { JsonObject } from "@devflow/gateway/kit";
import { id, record, text, writeThread, type Place } from "../wire/index.ts";

/** Where something happened. */
export interface Project {
  /** Path of a project or group; the number of one that has no path in the payload; `-` for the instance itself. */
  readonly room: string;
  readonly url?: string;
  readonly title?: string;
  readonly id?: string;
}

/** Reads the project, or the group, that a payload is about. */
export function projectOf(payload: JsonObject): Project {
  const project = record(payload["project"]);
  const group = record(payload["group"]);
  const repository = record(payload["repository"]);
  const room =
    text(project["path_with_namespace"]) ??
    text(payload["path_with_namespace"]) ??
    text(payload["project_path_with_namespace"]) ??
    pathOfSsh(repository["git_ssh_url"]) ??
    pathOfSsh(repository["url"]) ??
    text(group["full_path"]) ??
    text(group["group_path"]) ??
    text(payload["full_path"]) ??
    text(payload["group_path"]) ??
    id(payload["project_id"]) ??
    "-";
  const url = text(project["web_url"]) ?? text(repository["homepage"]) ?? text(group["web_url"]);
  const title =
    text(project["name"]) ?? text(payload["project_name"]) ?? text(group["group_name"]) ?? text(payload["group_name"]);
  const own = id(project["id"]) ?? id(payload["project_id"]);
  return { room, ...(url && { url }), ...(title && { title }), ...(own && { id: own }) };
}

/** The address of an SSH clone has the path without an instance's sub-path, which a web address has in front of it. */
function pathOfSsh(value: unknown): string | undefined {
  const match = typeof value === "string" ? /^(?:ssh:\/\/[^/]+\/|git@[^:/]+:)(.{1,500}?)(?:\.git)?\/?$/.exec(value) : null;
  return match?.[1];
}

/** Address of a project, or of a place in it. */
export function addressIn({ room }: Project, account: string, place?: Place): Address {
  return { platform: "gitlab", account, room, ...(place === undefined ? {} : { thread: writeThread(place) }) };
}
