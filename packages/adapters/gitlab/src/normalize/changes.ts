import type { Changes } from "@devflow/gateway/contract";
import type { JsonObject } from "@devflow/gateway/kit";
import { record, records, text, timeMs, unmarked } from "../wire/index.ts";
import { labelNames } from "./item.ts";
import { personOf } from "./person.ts";

const states: Readonly<Record<number, string>> = { 1: "open", 2: "closed", 3: "merged", 4: "locked" };
const people = (value: unknown): unknown => records(value).map(personOf);
const same = (value: unknown): unknown => value;

/** GitLab's fields that this model has, with their names in it and how to read them. */
const fields: Readonly<Record<string, readonly [name: string, read: (value: unknown) => unknown]>> = {
  title: ["title", same],
  description: ["body", (value) => (typeof value === "string" ? unmarked(value) : (value ?? ""))],
  labels: ["labels", labelNames],
  assignees: ["assignees", people],
  reviewers: ["reviewers", people],
  state_id: ["state", (value) => (typeof value === "number" ? (states[value] ?? value) : value)],
  target_branch: ["into", same],
  source_branch: ["from", same],
  updated_at: ["updatedAt", timeMs],
  closed_at: ["closedAt", timeMs],
  created_at: ["createdAt", timeMs],
};

/** What an event changed: fields of this model under their names here, others under GitLab's. New commits are `sha`. */
export function changesOf(payload: JsonObject): Changes {
  const out: Record<string, { readonly from?: unknown; readonly to?: unknown }> = {};
  for (const [field, value] of Object.entries(record(payload["changes"]))) {
    const { previous, current } = record(value);
    const [name, read] = Object.hasOwn(fields, field) ? (fields[field] ?? [field, same]) : [field, same];
    if (name !== "__proto__") out[name] = { from: read(previous), to: read(current) };
  }
  const attributes = record(payload["object_attributes"]);
  const before = text(attributes["oldrev"]);
  if (before !== undefined) out["sha"] = { from: before, to: text(record(attributes["last_commit"])["id"]) };
  return out;
}
