import { createHmac } from "node:crypto";
import examples from "@octokit/webhooks-examples" with { type: "json" };
import { signedRequest } from "../webhook.ts";

/** What the webhooks of every platform in this bench are signed with. */
export const webhookSecret = "a-secret-of-thirty-two-characters";

/** What a load is made of: Slack's alone, comments of GitHub of about so many bytes, or those of four platforms in turn. */
export type Mix = "slack" | "mixed" | `github ${number}`;

type Json = Record<string, unknown>;

const comment = (examples as unknown as readonly { readonly name: string; readonly examples: readonly Json[] }[])
  .find(({ name }) => name === "issue_comment")
  ?.examples.find(({ action }) => action === "created") as Json & { readonly issue: Json; readonly comment: Json };

/** The numbered webhook of a mix, signed now, as a whole HTTP request. */
export function requestOf(mix: Mix, number: number, conversations: number, epochS: number): Buffer {
  if (mix === "slack") return signedRequest(number, conversations, epochS);
  if (mix !== "mixed") return github(number, conversations, Number(mix.split(" ")[1]));
  const makers = [github, gitlab, jira] as const;
  const maker = makers[number % 4];
  return maker ? maker(number, conversations, 25_000) : signedRequest(number, conversations, epochS);
}

function github(number: number, conversations: number, bytes: number): Buffer {
  const issue = { ...comment.issue, number: (number % conversations) + 1, title: "The build is red", body: "" };
  const said = { ...comment.comment, id: number, body: `Is the build of *main* green again? #${number}` };
  const payload = { ...comment, issue, comment: said };
  issue.body = "It was green *yesterday*. ".repeat(Math.max(0, bytes - JSON.stringify(payload).length) / 26);
  const body = JSON.stringify(payload);
  return post("/webhooks/github", body, {
    "x-github-event": "issue_comment",
    "x-github-delivery": `00000000-0000-0000-0000-${String(number).padStart(12, "0")}`,
    "x-hub-signature-256": `sha256=${hmac(body)}`,
  });
}

function gitlab(number: number, conversations: number): Buffer {
  const iid = (number % conversations) + 1;
  const url = `https://gitlab.example.com/acme/app/-/issues/${iid}`;
  const body = JSON.stringify({
    object_kind: "note",
    event_type: "note",
    user: { id: 7, name: "Ada", username: "ada" },
    project_id: 5,
    project: { id: 5, name: "app", path_with_namespace: "acme/app", web_url: "https://gitlab.example.com/acme/app" },
    object_attributes: {
      id: number,
      note: `Is the build of *main* green again? #${number}`,
      noteable_type: "Issue",
      noteable_id: 1000 + iid,
      created_at: "2026-05-17 17:06:40 UTC",
      updated_at: "2026-05-17 17:06:40 UTC",
      system: false,
      action: "create",
      url: `${url}#note_${number}`,
    },
    issue: { id: 1000 + iid, iid, title: "The build is red", description: "", state: "opened", labels: [], url },
  });
  return post("/webhooks/gitlab", body, {
    "x-gitlab-event": "Note Hook",
    "x-gitlab-token": webhookSecret,
    "idempotency-key": `note-${number}`,
  });
}

function jira(number: number, conversations: number): Buffer {
  const key = `APP-${(number % conversations) + 1}`;
  const author = { accountId: "ada", accountType: "atlassian", displayName: "Ada" };
  const body = JSON.stringify({
    timestamp: 1_779_000_000_000 + number,
    webhookEvent: "comment_created",
    comment: {
      id: String(number),
      author,
      updateAuthor: author,
      body: `Is the build of *main* green again? #${number}`,
      created: "2026-05-17T17:06:40.000+0000",
      updated: "2026-05-17T17:06:40.000+0000",
    },
    issue: {
      id: String(10_000 + (number % conversations)),
      key,
      fields: { summary: "The build is red", project: { key: "APP" }, status: { name: "To Do", statusCategory: { key: "new" } } },
    },
  });
  return post("/webhooks/jira", body, {
    "x-hub-signature": `sha256=${hmac(body)}`,
    "x-atlassian-webhook-identifier": `jira-${number}`,
  });
}

function hmac(body: string): string {
  return createHmac("sha256", webhookSecret).update(body).digest("hex");
}

function post(path: string, body: string, headers: Readonly<Record<string, string>>): Buffer {
  const lines = Object.entries({ host: "localhost", "content-type": "application/json", ...headers });
  const head = lines.map(([name, value]) => `${name}: ${value}\r\n`).join("");
  return Buffer.from(`POST ${path} HTTP/1.1\r\n${head}content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
}
