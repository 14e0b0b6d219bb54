import type { Address, Bucket, OperationKind } from "@devflow/gateway/contract";
import { addressKey } from "@devflow/gateway/kit";

/** Calls that an operation makes, as method and path without ids. */
const endpoints: Readonly<Partial<Record<OperationKind, readonly string[]>>> = {
  "message.post": ["POST issue.comment"],
  "message.edit": ["PUT issue.comment"],
  "message.delete": ["DELETE issue.comment"],
  "issue.create": ["POST issue"],
  "issue.update": ["PUT issue", "POST issue.transitions"],
  "issue.link": ["POST issueLink", "POST issue.remotelink"],
  "issue.watch": ["POST issue.watchers"],
};

/** Steady pace of one endpoint, by method, for all apps of a site together. */
const paces = { GET: 100, POST: 100, PUT: 50, DELETE: 50 } as const;

/** Points of an app that Atlassian does not know better, for all sites together; a write takes one. */
const pointsPerHour = 65_000;

/**
 * Jira Cloud counts writes to one issue, calls of one endpoint, and an app's points. Data Center counts what its administrator
 * wants, by user: its refusals block the account. Keys begin `jira/<account>`.
 */
export function limits(kind: OperationKind, to: Address): readonly Bucket[] {
  const calls = endpoints[kind];
  if (calls === undefined) return [];
  const issue = to.thread === undefined || to.thread === "" ? [] : issueBuckets(to);
  return [
    ...issue,
    ...calls.map((call): Bucket => {
      const rate = paces[call.split(" ", 1)[0] as keyof typeof paces];
      return { key: endpointBucket(to.account, call), rate, periodMs: 1_000, burst: rate };
    }),
    { key: accountBucket(to.account), rate: pointsPerHour, periodMs: 3_600_000, burst: pointsPerHour },
  ];
}

/** The bucket of everything that an account does. */
export function accountBucket(account: string): string {
  return addressKey({ platform: "jira", account, room: "" });
}

/** The bucket of one endpoint: `POST issue.comment`. */
export function endpointBucket(account: string, call: string): string {
  return `${accountBucket(account)}${call}`;
}

/** The bucket of one issue. */
export function issueBucket({ account, room, thread }: Address): string {
  return addressKey({ platform: "jira", account, room, ...(thread === undefined ? {} : { thread }) });
}

/** `POST /issue/APP-1/comment` as the bucket names it. What is not a word in lower case is an id. */
export function endpointName(method: string, path: string): string {
  const words = path.split("?", 1)[0]?.split("/") ?? [];
  return `${method} ${words.filter((word) => /^[a-z][a-zA-Z]*$/.test(word) && word !== "rest" && word !== "api").join(".")}`;
}

function issueBuckets(to: Address): readonly Bucket[] {
  const key = issueBucket(to);
  return [
    { key, rate: 20, periodMs: 2_000, burst: 20 },
    { key: `${key}:slow`, rate: 100, periodMs: 30_000, burst: 100 },
  ];
}
