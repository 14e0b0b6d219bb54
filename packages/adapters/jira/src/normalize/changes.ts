import type { Changes, Identity } from "@devflow/gateway/contract";
import type { JsonObject } from "@devflow/gateway/kit";
import { own, record, records, text } from "../wire/index.ts";
import { nobody, personOf } from "./person.ts";
import { readMarkdown } from "./text.ts";

/** Our names of Jira's fields, by their ids and, where old payloads have no id, by the names in their changelogs. */
const names: Readonly<Record<string, string>> = {
  summary: "title",
  description: "body",
  status: "status",
  labels: "labels",
  assignee: "assignees",
  priority: "priority",
  issuetype: "type",
  parent: "parent",
  issueparentassociation: "parent",
  key: "key",
};

/** Types of transitions: what they change and do not tell is the status. */
const transitions: ReadonlySet<string> = new Set(["issue_generic", "issue_reopened", "issue_resolved", "issue_closed"]);

/** What statuses at the end of a workflow are usually called. */
const doneName =
  /^(?:done|closed?|resolved|complete(?:d)?|finished|released|shipped|cancell?ed|rejected|declined|won'?t (?:do|fix)|duplicate)$/i;

/** One change in a changelog. */
interface Item {
  readonly field: string;
  readonly id: string | undefined;
  readonly from: string | undefined;
  readonly to: string | undefined;
  readonly fromName: string | undefined;
  readonly toName: string | undefined;
}

/** The changes that a webhook tells of. */
export function itemsOf(payload: JsonObject): readonly Item[] {
  return records(record(payload["changelog"])["items"]).map((item) => ({
    field: text(item["field"]) ?? "",
    id: text(item["fieldId"]),
    from: text(item["from"]),
    to: text(item["to"]),
    fromName: text(item["fromString"]),
    toName: text(own(item, "toString")),
  }));
}

/** The fields that a webhook says were changed, each by its id and by its name. */
export function changedFields(payload: JsonObject): readonly (readonly string[])[] {
  return itemsOf(payload).map(({ field, id }) => (id === undefined ? [field] : [id, field]));
}

/** Id of the status that an issue has left; undefined when it has left none. */
export function leftStatus(payload: JsonObject): string | undefined {
  return itemsOf(payload).find((item) => nameOf(item) === "status")?.from;
}

/**
 * Whether the issue was open before. `left` is the category of the status it has left, where that is known; else its name is
 * judged, and where the changelog tells of no status, what became of the resolution in a transition.
 */
export function wasOpen(payload: JsonObject, isOpen: boolean, left: string | undefined): boolean {
  const items = itemsOf(payload);
  const status = items.find((item) => nameOf(item) === "status");
  const resolution = items.find(({ field, id }) => (id ?? field).toLowerCase() === "resolution");
  if (status !== undefined) {
    if (left !== undefined) return left !== "done";
    if (resolution !== undefined && resolution.fromName !== undefined && resolution.toName === undefined) return false;
    return !doneName.test(status.fromName ?? "");
  }
  if (resolution === undefined || !transitions.has(text(payload["issue_event_type_name"]) ?? "")) return isOpen;
  return resolution.fromName === undefined;
}

/** The changes, by our names where we have one and by Jira's where not. */
export function changesOf(payload: JsonObject, identity: Identity | undefined): Changes {
  const changes: Record<string, { readonly from?: unknown; readonly to?: unknown }> = {};
  for (const item of itemsOf(payload)) {
    const name = nameOf(item);
    if (name === "" || name === "__proto__") continue;
    changes[name] = pair(
      read(name, item.from, item.fromName, payload, identity),
      read(name, item.to, item.toName, payload, identity),
    );
  }
  // Some sites send an assignment with an empty changelog.
  const assignee = personOf(record(record(payload["issue"])["fields"])["assignee"], identity);
  if (changes["assignees"] === undefined && payload["issue_event_type_name"] === "issue_assigned") {
    changes["assignees"] = { to: assignee === nobody ? [] : [assignee] };
  }
  return changes;
}

function nameOf({ field, id }: Item): string {
  return names[(id ?? field).toLowerCase()] ?? names[field.toLowerCase()] ?? field;
}

function pair(from: unknown, to: unknown): { readonly from?: unknown; readonly to?: unknown } {
  return { ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) };
}

function read(
  name: string,
  id: string | undefined,
  shown: string | undefined,
  payload: JsonObject,
  identity: Identity | undefined,
): unknown {
  if (name === "labels") return shown === undefined ? [] : shown.split(/\s+/);
  if (name === "body") return readMarkdown(shown ?? "", {});
  if (name === "assignees") {
    if (id === undefined && shown === undefined) return [];
    // The issue has all there is to say about whoever it is assigned to now.
    const current = record(record(record(payload["issue"])["fields"])["assignee"]);
    const user = [current["accountId"], current["name"], current["key"]].includes(id)
      ? current
      : { accountId: id, displayName: shown };
    return [personOf(user, identity)];
  }
  return shown ?? id;
}
