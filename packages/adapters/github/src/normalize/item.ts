import type { Change, Issue, WorkItem } from "@devflow/gateway/contract";
import type { JsonObject } from "@devflow/gateway/kit";
import { idOf, known, number, record, records, text, timeOf, unmarked } from "../wire/index.ts";
import { nobody, personOf, type Self } from "./person.ts";

/** Names of labels, which are objects in payloads and may be texts in answers. */
export function labelsOf(value: unknown): string[] {
  if (!Array.isArray(value)) return [];
  return (value as readonly unknown[]).flatMap((label) => text(label) ?? text(record(label)["name"]) ?? []);
}

function readItem(item: JsonObject, room: string, self: Self): WorkItem {
  const author = personOf(item["user"], self, text(item["body"]) ?? "");
  return {
    key: `${room}#${number(item["number"]) ?? 0}`,
    id: idOf(item["id"]) ?? "",
    title: text(item["title"]) ?? "",
    body: unmarked(text(item["body"]) ?? ""),
    state: item["state"] === "closed" ? "closed" : "open",
    labels: labelsOf(item["labels"]),
    assignees: records(item["assignees"]).map((user) => personOf(user, self)),
    ...known({
      author: author === nobody ? undefined : author,
      url: text(item["html_url"]),
      createdAt: timeOf(item["created_at"]),
      updatedAt: timeOf(item["updated_at"]),
      closedAt: timeOf(item["closed_at"]),
    }),
  };
}

/** An issue, of a payload or of an answer. */
export function readIssue(issue: JsonObject, room: string, self: Self): Issue {
  const parent = /\/repos\/([^/]+\/[^/]+)\/issues\/(\d+)$/.exec(text(issue["parent_issue_url"]) ?? "");
  return {
    kind: "issue",
    ...readItem(issue, room, self),
    ...known({
      status: text(issue["state_reason"]),
      type: text(record(issue["type"])["name"]),
      parent: parent === null ? undefined : `${parent[1]}#${parent[2]}`,
    }),
  };
}

/** A pull request; an issue's answer that stands for one says no branches. */
export function readChange(pull: JsonObject, room: string, self: Self): Change {
  const head = record(pull["head"]);
  // A fork's branch is named with its owner, as GitHub takes it back.
  const label = text(head["label"]);
  const foreign = label !== undefined && !label.startsWith(`${room.split("/")[0]}:`);
  const merged =
    pull["merged"] === true ||
    text(pull["merged_at"]) !== undefined ||
    text(record(pull["pull_request"])["merged_at"]) !== undefined;
  return {
    kind: "change",
    ...readItem(pull, room, self),
    from: (foreign ? label : text(head["ref"])) ?? "",
    into: text(record(pull["base"])["ref"]) ?? "",
    draft: pull["draft"] === true,
    merged,
    ...known({ sha: text(head["sha"]), status: merged ? "merged" : undefined }),
  };
}

/** An answer of the issues' routes, which lists pull requests among them. */
export function readEither(item: JsonObject, room: string, self: Self): Issue | Change {
  return item["pull_request"] === undefined ? readIssue(item, room, self) : readChange(item, room, self);
}
