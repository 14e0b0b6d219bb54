import type { Emulator } from "emulate";
import { fakeLogger } from "@devflow/conformance";
import { createGateway } from "@devflow/gateway";
import type { Address, Event, Observation, Operation, Receipt } from "@devflow/gateway/contract";
import { parseMarkdown } from "@devflow/gateway/kit";
import { serve, type Serving } from "@devflow/gateway/node";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { github } from "../src/index.ts";
import { freePort } from "./support/port.ts";
import { webhookSecret, world } from "./support/index.ts";

// A GitHub that others wrote and that keeps its state. It has no workflows to dispatch, no reactions on comments, no list of
// deliveries, no user for an App's bot, and of remarks on lines only a form that GitHub has given up: those are tested elsewhere.
const supported = Number(process.versions.node.split(".")[0]) >= 24;
const account = "100";
const room: Address = { platform: "github", account, room: "octo/app" };
const grants = {
  issues: "write",
  pull_requests: "write",
  contents: "write",
  checks: "write",
  actions: "write",
  metadata: "read",
};
const context = world();
let emulator: Emulator;
let serving: Serving;
let adapter = github();
let events: Event[] = [];
let steps: Observation[] = [];

/** What a person does, past the adapter. */
async function ada(method: string, path: string, body?: object): Promise<Record<string, unknown>> {
  const headers = { authorization: "token ghp_octo", "content-type": "application/json" };
  const answer = await fetch(emulator.url + path, { method, headers, ...(body && { body: JSON.stringify(body) }) });
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
  return (await answer.json()) as Record<string, unknown>;
}

beforeAll(async () => {
  if (!supported) return;
  const { createEmulator } = await import("emulate");
  emulator = await createEmulator({
    service: "github",
    port: await freePort(),
    seed: {
      tokens: { ghp_octo: { login: "octo", scopes: ["repo", "admin:repo_hook"] } },
      github: {
        users: [{ login: "octo" }],
        repos: [{ owner: "octo", name: "app", auto_init: true }],
        apps: [
          {
            app_id: 12345,
            slug: "devflow",
            name: "DevFlow",
            permissions: grants,
            events: ["*"],
            installations: [{ installation_id: 100, account: "octo" }],
          },
        ],
      },
    },
  });
  const privateKey = emulator.generatedSecrets.find(({ kind }) => kind === "github.app_private_key")?.value ?? "";
  adapter = github({ apiUrl: emulator.url, appId: 12345, privateKey, webhookSecret, redeliverEveryMs: false });
  const gateway = createGateway({ adapters: [adapter], log: fakeLogger(), observe: (step) => void steps.push(step) });
  gateway.on("issue.opened", async (c) => {
    await c.reply(`Thank you, @${c.event.actor.handle}! Seen as **${c.event.issue.title}**, like #1.`);
    await c.do({ kind: "issue.update", update: { labels: { add: ["triage"] }, state: "closed", status: "completed" } });
  });
  for (const kind of [
    "issue.opened",
    "issue.updated",
    "issue.closed",
    "message.created",
    "change.opened",
    "change.merged",
    "review.submitted",
    "platform.event",
  ] as const)
    gateway.on(kind, (c) => void events.push(c.event as Event));
  serving = await serve(gateway, { port: 0, host: "127.0.0.1" });
  const address = `http://127.0.0.1:${serving.port}`;
  const owner = github({ apiUrl: emulator.url, token: "ghp_octo", webhookSecret, webhooks: ["octo/app"] });
  const [line, ...more] = (await owner.setup?.setup({ url: address, commands: [] }, context)) ?? [];
  expect([line, more]).toEqual([`Made the webhook of octo/app: ${address}/webhooks/github.`, []]);
  expect(await owner.setup?.setup({ url: address, commands: [] }, context)).toEqual([
    `The webhook of octo/app is ${address}/webhooks/github already.`,
  ]);
});
afterAll(async () => {
  if (!supported) return;
  await serving.close();
  await emulator.close();
});
beforeEach(() => {
  events = [];
  steps = [];
});

async function send(
  operation: Operation,
  to = room,
  changes: { readonly messageId?: string; readonly attempt?: number; readonly key?: string } = {},
): Promise<Receipt> {
  const body = adapter.formatter.format(operation, to);
  return await adapter.sender.send({ key: "k", kind: operation.kind, to, body, attempt: 1, ...changes }, context);
}

const draft = (text: string) => ({ content: parseMarkdown(text), attachments: [] });

describe.skipIf(!supported)("against an emulated GitHub (skipped below Node 24)", () => {
  it("knows who it is, as an App", async () => {
    expect(await adapter.identify(account, context)).toMatchObject({
      user: { handle: "devflow[bot]", kind: "bot", self: true },
      title: "DevFlow",
    });
  });

  it("answers an issue that a person opens: a comment, a label, closed; and does not hear itself", async () => {
    const { number } = await ada("POST", "/repos/octo/app/issues", {
      title: "It breaks",
      body: "When saving.\r\n<!-- template -->",
    });
    const at = `/repos/octo/app/issues/${String(number)}`;
    await expect.poll(async () => (await ada("GET", at))["state"], { timeout: 10_000 }).toBe("closed");
    expect(await ada("GET", at)).toMatchObject({ state_reason: "completed", labels: [{ name: "triage" }] });
    const [comment] = (await ada("GET", `${at}/comments`)) as unknown as { body: string; user: { login: string } }[];
    expect(comment?.user.login).toBe("devflow[bot]");
    expect(comment?.body.split("\n\n")[0]).toBe("Thank you, @\u200bocto! Seen as **It breaks**, like #\u200b1.");
    const opened = events.find(({ kind }) => kind === "issue.opened");
    expect(opened).toMatchObject({
      account,
      actor: { handle: "octo", self: false },
      conversation: { kind: "issue", address: { room: "octo/app", thread: String(number) } },
    });
    await expect
      .poll(() => steps.flatMap(({ kind, code }) => (code === "self" ? [kind] : [])), { timeout: 10_000 })
      .toEqual(expect.arrayContaining(["issue.closed", "issue.updated", "message.created"]));
    expect(events.some(({ kind }) => kind === "message.created")).toBe(false);
  });

  it("comments once although the first answer was lost, edits and deletes", async () => {
    const { key, address } = await send({ kind: "issue.create", issue: { title: "Once", body: "Text", labels: ["bug"] } });
    const to = address ?? room;
    expect(key).toBe(`octo/app#${to.thread}`);
    expect(
      (await send({ kind: "issue.create", issue: { title: "Once", body: "Text", labels: ["bug"] } }, room, { attempt: 2 })).key,
    ).toBe(key);
    const first = await send({ kind: "message.post", draft: draft("one") }, to, { key: "e/7" });
    expect((await send({ kind: "message.post", draft: draft("one") }, to, { key: "e/7", attempt: 2 })).messageId).toBe(
      first.messageId,
    );
    const second = await send({ kind: "message.post", draft: draft("two") }, to, { key: "e/8" });
    await send({ kind: "message.edit", messageId: "", draft: draft("**two**") }, to, { messageId: second.messageId ?? "" });
    const history = await adapter.archive?.history(to, { limit: 10 }, context);
    expect(history?.map(({ text, author }) => [text, author.self])).toEqual([
      ["one", true],
      ["two", true],
    ]);
    await send({ kind: "message.delete", messageId: "" }, to, { messageId: second.messageId ?? "" });
    await send({ kind: "message.delete", messageId: "" }, to, { messageId: second.messageId ?? "" });
    expect(await adapter.archive?.history(to, { limit: 10 }, context)).toHaveLength(1);
    expect(await adapter.archive?.history(to, { limit: 1, before: first.messageId ?? "" }, context)).toEqual([]);
  });

  it("changes title, labels and assignees, and reads the issue back", async () => {
    const { address = room } = await send({ kind: "issue.create", issue: { title: "Lists", labels: ["bug", "new"] } }, room, {
      key: "lists",
    });
    const update = { title: "Lists!", labels: { add: ["ready"], remove: ["new", "never"] }, assignees: { add: ["octo"] } };
    await send({ kind: "issue.update", update }, address);
    expect(await adapter.work?.get(address, context)).toMatchObject({
      kind: "issue",
      title: "Lists!",
      labels: ["bug", "ready"],
      assignees: [{ handle: "octo" }],
      body: "",
    });
    await send({ kind: "issue.update", update: { state: "closed", status: "not_planned", assignees: [] } }, address);
    expect(await adapter.work?.get(address, context)).toMatchObject({ state: "closed", status: "not_planned", assignees: [] });
    const open = [];
    for await (const one of adapter.work?.list(room, { state: "closed" }, context) ?? []) open.push(one.title);
    expect(open).toContain("Lists!");
    expect(await adapter.work?.get({ ...room, thread: "9999" }, context)).toBeUndefined();
  });

  it("proposes a change, reviews a line of it, merges it and deletes its branch", async () => {
    const [main] = (await ada("GET", "/repos/octo/app/branches")) as unknown as { commit: { sha: string } }[];
    await ada("POST", "/repos/octo/app/git/refs", { ref: "refs/heads/fix", sha: main?.commit.sha });
    await ada("PUT", "/repos/octo/app/contents/a.txt", {
      message: "Add a",
      content: Buffer.from("one\ntwo\n").toString("base64"),
      branch: "fix",
    });
    const change = { title: "Fix it", body: "Closes #1", from: "fix", into: "main", labels: ["ready"] };
    const { address = room, key } = await send({ kind: "change.create", change }, room, { key: "change" });
    expect((await send({ kind: "change.create", change }, room, { key: "change", attempt: 2 })).key).toBe(key);
    expect(await adapter.work?.get(address, context)).toMatchObject({
      kind: "change",
      from: "fix",
      into: "main",
      merged: false,
      labels: ["ready"],
      body: "Closes\u200b #\u200b1",
    });
    await send({ kind: "review.submit", review: { verdict: "comment", body: "Nearly." } }, address, { key: "review" });
    await send({ kind: "change.merge", merge: { method: "squash", title: "Fix it", deleteBranch: true } }, address);
    await send({ kind: "change.merge", merge: {} }, address);
    expect(await adapter.work?.get(address, context)).toMatchObject({ merged: true, state: "closed", status: "merged" });
    const branches = (await ada("GET", "/repos/octo/app/branches")) as unknown as { name: string }[];
    expect(branches.map(({ name }) => name)).toEqual(["main"]);
    await expect
      .poll(() => steps.flatMap(({ kind, code }) => (code === "self" ? [kind] : [])), { timeout: 10_000 })
      .toEqual(expect.arrayContaining(["change.opened", "review.submitted", "change.merged"]));
  });

  it("reports a check, and says it again without making a second", async () => {
    const [main] = (await ada("GET", "/repos/octo/app/branches")) as unknown as { commit: { sha: string } }[];
    const check = {
      name: "gate",
      sha: main?.commit.sha ?? "",
      status: "running",
      summary: "Waiting.",
      buttons: [{ kind: "button", id: "go", label: "Go", value: "1" }],
    } as const;
    const first = await send({ kind: "check.report", check });
    const second = await send({
      kind: "check.report",
      check: { ...check, id: first.key ?? "", status: "finished", outcome: "success" },
    });
    expect(second.key).toBe(first.key);
  });

  it("looks up people and places, and fails as GitHub fails", async () => {
    expect(await adapter.directory?.user("octo", account, context)).toMatchObject({
      handle: "octo",
      kind: "person",
      self: false,
    });
    expect(await adapter.directory?.conversation(room, context)).toMatchObject({ kind: "project", title: "octo/app" });
    expect(await adapter.directory?.conversation({ ...room, thread: "1" }, context)).toMatchObject({
      kind: "issue",
      title: "It breaks",
    });
    expect(await adapter.directory?.conversation({ ...room, room: "octo/none" }, context)).toBeUndefined();
    await expect(send({ kind: "message.post", draft: draft("x") }, { ...room, thread: "9999" })).rejects.toMatchObject({
      code: "target.gone",
    });
    await expect(send({ kind: "pipeline.run", run: { workflow: "none.yml", ref: "main" } })).rejects.toMatchObject({
      code: "target.gone",
    });
  });

  it("asks for one token, however many ask at once, and for another for another installation", async () => {
    const made = async (): Promise<number> => {
      const answer = (await (await fetch(`${emulator.url}/_emulate/installation-tokens`)).json()) as {
        installation_tokens: unknown[];
      };
      return answer.installation_tokens.length;
    };
    const before = await made();
    const key = emulator.generatedSecrets.find(({ kind }) => kind === "github.app_private_key")?.value ?? "";
    const fresh = github({ apiUrl: emulator.url, appId: 12345, privateKey: key.replaceAll("\n", "\\n") });
    await Promise.all([1, 2, 3, 4].map(async () => await fresh.directory?.conversation(room, context)));
    expect(await made()).toBe(before + 1);
    await expect(fresh.directory?.conversation({ ...room, account: "999" }, context)).rejects.toMatchObject({
      code: "auth.failed",
    });
  });
});
