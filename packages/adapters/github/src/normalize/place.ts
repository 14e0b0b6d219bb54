import type { Address, Conversation } from "@devflow/gateway/contract";
import { addressKey, type JsonObject } from "@devflow/gateway/kit";
import { idOf, known, number, record, text } from "../wire/index.ts";
import { readChange, readIssue } from "./item.ts";
import type { Self } from "./person.ts";

/** The repository of a payload; where it is about none, whoever it is about. */
export function roomOf(payload: JsonObject): string {
  const { repository, organization, installation, enterprise, sender } = payload;
  return (
    text(record(repository)["full_name"]) ??
    text(record(organization)["login"]) ??
    text(record(record(installation)["account"])["login"]) ??
    text(record(enterprise)["slug"]) ??
    text(record(sender)["login"]) ??
    "github"
  );
}

/** The issue or pull request of a payload, with the thread of its comments on lines. */
function threadOf(payload: JsonObject, via: string): string | undefined {
  const item = number(record(payload["issue"])["number"]) ?? number(record(payload["pull_request"])["number"]);
  if (item === undefined || !Number.isSafeInteger(item) || item < 1) return undefined;
  const comment = record(payload["comment"]);
  const root = via === "pull_request_review_comment" ? (idOf(comment["in_reply_to_id"]) ?? idOf(comment["id"])) : undefined;
  return root === undefined || !/^\d{1,15}$/.test(root) ? String(item) : `${item}/${root}`;
}

/** Where something happened. */
export function conversationOf(payload: JsonObject, via: string, account: string, self: Self): Conversation {
  const room = roomOf(payload);
  const thread = threadOf(payload, via);
  const address: Address = { platform: "github", account, room, ...(thread === undefined ? {} : { thread }) };
  const issue = record(payload["issue"]);
  const pull = record(payload["pull_request"]);
  if (thread === undefined) {
    const { full_name: title, html_url: url } = record(payload["repository"]);
    return { address, kind: "project", ...known({ title: text(title), url: text(url) }) };
  }
  const item = number(issue["number"]) === undefined ? pull : issue;
  const shown = known({ title: text(item["title"]), url: text(item["html_url"]) });
  // A comment on a pull request comes with it as an issue, without its branches.
  const isPull = item === pull || issue["pull_request"] !== undefined;
  return isPull
    ? { address, kind: "change", ...shown, change: readChange(item, room, self) }
    : { address, kind: "issue", ...shown, issue: readIssue(item, room, self) };
}

/** Lane of a delivery: its conversation's; runs do not wait for each other. */
export function laneOf(payload: JsonObject, via: string, account: string): string {
  const room = roomOf(payload);
  const run =
    idOf(record(payload["workflow_run"])["id"]) ??
    idOf(record(payload["workflow_job"])["run_id"]) ??
    idOf(record(payload["check_run"])["id"]);
  const thread = threadOf(payload, via)?.split("/")[0] ?? (run === undefined ? undefined : `run ${run}`);
  return addressKey({ platform: "github", account, room, ...(thread === undefined ? {} : { thread }) });
}
