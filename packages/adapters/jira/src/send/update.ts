import type { AdapterContext } from "@devflow/gateway/contract";
import { pageOf, type Clients } from "../client/index.ts";
import { refusal } from "../errors.ts";
import { pathOf, record, text, texts, writtenKey } from "../wire/index.ts";
import { fieldCalled, labelOf, readField, shaped, userValue, type Field } from "./fields.ts";
import type { OnIssue } from "./issue.ts";
import { moveIssue } from "./workflow.ts";

/** Changes an issue: its fields first, then whoever has it, then its status. Each part can be repeated. */
export async function updateIssue(outgoing: OnIssue, clients: Clients, context: AdapterContext): Promise<void> {
  const { to, issue, body } = outgoing;
  const moves = text(body["status"]) !== undefined || text(body["state"]) !== undefined;
  const { fields, update, written } = await changesOf(outgoing, moves, clients, context);
  await remember(outgoing, written, context);
  if (Object.keys(fields).length + Object.keys(update).length > 0) {
    await clients.call(to.account, { method: "PUT", path: pathOf`/issue/${issue}`, body: { fields, update } }, context, to);
  }
  await assign(outgoing, clients, context);
  if (moves) await moveIssue(outgoing, clients, context);
}

/** Jira's webhook may come before its answer; what it tells of then is ours. */
const writtenMs = 60_000;

/** Remembers what is written, for {@link writtenMs}: the change carries no mark by which it could be known. */
async function remember({ to, issue, body }: OnIssue, written: readonly string[], context: AdapterContext): Promise<void> {
  const key = writtenKey(to.account, issue);
  const before = texts((await context.memory.get(key))?.value);
  const whose = body["assignee"] === undefined && body["unassign"] === undefined ? [] : ["assignee"];
  const moved = body["status"] === undefined && body["state"] === undefined ? [] : ["status", "resolution"];
  const names = [...before, ...written, ...whose, ...moved].map((name) => name.toLowerCase());
  await context.memory.set(key, [...new Set(names)].slice(-100), { ttlMs: writtenMs });
}

interface Edit {
  /** Ids and names of the fields. */
  readonly written: readonly string[];
  readonly fields: Readonly<Record<string, unknown>>;
  readonly update: Readonly<Record<string, unknown>>;
}

async function changesOf({ to, issue, body }: OnIssue, moves: boolean, clients: Clients, context: AdapterContext): Promise<Edit> {
  const { account } = to;
  const fields: Record<string, unknown> = {
    ...(text(body["title"]) === undefined ? {} : { summary: body["title"] }),
    ...(body["description"] === undefined ? {} : { description: body["description"] }),
    ...(text(body["priority"]) === undefined ? {} : { priority: { name: body["priority"] } }),
    ...(text(body["type"]) === undefined ? {} : { issuetype: { name: body["type"] } }),
  };
  const update: Record<string, unknown> = {};
  const { labels } = body;
  if (Array.isArray(labels)) fields["labels"] = texts(labels).map(labelOf);
  else if (labels !== undefined) {
    const verbs = (["add", "remove"] as const).flatMap((verb) =>
      texts(record(labels)[verb]).map((one) => ({ [verb]: labelOf(one) })),
    );
    if (verbs.length > 0) update["labels"] = verbs;
  }
  const given = Object.entries(record(body["fields"]));
  const names: string[] = [];
  // A resolution belongs to the transition that closes.
  for (const [name, value] of given.filter(([one]) => !moves || one.toLowerCase() !== "resolution")) {
    const field = await fieldNamed(name, account, issue, clients, context);
    fields[field.id] = shaped(value, field.schema, clients.settings(account).deployment);
    names.push(field.name);
  }
  return { fields, update, written: [...names, ...Object.keys(fields), ...Object.keys(update)] };
}

/** A field by id or name, among all that the site has; where several have the name, among those that this issue shows. */
async function fieldNamed(
  name: string,
  account: string,
  issue: string,
  clients: Clients,
  context: AdapterContext,
): Promise<Field> {
  const listed = pageOf(await clients.cached(account, { method: "GET", path: "/field" }, context), ["values"], account);
  const all = listed.flatMap((one) => readField(one) ?? []);
  const called = all.filter((field) => field.id === name || field.name.toLowerCase() === name.trim().toLowerCase());
  const [first] = called;
  if (first !== undefined && (called.length === 1 || first.id === name)) return first;
  if (called.length > 1) {
    const answer = await clients.call(account, { method: "GET", path: pathOf`/issue/${issue}/editmeta` }, context);
    const shown = Object.entries(record(record(answer)["fields"])).flatMap(([id, meta]) => readField(meta, id) ?? []);
    const found = fieldCalled(name, shown, account);
    if (found !== undefined) return found;
  }
  throw refusal("content.rejected", account, `there is no field "${name.slice(0, 100)}" that this issue shows`);
}

/** Assignment has an address of its own: it works where the form of the issue does not show the field. */
async function assign({ to, issue, body }: OnIssue, clients: Clients, context: AdapterContext): Promise<void> {
  const { account } = to;
  const { deployment } = clients.settings(account);
  let { assignee } = body;
  if (body["unassign"] !== undefined) {
    const call = { method: "GET", path: pathOf`/issue/${issue}`, query: { fields: "assignee" } } as const;
    const current = record(record(record(await clients.call(account, call, context))["fields"])["assignee"]);
    const id = text(current[deployment === "cloud" ? "accountId" : "name"]);
    if (id !== undefined && texts(body["unassign"]).includes(id)) assignee = null;
  }
  if (assignee === undefined) return;
  const value =
    assignee === null ? { [deployment === "cloud" ? "accountId" : "name"]: null } : userValue(text(assignee) ?? "", deployment);
  await clients.call(account, { method: "PUT", path: pathOf`/issue/${issue}/assignee`, body: value }, context, to);
}
