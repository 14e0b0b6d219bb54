import type { Address, Operation } from "@devflow/gateway/contract";
import { parseMarkdown } from "@devflow/gateway/kit";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { github, type GithubOptions } from "../src/index.ts";
import { startJudge, type Judge } from "./support/judge.ts";
import { account, issue, privateKey, room, webhookSecret, world as bare } from "./support/index.ts";

// GitHub's own API description judges every request that the adapter can make. Its answers are examples: what becomes of them is
// not looked at here.
let judge: Judge;

const world = (signal?: AbortSignal): ReturnType<typeof bare> => bare({ fetch: judge.fetch, ...(signal && { signal }) });
const line: Address = { ...issue, thread: "12/345" };
const draft = (text: string) => ({ content: parseMarkdown(text), attachments: [] });
const sha = "a".repeat(40);
const button = { kind: "button", id: "go", label: "Go", value: "1" } as const;

const operations: readonly (readonly [Operation, Address?])[] = [
  [{ kind: "message.post", draft: draft("**hi** @ada #1\n\n| a | b |\n| - | - |\n| 1 | 2 |") }],
  [{ kind: "message.post", draft: draft("a reply") }, line],
  [{ kind: "message.edit", messageId: "", draft: draft("edited") }],
  [{ kind: "message.edit", messageId: "", draft: draft("edited") }, line],
  [{ kind: "message.delete", messageId: "" }],
  [{ kind: "message.delete", messageId: "" }, line],
  [{ kind: "reaction.add", messageId: "", emoji: "👍🏽" }],
  [{ kind: "reaction.add", messageId: "", emoji: "❤️" }, line],
  [{ kind: "reaction.remove", messageId: "", emoji: "🚀" }],
  [{ kind: "reaction.remove", messageId: "", emoji: "eyes" }, line],
  [
    {
      kind: "issue.create",
      issue: { title: "It breaks", body: "Text", labels: ["bug"], assignees: ["ada"], type: "Bug" },
    },
    room,
  ],
  [
    {
      kind: "issue.update",
      update: { title: "New", body: "Text", state: "closed", status: "not_planned", type: "Bug", labels: ["a"], assignees: [] },
    },
  ],
  [{ kind: "issue.update", update: { status: "reopened", type: "" } }],
  [{ kind: "issue.update", update: { labels: { add: ["a"], remove: ["b c/d"] }, assignees: { add: ["ada"], remove: ["bob"] } } }],
  [
    {
      kind: "change.create",
      change: {
        title: "Fix",
        body: "Text",
        from: "fix",
        into: "main",
        draft: true,
        labels: ["a"],
        assignees: ["ada"],
        reviewers: ["bob"],
      },
    },
    room,
  ],
  [{ kind: "change.merge", merge: { method: "squash", sha, title: "Fix", message: "All", deleteBranch: true } }],
  [{ kind: "review.submit", review: { verdict: "approve" } }],
  [
    {
      kind: "review.submit",
      review: {
        verdict: "reject",
        body: "No.",
        sha,
        comments: [{ path: "a.ts", line: 4, startLine: 2, side: "old", body: "Why?", suggestion: "x" }],
      },
    },
  ],
  [{ kind: "pipeline.run", run: { workflow: "deploy.yml", ref: "main", inputs: { env: "staging", dry: true } } }, room],
  [{ kind: "pipeline.cancel", pipeline: "42" }, room],
  [{ kind: "pipeline.retry", pipeline: "42" }, room],
  [{ kind: "pipeline.retry", pipeline: "42", failedOnly: true }, room],
  [{ kind: "pipeline.retry", pipeline: "42", job: "43" }, room],
  [
    {
      kind: "check.report",
      check: {
        name: "gate",
        sha,
        status: "running",
        title: "Waiting",
        summary: "*soon*",
        text: "more",
        url: "https://example.com",
        buttons: [button],
      },
    },
    room,
  ],
  [{ kind: "check.report", check: { id: "4", name: "gate", sha, status: "finished", outcome: "failure" } }, room],
];

const token = (): ReturnType<typeof github> => github({ apiUrl: judge.url, token: "github_pat_1" });
const app = (options: GithubOptions = {}): ReturnType<typeof github> =>
  github({ apiUrl: judge.url, appId: "Iv23li", privateKey, webhookSecret, ...options });
const drain = async (items: AsyncIterable<unknown> | undefined): Promise<void> => {
  for await (const _ of items ?? []) return;
};

describe.each([
  ["github.com", "api.github.com", ""],
  ["the oldest Enterprise Server", "ghes-3.17", "/api/v3"],
])("against GitHub's description of the API of %s", (_, name, prefix) => {
  beforeAll(async () => {
    judge = await startJudge(name, prefix);
  }, 180_000);
  afterAll(() => judge.close());

  it.each([
    ["POST /repos/{owner}/{repo}/issues", { owner: "o", repo: "r", titel: "x" }],
    ["PATCH /repos/{owner}/{repo}/issues/{issue_number}", { owner: "o", repo: "r", issue_number: 1, state: "ajar" }],
    ["POST /repos/{owner}/{repo}/issues/{issue_number}/comments", { owner: "o", repo: "r", issue_number: 1, body: [] }],
    ["POST /repos/{owner}/{repo}/pulls/{pull_number}/reviews", { owner: "o", repo: "r", pull_number: 1, event: "SHRUG" }],
    ["POST /repos/{owner}/{repo}/actions/workflows/{workflow_id}/dispatches", { owner: "o", repo: "r", workflow_id: 1 }],
    ["POST /repos/{owner}/{repo}/check-runs", { owner: "o", repo: "r", name: "x" }],
    ["PATCH /app/hook/config", { data: { url: 5, content_type: [] } }],
    ["GET /nowhere", {}],
  ])("notices a wrong %s", async (route, args) => {
    const octokit = await token().client(account, world());
    const { violations } = await judge.hear(async () => await octokit.request(route, args));
    expect(violations).not.toEqual([]);
  });

  it.each(operations.map(([operation, to = issue], index) => [`${index} ${operation.kind}`, operation, to] as const))(
    "finds nothing wrong with %s, nor with trying again",
    async (__, operation, to) => {
      const adapter = token();
      const body = adapter.formatter.format(operation, to);
      for (const attempt of [1, 2]) {
        const heard = await judge.hear(() =>
          adapter.sender.send({ key: "k", kind: operation.kind, to, body, messageId: "501", attempt }, world()),
        );
        expect(heard.violations).toEqual([]);
        expect(heard.requests).toBeGreaterThan(0);
      }
    },
  );

  it("finds nothing wrong with a part of another issue, where servers know such parts", async () => {
    const part: Operation = { kind: "issue.create", issue: { title: "t", parent: "#7" } };
    const body = token().formatter.format(part, room);
    const heard = await judge.hear(() => token().sender.send({ key: "k", kind: part.kind, to: room, body, attempt: 1 }, world()));
    expect(heard.requests).toBe(2);
    expect(heard.violations).toHaveLength(prefix === "" ? 0 : 1);
  });

  it("finds nothing wrong with looking for a run whose answer was lost", async () => {
    const context = world();
    await context.memory.set("dispatch:k", { at: context.clock.now() });
    const run: Operation = { kind: "pipeline.run", run: { workflow: "d.yml", ref: "main" } };
    const body = token().formatter.format(run, room);
    const heard = await judge.hear(() => token().sender.send({ key: "k", kind: run.kind, to: room, body, attempt: 2 }, context));
    expect(heard.violations).toEqual([]);
    expect(heard.requests).toBeGreaterThan(1);
  });

  it.each<[string, () => Promise<unknown>]>([
    ["who we are, by token", async () => await token().identify(account, world())],
    ["who we are, as an App", async () => await app().identify(account, world())],
    ["comments", async () => await token().archive?.history(issue, { limit: 5, before: "2" }, world())],
    ["a thread", async () => await token().archive?.history(line, { limit: 5 }, world())],
    ["a person by number", async () => await token().directory?.user("77", account, world())],
    ["a person by login", async () => await token().directory?.user("ada", account, world())],
    ["a repository", async () => await token().directory?.conversation(room, world())],
    ["an issue's place", async () => await token().directory?.conversation(issue, world())],
    ["an issue", async () => await token().work?.get(issue, world())],
    [
      "issues",
      async () =>
        await drain(
          token().work?.list(
            room,
            { state: "open", labels: ["a", "b"], assignee: "ada", updatedSince: 1_767_225_600_000 },
            world(),
          ),
        ),
    ],
    ["pull requests", async () => await drain(token().work?.list(room, { kind: "change" }, world()))],
    ["pull requests with a label", async () => await drain(token().work?.list(room, { kind: "change", labels: ["a"] }, world()))],
    ["words", async () => await drain(token().work?.search("repo:octo/app is:issue crash", account, world()))],
    ["people to assign", async () => await token().work?.users("ad", room, world())],
    ["a run", async () => await token().work?.pipeline?.("42", room, world())],
    ["an App's webhook to set", async () => await app().setup?.setup({ url: "https://bot.example", commands: [] }, world())],
    [
      "a repository's webhook to set",
      async () =>
        await github({ apiUrl: judge.url, token: "t", webhookSecret, webhooks: ["octo/app", "octo"] }).setup?.setup(
          { url: "https://bot.example", commands: [] },
          world(),
        ),
    ],
  ])("finds nothing wrong with looking for %s", async (__, work) => {
    const heard = await judge.hear(work);
    expect(heard.violations).toEqual([]);
    expect(heard.requests).toBeGreaterThan(0);
  });

  it("finds nothing wrong with looking for what did not arrive, and asking for it again", async () => {
    const stop = new AbortController();
    const context = world(stop.signal);
    const { connection } = app({ webhooks: ["octo/app", "octo"], account }).transports;
    const heard = await judge.hear(
      async () =>
        await connection?.run(
          account,
          async () => ({ status: 200 }),
          context,
          () => stop.abort(),
        ),
    );
    expect(heard.violations).toEqual([]);
    expect(heard.requests).toBeGreaterThan(2);
  });
});
