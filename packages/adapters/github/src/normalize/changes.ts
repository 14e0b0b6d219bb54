import type { Changes } from "@devflow/gateway/contract";
import type { JsonObject } from "@devflow/gateway/kit";
import { known, number, record, records, text, unmarked } from "../wire/index.ts";
import { labelsOf } from "./item.ts";
import { nobody, personOf, type Self } from "./person.ts";

type Reader = (payload: JsonObject, item: JsonObject, self: Self) => Changes;

/** What an event changed, field by field. GitHub says what was before of few fields; of lists it says what came or went. */
export function readChanges(payload: JsonObject, item: JsonObject, self: Self): Changes {
  const action = text(payload["action"]) ?? "";
  return Object.hasOwn(readers, action) ? (readers[action]?.(payload, item, self) ?? {}) : {};
}

const readers: Readonly<Record<string, Reader>> = {
  edited: readEdit,
  closed: (_, item) => ({ state: { from: "open", to: "closed" }, ...to("status", text(item["state_reason"])) }),
  reopened: () => ({ state: { from: "closed", to: "open" } }),
  labeled: (payload, item) => readLabel(payload, item, true),
  unlabeled: (payload, item) => readLabel(payload, item, false),
  assigned: (payload, item, self) => readAssignee(payload, item, self, true),
  unassigned: (payload, item, self) => readAssignee(payload, item, self, false),
  milestoned: (payload, item) => to("milestone", text(record(payload["milestone"] ?? item["milestone"])["title"])),
  demilestoned: (payload) => from("milestone", text(record(payload["milestone"])["title"])),
  typed: (payload, item) => to("type", text(record(payload["type"] ?? item["type"])["name"])),
  untyped: (payload) => from("type", text(record(payload["type"])["name"])),
  field_added: (payload) => to(fieldName(payload), payload["issue_field_value"] ?? record(payload["issue_field"])["value"]),
  field_removed: (payload) => from(fieldName(payload), record(payload["issue_field"])["value"]),
  locked: () => ({ locked: { from: false, to: true } }),
  unlocked: () => ({ locked: { from: true, to: false } }),
  pinned: () => ({ pinned: { from: false, to: true } }),
  unpinned: () => ({ pinned: { from: true, to: false } }),
  ready_for_review: () => ({ draft: { from: true, to: false } }),
  converted_to_draft: () => ({ draft: { from: false, to: true } }),
  synchronize: (payload, item) => ({
    sha: known({ from: text(payload["before"]), to: text(payload["after"]) ?? text(record(item["head"])["sha"]) }),
  }),
  review_requested: (payload, _, self) => ({ reviewers: { to: reviewerOf(payload, self) } }),
  review_request_removed: (payload, _, self) => ({ reviewers: { from: reviewerOf(payload, self) } }),
  transferred(payload, item) {
    const changes = record(payload["changes"]);
    const room = text(record(changes["new_repository"])["full_name"]);
    const moved = number(record(changes["new_issue"])["number"]);
    const key = `${text(record(payload["repository"])["full_name"]) ?? ""}#${number(item["number"]) ?? ""}`;
    return { key: { from: key, ...(room === undefined || moved === undefined ? {} : { to: `${room}#${moved}` }) } };
  },
};

function to(field: string, value: unknown): Changes {
  return { [field]: value === undefined ? {} : { to: value } };
}

function from(field: string, value: unknown): Changes {
  return { [field]: value === undefined ? {} : { from: value } };
}

function fieldName(payload: JsonObject): string {
  return text(record(payload["issue_field"])["name"]) ?? "field";
}

function readEdit(payload: JsonObject, item: JsonObject): Changes {
  const changes = record(payload["changes"]);
  const out: Record<string, Changes[string]> = {};
  for (const field of ["title", "body"] as const) {
    if (changes[field] === undefined) continue;
    const before = record(changes[field])["from"];
    // An empty body is null on its way here.
    out[field] = { from: unmarked(text(before) ?? ""), to: unmarked(text(item[field]) ?? "") };
  }
  const base = text(record(record(changes["base"])["ref"])["from"]);
  if (base !== undefined) out["into"] = known({ from: base, to: text(record(item["base"])["ref"]) });
  return out;
}

function readLabel(payload: JsonObject, item: JsonObject, added: boolean): Changes {
  const name = text(record(payload["label"])["name"]);
  const now = labelsOf(item["labels"]);
  if (name === undefined) return { labels: { to: now } };
  const without = now.filter((label) => label !== name);
  return { labels: { from: added ? without : [...without, name], to: added ? [...without, name] : without } };
}

function readAssignee(payload: JsonObject, item: JsonObject, self: Self, added: boolean): Changes {
  const user = personOf(payload["assignee"], self);
  const now = records(item["assignees"]).map((one) => personOf(one, self));
  if (user === nobody) return { assignees: { to: now } };
  const without = now.filter(({ id }) => id !== user.id);
  return { assignees: { from: added ? without : [...without, user], to: added ? [...without, user] : without } };
}

/** The user, or the name of the team. */
function reviewerOf(payload: JsonObject, self: Self): readonly unknown[] {
  const user = personOf(payload["requested_reviewer"], self);
  if (user !== nobody) return [user];
  const team = text(record(payload["requested_team"])["name"]);
  return team === undefined ? [] : [team];
}
