import { createHmac } from "node:crypto";
import { adapterSuite, canaries, type Fixture, type HttpAnswer, type HttpCall } from "@devflow/conformance";
import { describe, it } from "vitest";
import { jira } from "../src/index.ts";
import { identity, issueAddress } from "./support/index.ts";
import { bot, comment, commented, issue, moved, updated } from "./support/payloads.ts";

const secrets = canaries("WEBHOOK_SECRET", { TOKEN: "ATATT3x-canary-Zq7vK2xW9tB4nM6p" });

let count = 0;
const fixture = (name: string, payload: object, kinds: Fixture["kinds"], self = false): Fixture => ({
  name,
  body: JSON.stringify({ ...payload, timestamp: 1_767_225_600_000 + ++count }),
  kinds,
  self,
});

const shot = { id: "30001", filename: "shot.png", mimeType: "image/png", size: 4, content: "https://acme.atlassian.net/x/30001" };
const fixtures: readonly Fixture[] = [
  fixture("an issue", { webhookEvent: "jira:issue_created", user: { accountId: "1" }, issue: issue() }, ["issue.opened"]),
  fixture("a change", updated([{ field: "summary", fieldId: "summary", fromString: "a", toString: "b" }]), ["issue.updated"]),
  fixture("a closing", updated([moved("doing", "done")], { issue: issue({}, "done") }), ["issue.closed"]),
  fixture("a reopening", updated([moved("done", "todo")]), ["issue.reopened"]),
  fixture("a deletion of an issue", { webhookEvent: "jira:issue_deleted", user: { accountId: "1" }, issue: issue() }, [
    "issue.deleted",
  ]),
  fixture("a comment", commented(), ["message.created"]),
  fixture(
    "a comment with a file",
    { ...commented({ id: "20002", body: "See !shot.png|thumbnail!" }), issue: issue({ attachment: [shot] }) },
    ["message.created"],
  ),
  fixture(
    "a document",
    commented({
      id: "20003",
      body: {
        type: "doc",
        version: 1,
        content: [
          {
            type: "paragraph",
            content: [
              { type: "mention", attrs: { id: "x" } },
              { type: "text", text: "go", marks: [{ type: "strong" }] },
            ],
          },
        ],
      },
    }),
    ["message.created"],
  ),
  fixture("a comment of ours", commented({ id: "20004", author: bot, updateAuthor: bot }), ["message.created"], true),
  fixture("an edit", commented({ id: "20005", updated: "2026-01-01T00:01:00.000+0000" }, "comment_updated"), ["message.edited"]),
  fixture("a deletion", commented({ id: "20006" }, "comment_deleted"), ["message.deleted"]),
  fixture(
    "a comment with a change",
    updated([moved("doing", "done")], { issue: issue({}, "done"), comment: comment({ id: "20007" }) }),
    ["issue.closed", "message.created"],
  ),
  fixture("a worklog", { webhookEvent: "worklog_created", worklog: { id: "1", issueId: "10012", author: { accountId: "1" } } }, [
    "platform.event",
  ]),
  fixture("a version", { webhookEvent: "jira:version_released", version: { id: "1", name: "2.0", projectId: 10000 } }, [
    "platform.event",
  ]),
  fixture("something unknown", { webhookEvent: "tea_served" }, ["platform.event"]),
  fixture("our own mark", { webhookEvent: "issue_property_set", property: { key: "devflow" } }, []),
];

adapterSuite(
  {
    name: "jira",
    adapter: ({ apiUrl }) => jira({ apiUrl, deployment: "cloud", email: "bot@acme.example" }),
    entry: import.meta.resolve("../src/index.ts"),
    secrets,
    to: issueAddress,
    identity,
    webhook: {
      proof: "x-hub-signature",
      sign(body) {
        const hmac = createHmac("sha256", secrets["WEBHOOK_SECRET"] ?? "").update(body);
        return { headers: { "content-type": "application/json", "x-hub-signature": `sha256=${hmac.digest("hex")}` }, body };
      },
    },
    fixtures,
    server: { respond, isDownload },
  },
  { describe, it },
);

function respond(call: HttpCall): HttpAnswer {
  if (isDownload(call)) return { headers: { "content-type": "image/png" }, body: "bytes of a picture" };
  if (call.url.startsWith("/rest/api/3/myself")) return { body: { ...bot, self: "x" } };
  if (call.method === "DELETE") return { status: 204 };
  return { body: { id: "20100", key: "APP-13" } };
}

function isDownload(call: HttpCall): boolean {
  return call.url.startsWith("/rest/api/3/attachment/content/");
}
