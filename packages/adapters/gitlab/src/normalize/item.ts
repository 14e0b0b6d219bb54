import type { Change, Issue, User } from "@devflow/gateway/contract";
import type { JsonObject } from "@devflow/gateway/kit";
import { id, present, record, records, text, timeMs, unmarked } from "../wire/index.ts";
import { nobody, personOf } from "./person.ts";
import type { Project } from "./project.ts";

/** What a payload says of an item besides the item itself. */
export interface Beside {
  readonly labels?: unknown;
  readonly assignees?: unknown;
}

/** An issue, as hooks (`object_attributes`, or `issue` of a note) and the API have it. */
export function issueOf(found: JsonObject, project: Project, beside: Beside = {}): Issue {
  const type = text(found["type"]) ?? text(found["issue_type"]);
  return { kind: "issue", ...common(found, project, "#", beside), ...(type === undefined ? {} : { type }) };
}

/** A merge request, as hooks and the API have it. */
export function changeOf(found: JsonObject, project: Project, beside: Beside = {}): Change {
  const sha = text(record(found["last_commit"])["id"]) ?? text(found["sha"]);
  return {
    kind: "change",
    ...common(found, project, "!", beside),
    from: text(found["source_branch"]) ?? "",
    into: text(found["target_branch"]) ?? "",
    ...(sha === undefined ? {} : { sha }),
    draft: found["draft"] === true || found["work_in_progress"] === true,
    merged: found["state"] === "merged",
  };
}

type Common = Omit<Issue, "kind" | "type">;

function common(found: JsonObject, project: Project, sigil: string, beside: Beside): Common {
  const iid = id(found["iid"]) ?? "";
  const labels = beside.labels ?? found["labels"];
  const assignees = records(beside.assignees ?? found["assignees"]).map((one) => personOf(one));
  return {
    key: text(record(found["references"])["full"]) ?? `${project.room}${sigil}${iid}`,
    id: id(found["id"]) ?? "",
    title: text(found["title"]) ?? "",
    body: unmarked(text(found["description"]) ?? ""),
    labels: labelNames(labels),
    assignees: withIds(assignees, found["assignee_ids"]),
    ...stateOf(found["state"]),
    ...present({
      author: authorOf(found),
      url: text(found["url"]) ?? text(found["web_url"]),
      createdAt: timeMs(found["created_at"]),
      updatedAt: timeMs(found["updated_at"]),
      closedAt: timeMs(found["closed_at"]) ?? timeMs(found["merged_at"]),
    }),
    ...(found["confidential"] === true ? { confidential: true } : {}),
  };
}

/** `opened`, `closed`, `merged`, `locked`: what is said beyond open and closed is a status. */
function stateOf(state: unknown): { readonly state: "open" | "closed"; readonly status?: string } {
  const open = state === undefined || state === null || state === "opened" || state === "locked";
  const plain = state === "opened" || state === "closed" || typeof state !== "string" || state === "";
  return { state: open ? "open" : "closed", ...(plain ? {} : { status: state }) };
}

/** Names of labels: hooks have objects with a title, the API has names. */
export function labelNames(labels: unknown): readonly string[] {
  if (!Array.isArray(labels)) return [];
  return labels.flatMap((label: unknown) => text(label) ?? text(record(label)["title"]) ?? text(record(label)["name"]) ?? []);
}

/** Assignees of an issue hook have no ids; those stand in a list of their own, in the same order where there is one only. */
function withIds(people: readonly User[], ids: unknown): readonly User[] {
  const [only] = people;
  if (people.length !== 1 || only === undefined || only.id !== "" || !Array.isArray(ids) || ids.length !== 1) return people;
  return [{ ...only, id: id(ids[0]) ?? "" }];
}

function authorOf(found: JsonObject): User | undefined {
  const author = personOf(found["author"] ?? { id: found["author_id"] });
  return author === nobody ? undefined : author;
}
