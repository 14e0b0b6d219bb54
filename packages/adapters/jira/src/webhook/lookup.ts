import type { AdapterContext } from "@devflow/gateway/contract";
import { isGatewayError, type JsonObject } from "@devflow/gateway/kit";
import { pageOf, type Clients } from "../client/index.ts";
import { actOf, changedFields, issueIdOf, issueKeyOf, leftStatus, personOf } from "../normalize/index.ts";
import { deletedKey, markerKey, pathOf, record, records, text, texts, writtenKey } from "../wire/index.ts";

/** Keys of issues hardly ever change. */
const keyMs = 86_400_000;

/** The payload with the key of its issue: Data Center sends comments, and both send worklogs, with its id alone. */
export async function completed(
  payload: JsonObject,
  account: string,
  clients: Clients,
  context: AdapterContext,
): Promise<JsonObject> {
  const id = issueIdOf(payload);
  if (issueKeyOf(payload) !== undefined || id === undefined) return payload;
  const name = `issue/${account}/${id}`;
  const known = await context.memory.get<string>(name);
  const key =
    known?.value ?? text(record(await asked(account, pathOf`/issue/${id}`, { fields: "project" }, clients, context))["key"]);
  if (key === undefined) return payload;
  if (known === undefined) await context.memory.set(name, key, { ttlMs: keyMs });
  return { ...payload, issue: { id, ...record(payload["issue"]), key } };
}

/**
 * True when we did it and the payload does not say so: a comment or an issue of our user that bears our mark, a change of
 * fields that we have just written, a deletion that we have just ordered. Users who write for us alone need no mark.
 */
export async function isOwn(payload: JsonObject, account: string, clients: Clients, context: AdapterContext): Promise<boolean> {
  const comment = record(payload["comment"]);
  const id = text(comment["id"]);
  const act = actOf(payload);
  if (act === "message.deleted" && id !== undefined) return (await context.memory.get(deletedKey(account, id))) !== undefined;
  const actor = act === undefined ? payload["user"] : act === "message.created" ? comment["author"] : comment["updateAuthor"];
  if (actor === undefined || !/^(?:comment_|jira:issue_)/.test(text(payload["webhookEvent"]) ?? "")) return false;
  const identity = await clients.own(account, context).catch(noAnswer);
  if (identity === undefined || identity.user.kind === "bot" || !personOf(actor, identity).self) return false;
  const issue = issueKeyOf(payload) ?? issueIdOf(payload);
  if (issue === undefined) return false;
  if (id !== undefined && act !== undefined) {
    const answer = await asked(account, pathOf`/issue/${issue}/comment/${id}`, { expand: "properties" }, clients, context);
    return records(record(answer)["properties"]).some((property) => property["key"] === markerKey);
  }
  if (payload["webhookEvent"] === "jira:issue_created") {
    return (await asked(account, pathOf`/issue/${issue}/properties/${markerKey}`, {}, clients, context)) !== undefined;
  }
  const written = texts((await context.memory.get(writtenKey(account, issue)))?.value);
  const changed = changedFields(payload);
  return changed.length > 0 && changed.every((names) => names.some((name) => written.includes(name.toLowerCase())));
}

/** The category of the status that an issue has left; undefined when it has left none, or Jira does not say. */
export async function leftCategory(
  payload: JsonObject,
  account: string,
  clients: Clients,
  context: AdapterContext,
): Promise<string | undefined> {
  const left = leftStatus(payload);
  if (left === undefined) return undefined;
  const answer = await clients.cached(account, { method: "GET", path: "/status" }, context).catch(noAnswer);
  const statuses = answer === undefined ? [] : pageOf(answer, ["values"], account);
  const found = statuses.find((status) => text(record(status)["id"]) === left);
  return text(record(record(found)["statusCategory"])["key"]);
}

async function asked(
  account: string,
  path: string,
  query: Readonly<Record<string, string>>,
  clients: Clients,
  context: AdapterContext,
): Promise<unknown> {
  return await clients.call(account, { method: "GET", path, query }, context).catch(noAnswer);
}

/** A webhook is worth more than what could be said about it: what Jira does not tell now stays unknown. */
function noAnswer(error: unknown): undefined {
  if (!isGatewayError(error)) throw error;
  return undefined;
}
