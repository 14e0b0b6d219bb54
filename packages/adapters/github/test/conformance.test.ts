import { createHash, createHmac } from "node:crypto";
import { adapterSuite, canaries, type Fixture, type HttpAnswer, type HttpCall } from "@devflow/conformance";
import type { EventKind } from "@devflow/gateway/contract";
import { describe, it } from "vitest";
import { github } from "../src/index.ts";
import { marked } from "../src/wire/index.ts";
import { account, bot, example, issue } from "./support/index.ts";

const secrets = canaries("WEBHOOK_SECRET", { TOKEN: "ghp_canaryZq7vK2xW9tB4nM6pR3sY8uA1cE5gH0jL" });
const own = { login: "devflow[bot]", id: 9001, type: "Bot" };

/** Events by body: GitHub names them in a header, and the suite hands over bodies alone. */
const events = new Map<string, string>();
const installation = { id: Number(account) };

/** An example without what GitHub sends and nobody here reads, so that it can be damaged in every place in a second. */
function slim(value: unknown): unknown {
  if (Array.isArray(value)) return value.slice(0, 2).map(slim);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).filter(
    ([key]) =>
      !/_links|node_id|license|permissions|events|gravatar|_count$|^(?:has|allow|is|can)_|(?<!html|issue|repository|environment)_url$/.test(
        key,
      ),
  );
  return Object.fromEntries(entries.map(([key, inner]) => [key, /^repo(?:sitory)?$/.test(key) ? named(inner) : slim(inner)]));
}

function named(repository: unknown): unknown {
  const { id, full_name, html_url } = (repository ?? {}) as Record<string, unknown>;
  return { id, full_name, html_url };
}

function fixture(name: string, event: string, payload: object, kind: EventKind, self = false): Fixture {
  const body = JSON.stringify({ ...(slim(payload) as object), installation });
  events.set(body, event);
  return { name, body, kinds: [kind], self };
}

const from = (event: string, action: string | undefined, kind: EventKind): Fixture =>
  fixture(`${event} ${action ?? ""}`.trim(), event, example(event, action), kind);

const comment = example("issue_comment", "created");
const opened = example("issues", "opened");
const pull = example("pull_request", "closed");

const fixtures: readonly Fixture[] = [
  from("issues", "opened", "issue.opened"),
  from("issues", "labeled", "issue.updated"),
  from("issues", "transferred", "issue.updated"),
  fixture("issues closed", "issues", { ...opened, action: "closed" }, "issue.closed"),
  from("issues", "reopened", "issue.reopened"),
  from("issues", "deleted", "issue.deleted"),
  from("issue_comment", "created", "message.created"),
  fixture(
    "a comment for us",
    "issue_comment",
    { ...comment, comment: { ...(comment["comment"] as object), body: "@devflow **go** <!-- no -->" } },
    "message.created",
  ),
  fixture(
    "a comment of ours",
    "issue_comment",
    { ...comment, sender: own, comment: { ...(comment["comment"] as object), user: own, body: marked("done", "k") } },
    "message.created",
    true,
  ),
  from("issue_comment", "edited", "message.edited"),
  from("issue_comment", "deleted", "message.deleted"),
  from("pull_request", "opened", "change.opened"),
  from("pull_request", "synchronize", "change.updated"),
  from("pull_request", "closed", "change.closed"),
  fixture(
    "a merge",
    "pull_request",
    { ...pull, pull_request: { ...(pull["pull_request"] as object), merged: true } },
    "change.merged",
  ),
  from("pull_request", "reopened", "change.reopened"),
  from("pull_request_review", "submitted", "review.submitted"),
  from("pull_request_review_comment", "created", "message.created"),
  from("push", undefined, "push.received"),
  fixture("a run begins", "workflow_run", { ...example("workflow_run", "requested"), action: "in_progress" }, "pipeline.started"),
  from("workflow_run", "completed", "pipeline.finished"),
  from("check_run", "requested_action", "action.invoked"),
  from("release", "published", "release.published"),
  from("deployment_status", "created", "deployment.finished"),
  from("installation", "deleted", "account.revoked"),
  from("workflow_job", "queued", "platform.event"),
  from("ping", undefined, "platform.event"),
  fixture("something unknown", "tea", { action: "served", sender: { login: "ada", id: 77, type: "User" } }, "platform.event"),
];

function respond(call: HttpCall): HttpAnswer {
  const made = { id: 501, number: 13, html_url: "https://github.com/octo/app/issues/13#issuecomment-501", comments: 0 };
  if (call.url.startsWith("/user")) return { body: { login: "devflow[bot]", id: 9001, type: "Bot" } };
  const list = call.method === "GET" && /(?:comments|reactions|issues|pulls|assignees)(?:\?|$)/.test(call.url);
  return { body: list ? [] : { ...made, login: "ada", type: "User", title: "t", state: "open", labels: [], assignees: [] } };
}

adapterSuite(
  {
    name: "github",
    adapter: ({ apiUrl }) => github({ apiUrl }),
    entry: import.meta.resolve("../src/index.ts"),
    secrets,
    to: issue,
    identity: bot,
    webhook: {
      proof: "x-hub-signature-256",
      sign(body) {
        const signature = createHmac("sha256", secrets["WEBHOOK_SECRET"] ?? "")
          .update(body)
          .digest("hex");
        const headers = {
          "content-type": "application/json",
          "x-github-event": events.get(body) ?? "issues",
          "x-github-delivery": createHash("md5").update(body).digest("hex"),
          "x-hub-signature-256": `sha256=${signature}`,
        };
        return { headers, body };
      },
    },
    fixtures,
    server: { respond },
  },
  { describe, it },
);
