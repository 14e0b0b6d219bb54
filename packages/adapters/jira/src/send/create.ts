import type { AdapterContext, Outgoing, Receipt } from "@devflow/gateway/contract";
import { pageOf, quoted, searchIssues, type Clients } from "../client/index.ts";
import { refusal } from "../errors.ts";
import { browseUrl, isIssueKey, isProjectKey, markerKey, pathOf, record, text, texts } from "../wire/index.ts";
import { marker, unlessRefused } from "./comment.ts";
import { fieldCalled, labelOf, laidOver, readField, shaped, userValue, type Field } from "./fields.ts";

/**
 * Makes an issue. What Jira would refuse is looked up first: a refused creation burns a number. The mark is set in the same
 * request, so that another attempt finds the issue.
 */
export async function createIssue(outgoing: Outgoing, clients: Clients, context: AdapterContext): Promise<Receipt> {
  const { to, body, key, attempt } = outgoing;
  if (!isProjectKey(to.room)) throw refusal("target.gone", to.account, `"${to.room.slice(0, 40)}" is no key of a project`);
  const known = attempt > 1 ? await findMarked(outgoing, clients, context) : undefined;
  if (known !== undefined) return made(outgoing, known, clients, context);
  const type = await typeOf(outgoing, clients, context);
  const fields = await fieldsOf(outgoing, type, clients, context);
  const call = { method: "POST", path: "/issue", body: laidOver({ fields, properties: [marker(key)] }, body["native"]) } as const;
  const answer = record(await clients.call(to.account, call, context, to));
  const created = text(answer["key"]);
  if (created === undefined)
    throw refusal("platform.failed", to.account, `Jira made "${String(body["title"])}" and does not say its key`);
  return made(outgoing, created, clients, context);
}

interface IssueType {
  readonly id: string;
  readonly name: string;
}

async function typeOf({ to, body }: Outgoing, clients: Clients, context: AdapterContext): Promise<IssueType> {
  const call = { method: "GET", path: pathOf`/issue/createmeta/${to.room}/issuetypes`, query: { maxResults: 200 } } as const;
  const listed = pageOf(await clients.cached(to.account, call, context), ["issueTypes", "values"], to.account);
  const types = listed.flatMap((one) => {
    const [id, name] = [text(record(one)["id"]), text(record(one)["name"])];
    return id === undefined || name === undefined ? [] : [{ id, name, part: record(one)["subtask"] === true }];
  });
  const wanted = text(body["type"]);
  const found =
    wanted !== undefined
      ? types.find(({ id, name }) => id === wanted || name.toLowerCase() === wanted.toLowerCase())
      : body["parent"] === undefined
        ? (types.find(({ name }) => name === "Task") ?? types.find(({ part }) => !part))
        : undefined;
  if (found !== undefined) return found;
  const names = types.map(({ name }) => name).join(", ");
  const what =
    wanted === undefined ? "a part of another issue needs a `type`" : `${to.room} has no type "${wanted}" that we may create`;
  throw refusal("content.rejected", to.account, `${what}. There are: ${names}`);
}

async function fieldsOf(
  { to, body }: Outgoing,
  type: IssueType,
  clients: Clients,
  context: AdapterContext,
): Promise<Readonly<Record<string, unknown>>> {
  const { account, room } = to;
  const { deployment } = clients.settings(account);
  const call = {
    method: "GET",
    path: pathOf`/issue/createmeta/${room}/issuetypes/${type.id}`,
    query: { maxResults: 200 },
  } as const;
  const described = pageOf(await clients.cached(account, call, context), ["fields", "values"], account);
  const metas = described.flatMap((one) => readField(one) ?? []);
  const fields: Record<string, unknown> = {
    project: /^\d/.test(room) ? { id: room } : { key: room },
    issuetype: { id: type.id },
    summary: body["title"],
    ...(body["description"] === undefined ? {} : { description: body["description"] }),
    ...(text(body["priority"]) === undefined ? {} : { priority: { name: body["priority"] } }),
    ...(Array.isArray(body["labels"]) ? { labels: texts(body["labels"]).map(labelOf) } : {}),
    ...(text(body["parent"]) === undefined ? {} : { parent: { key: body["parent"] } }),
    ...(text(body["assignee"]) === undefined ? {} : { assignee: userValue(String(body["assignee"]), deployment) }),
  };
  for (const [name, value] of Object.entries(record(body["fields"]))) {
    const field = fieldCalled(name, metas, account);
    if (field === undefined) throw unknownField(name, type, metas, account);
    fields[field.id] = shaped(value, field.schema, deployment);
  }
  check(fields, metas, type, account);
  return fields;
}

/** What everybody may always set, whatever the form shows. */
const always: ReadonlySet<string> = new Set(["project", "issuetype", "parent", "reporter"]);

/** Refuses what Jira would refuse. A project that describes nothing is taken at its word: it is asked. */
function check(fields: Readonly<Record<string, unknown>>, metas: readonly Field[], type: IssueType, account: string): void {
  if (metas.length === 0) return;
  const missing = metas.filter(
    ({ id, required, hasDefault }) => required && !hasDefault && !always.has(id) && (fields[id] ?? null) === null,
  );
  if (missing.length > 0) {
    const names = missing.map(({ name, id }) => (name === id ? id : `${name} (${id})`)).join(", ");
    throw refusal("content.rejected", account, `a ${type.name} needs ${names}: give them in \`fields\``);
  }
  const hidden = Object.keys(fields).filter((id) => !always.has(id) && !metas.some((meta) => meta.id === id));
  if (hidden.length > 0) throw refusal("content.rejected", account, `the form of a ${type.name} has no ${hidden.join(", ")}`);
}

function unknownField(name: string, type: IssueType, metas: readonly Field[], account: string): Error {
  const names = metas
    .map((field) => field.name)
    .slice(0, 40)
    .join(", ");
  return refusal("content.rejected", account, `a ${type.name} has no field "${name}". There are: ${names}`);
}

/** The issue that an earlier attempt made: of ours of the last day, of that title, and with our mark. */
async function findMarked({ to, key, body }: Outgoing, clients: Clients, context: AdapterContext): Promise<string | undefined> {
  const jql = `project = ${quoted(to.room)} AND creator = currentUser() AND created >= "-1d" ORDER BY created DESC`;
  const wanted = marker(key).value.operation;
  let looked = 0;
  for await (const issue of searchIssues(clients, to.account, jql, context, ["summary"])) {
    const found = text(issue["key"]);
    if (++looked > 100) return undefined;
    if (found === undefined || !isIssueKey(found) || record(issue["fields"])["summary"] !== body["title"]) continue;
    const call = { method: "GET", path: pathOf`/issue/${found}/properties/${markerKey}` } as const;
    const property = record(await unlessRefused(clients.call(to.account, call, context)));
    if (record(property["value"])["operation"] === wanted) return found;
  }
  return undefined;
}

function made({ to }: Outgoing, key: string, clients: Clients, context: AdapterContext): Receipt {
  const site = clients.site(to.account, context);
  return {
    at: context.clock.now(),
    key,
    address: { platform: to.platform, account: to.account, room: to.room, thread: key },
    ...(site === undefined ? {} : { url: browseUrl(site, key) }),
  };
}
