import { hash } from "node:crypto";
import type { AdapterContext } from "@devflow/gateway/contract";
import { isGatewayError } from "@devflow/gateway/kit";
import { pageOf, type Clients } from "../client/index.ts";
import { refusal } from "../errors.ts";
import { isIssueKey, pathOf, record, records, text } from "../wire/index.ts";
import type { OnIssue } from "./issue.ts";

/** Ties an issue to another one or to a page. A tie that is there already is as it should be. */
export async function linkIssue(outgoing: OnIssue, clients: Clients, context: AdapterContext): Promise<void> {
  const { to, issue, body } = outgoing;
  const url = text(body["url"]);
  if (url === undefined) return await linkToIssue(outgoing, clients, context);
  const link = { globalId: globalId(text(body["id"]) ?? url), object: { url, title: text(body["title"]) ?? url } };
  await clients.call(to.account, { method: "POST", path: pathOf`/issue/${issue}/remotelink`, body: link }, context, to);
}

/** Makes the link the same one when it is made again. Jira takes 255 characters. */
function globalId(id: string): string {
  return id.length <= 255 ? id : hash("sha256", id, "hex");
}

async function linkToIssue({ to, issue, body }: OnIssue, clients: Clients, context: AdapterContext): Promise<void> {
  const { account } = to;
  const other = text(body["key"]) ?? "";
  if (!isIssueKey(other)) throw refusal("content.rejected", account, `"${other.slice(0, 40)}" is no key of an issue`);
  const { name, inward } = await typeCalled(text(body["type"]) ?? "Relates", account, clients, context);
  const call = { method: "GET", path: pathOf`/issue/${issue}`, query: { fields: "issuelinks" } } as const;
  const links = records(record(record(await clients.call(account, call, context))["fields"])["issuelinks"]);
  const side = inward ? "inwardIssue" : "outwardIssue";
  const there = links.some((link) => record(link["type"])["name"] === name && record(link[side])["key"] === other);
  if (there) return;
  // The link goes from its inward issue to its outward one: "inward blocks outward", "outward is blocked by inward".
  const [from, into] = inward ? [other, issue] : [issue, other];
  const link = { type: { name }, inwardIssue: { key: from }, outwardIssue: { key: into } };
  await clients.call(account, { method: "POST", path: "/issueLink", body: link }, context, to);
}

/** The type of link called `Blocks`, `blocks`, or from the other end `is blocked by`. */
async function typeCalled(
  wanted: string,
  account: string,
  clients: Clients,
  context: AdapterContext,
): Promise<{ readonly name: string; readonly inward: boolean }> {
  const answer = await clients.cached(account, { method: "GET", path: "/issueLinkType" }, context);
  const types = pageOf(answer, ["issueLinkTypes"], account).map(record);
  const is = (value: unknown): boolean => text(value)?.toLowerCase() === wanted.trim().toLowerCase();
  const forward = types.find((type) => is(type["name"]) || is(type["outward"]));
  const found = forward ?? types.find((type) => is(type["inward"]));
  const name = text(found?.["name"]);
  if (name !== undefined) return { name, inward: forward === undefined };
  const names = types.flatMap((type) => text(type["name"]) ?? []).join(", ");
  throw refusal("content.rejected", account, `there is no type of link "${wanted.slice(0, 100)}". There are: ${names}`);
}

/** Lets somebody watch an issue, or no longer. */
export async function watchIssue({ to, issue, body }: OnIssue, clients: Clients, context: AdapterContext): Promise<void> {
  const user = text(body["user"]) ?? "";
  const path = pathOf`/issue/${issue}/watchers`;
  if (body["watch"] !== false) {
    await clients.call(to.account, { method: "POST", path, body: user }, context, to);
    return;
  }
  const query = clients.settings(to.account).deployment === "cloud" ? { accountId: user } : { username: user };
  try {
    await clients.call(to.account, { method: "DELETE", path, query }, context, to);
  } catch (error) {
    // Jira answers 404 when that user does not watch; whether the issue is there, a read would say.
    if (!isGatewayError(error) || error.code !== "target.gone") throw error;
    await clients.call(to.account, { method: "GET", path }, context);
  }
}
