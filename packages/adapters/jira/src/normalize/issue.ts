import type { Identity, Issue } from "@devflow/gateway/contract";
import { lazy, type JsonObject } from "@devflow/gateway/kit";
import { browseUrl, record, text, texts, timeMs } from "../wire/index.ts";
import { nobody, personOf } from "./person.ts";
import { filesOf, readMarkdown } from "./text.ts";

/** Reads an issue, from a webhook or from the API. Its body is worked out when it is asked for. `hidden`: not everybody sees what is said. */
export function readIssue(issue: JsonObject, identity: Identity | undefined, site?: string, hidden = false): Issue {
  const fields = record(issue["fields"]);
  const key = text(issue["key"]) ?? text(issue["id"]) ?? "";
  const status = text(record(fields["status"])["name"]);
  const assignee = personOf(fields["assignee"], identity);
  const reporter = personOf(fields["reporter"], identity);
  const author = reporter === nobody ? personOf(fields["creator"], identity) : reporter;
  const closed = isDone(fields);
  const base = site ?? siteOf(issue["self"]);
  const known = {
    kind: "issue",
    key,
    id: text(issue["id"]) ?? key,
    title: text(fields["summary"]) ?? key,
    state: closed ? "closed" : "open",
    labels: texts(fields["labels"]),
    assignees: assignee === nobody ? [] : [assignee],
    ...given({
      status,
      author: author === nobody ? undefined : author,
      url: base === undefined || key === "" ? undefined : browseUrl(base, key),
      createdAt: timeMs(fields["created"]),
      updatedAt: timeMs(fields["updated"]),
      closedAt: closed ? (timeMs(fields["resolutiondate"]) ?? timeMs(fields["statuscategorychangedate"])) : undefined,
      confidential: hidden || (fields["security"] ?? null) !== null ? (true as const) : undefined,
      type: text(record(fields["issuetype"])["name"]),
      priority: text(record(fields["priority"])["name"]),
      parent: text(record(fields["parent"])["key"]),
    }),
  } as const;
  return lazy(known, { body: () => readMarkdown(fields["description"], { attachments: filesOf(fields) }) });
}

/** The category of the status decides; an old payload without categories is closed when it has a resolution. */
function isDone(fields: JsonObject): boolean {
  const category = text(record(record(fields["status"])["statusCategory"])["key"]);
  if (category !== undefined) return category === "done";
  return fields["resolution"] !== undefined && fields["resolution"] !== null;
}

/** The site in an address of its API. Behind Atlassian's gateway it is not told. */
function siteOf(self: unknown): string | undefined {
  const found = /^(https?:\/\/[^/?#\s]+(?:\/[^?#\s]*?)?)\/rest\//.exec(text(self) ?? "")?.[1];
  return found === undefined || /^https:\/\/api\.atlassian\.com(?:\/|$)/.test(found) ? undefined : found;
}

/** The fields that have a value. */
export function given<T extends object>(fields: T): { readonly [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as {
    readonly [K in keyof T]?: Exclude<T[K], undefined>;
  };
}
