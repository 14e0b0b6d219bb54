import type { AdapterContext } from "@devflow/gateway/contract";
import { pageOf, type Clients } from "../client/index.ts";
import { refusal } from "../errors.ts";
import { pathOf, record, text, texts, writtenKey } from "../wire/index.ts";
import { fieldCalled, labelOf, laidOver, readField, shaped, userValue, type Field } from "./fields.ts";
import type { OnIssue } from "./issue.ts";
import { moveIssue } from "./workflow.ts";

/** Changes an issue: its fields first, then whoever has it, then its status. Each part can be repeated. */
export async function updateIssue(outgoing: OnIssue, clients: Clients, context: AdapterContext): Promise<void> {
  const { to, issue, body } = outgoing;
  const moves = text(body["status"]) !== undefined || text(body["state"]) !== undefined;
  const { fields, update, written, later } = await changesOf(outgoing, moves, clients, context);
  await remember(outgoing, written, context);
  if (Object.keys(fields).length + Object.keys(update).length > 0 || body["native"] !== undefined) {
    const edit = laidOver({ fields, update }, body["native"]);
    await clients.call(to.account, { method: "PUT", path: pathOf`/issue/${issue}`, body: edit }, context, to);
  }
  await assign(outgoing, clients, context);
  const used = moves ? await moveIssue(outgoing, clients, context) : new Set<string>();
  const unused = later.filter((name) => !used.has(name));
  if (unused.length === 0) return;
  const what = `neither the issue's form nor a transition's shows ${unused.join(", ").slice(0, 300)}; everything else is done`;
  throw refusal("content.rejected", to.account, what);
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

/** What a request to change an issue says. */
interface Edit {
  /** Fields that the issue's form does not show, by the names the handler gave: a transition's may. */
  readonly later: readonly string[];
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
  const later: string[] = [];
  const shown = moves && given.length > 0 ? await shownFields(account, issue, clients, context) : undefined;
  for (const [name, value] of given) {
    const field =
      shown === undefined ? await fieldNamed(name, account, issue, clients, context) : fieldCalled(name, shown, account);
    if (field === undefined) later.push(name);
    else fields[field.id] = shaped(value, field.schema, clients.settings(account).deployment);
    names.push(field?.name ?? name);
  }
  return { fields, update, later, written: [...names, ...Object.keys(fields), ...Object.keys(update)] };
}

/** The fields on the issue's form. */
async function shownFields(account: string, issue: string, clients: Clients, context: AdapterContext): Promise<readonly Field[]> {
  const answer = await clients.call(account, { method: "GET", path: pathOf`/issue/${issue}/editmeta` }, context);
  return Object.entries(record(record(answer)["fields"])).flatMap(([id, meta]) => readField(meta, id) ?? []);
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
    const found = fieldCalled(name, await shownFields(account, issue, clients, context), account);
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
