import { hash } from "node:crypto";
import type { AdapterContext, Receipt } from "@devflow/gateway/contract";
import { isGatewayError } from "@devflow/gateway/kit";
import type { Clients } from "../client/index.ts";
import { refusal } from "../errors.ts";
import { browseUrl, deletedKey, markerKey, pathOf, record, records, text } from "../wire/index.ts";
import type { OnIssue } from "./issue.ts";
import { uploadAll } from "./upload.ts";

/** What tells a comment of ours from one that the same user wrote by hand, and one operation of ours from another. */
export function marker(key: string): { readonly key: string; readonly value: { readonly operation: string } } {
  return { key: markerKey, value: { operation: hash("sha256", key, "hex").slice(0, 32) } };
}

/** A deletion is told without its doer for this long after it. */
const deletedMs = 86_400_000;

/** Uploads the files, then says the text. Of files alone nothing is said: they stand on the issue. */
export async function postComment(outgoing: OnIssue, clients: Clients, context: AdapterContext): Promise<Receipt> {
  const { to, issue, body, attempt, attachments = [] } = outgoing;
  if (attempt > 1) {
    const known = await findMarked(outgoing, clients, context);
    if (known !== undefined) return made(outgoing, known, clients, context);
  }
  const files = await uploadAll({ ...outgoing, attachments }, clients, context);
  if (body["body"] === undefined) return { at: context.clock.now(), ...(files[0] === undefined ? {} : { url: files[0] }) };
  const properties = [...records(body["properties"]), marker(outgoing.key)];
  const call = { method: "POST", path: pathOf`/issue/${issue}/comment`, body: { ...body, properties } } as const;
  return made(outgoing, text(record(await clients.call(to.account, call, context, to))["id"]), clients, context);
}

/** Replaces the text of a comment. */
export async function editComment(outgoing: OnIssue, clients: Clients, context: AdapterContext): Promise<Receipt> {
  const { to, issue, body } = outgoing;
  const id = commentOf(outgoing);
  const path = pathOf`/issue/${issue}/comment/${id}`;
  // An edit that does not repeat who may see the comment would show it to everybody.
  const { visibility } = record(await clients.call(to.account, { method: "GET", path }, context));
  const edit = { ...(visibility === undefined ? {} : { visibility }), ...body };
  await clients.call(to.account, { method: "PUT", path, body: edit }, context, to);
  return made(outgoing, id, clients, context);
}

/** Deletes a comment; one that is gone already is as it should be. */
export async function deleteComment(outgoing: OnIssue, clients: Clients, context: AdapterContext): Promise<Receipt> {
  const { to, issue } = outgoing;
  const id = commentOf(outgoing);
  // Jira does not say who deleted a comment, so that it was us is remembered before it tells us of it.
  await context.memory.set(deletedKey(to.account, id), true, { ttlMs: deletedMs });
  try {
    await clients.call(to.account, { method: "DELETE", path: pathOf`/issue/${issue}/comment/${id}` }, context, to);
  } catch (error) {
    if (!isGatewayError(error) || error.code !== "target.gone") throw error;
  }
  return { at: context.clock.now() };
}

function commentOf({ messageId = "", to, kind }: OnIssue): string {
  if (/^\d{1,19}$/.test(messageId)) return messageId;
  throw refusal("operation.rejected", to.account, `${kind} needs the id of a comment`);
}

/**
 * The comment that an earlier attempt made although its answer was lost, among the newest. Where we cannot look, nobody knows:
 * undefined, and it is said again rather than never.
 */
async function findMarked({ to, issue, key }: OnIssue, clients: Clients, context: AdapterContext): Promise<string | undefined> {
  const query = { orderBy: "-created", maxResults: 50, expand: "properties" };
  const wanted = marker(key).value.operation;
  const answer = await unlessRefused(
    clients.call(to.account, { method: "GET", path: pathOf`/issue/${issue}/comment`, query }, context),
  );
  const found = records(record(answer)["comments"]).find((comment) =>
    records(comment["properties"]).some((one) => one["key"] === markerKey && record(one["value"])["operation"] === wanted),
  );
  return text(found?.["id"]);
}

/** The answer; undefined when Jira refuses it for good. What may pass is thrown, so that the whole is tried again later. */
export async function unlessRefused<T>(call: Promise<T>): Promise<T | undefined> {
  try {
    return await call;
  } catch (error) {
    if (isGatewayError(error) && !error.retryable) return undefined;
    throw error;
  }
}

function made({ to, issue }: OnIssue, id: string | undefined, clients: Clients, context: AdapterContext): Receipt {
  const site = clients.site(to.account, context);
  return {
    at: context.clock.now(),
    ...(id === undefined ? {} : { messageId: id }),
    ...(site === undefined || id === undefined ? {} : { url: browseUrl(site, issue, id) }),
  };
}
