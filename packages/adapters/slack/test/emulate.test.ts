import type { Emulator } from "emulate";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Address, Operation, OperationKind, Receipt } from "@devflow/gateway/contract";
import { isObject, parseMarkdown, type JsonObject } from "@devflow/gateway/kit";
import { slack } from "../src/index.ts";
import { freePort } from "./support/port.ts";
import { world } from "./support/index.ts";

// A Slack that others wrote and that keeps its state: what we send is read back from it.
const account = "T000000001";
const room: Address = { platform: "slack", account, room: "C000000001" };
const token = "xoxb-emulated";
const context = world({ secrets: { BOT_TOKEN: token } });
let emulator: Emulator;
let adapter = slack();

const supported = Number(process.versions.node.split(".")[0]) >= 24;

beforeAll(async () => {
  if (!supported) return;
  const { createEmulator } = await import("emulate");
  emulator = await createEmulator({
    service: "slack",
    port: await freePort(),
    seed: {
      slack: {
        oauth_apps: [
          {
            client_id: "1.2",
            client_secret: "s",
            app_id: "A000000001",
            name: "DevFlow",
            redirect_uris: [],
            bot_user_id: "U000000009",
            bot_id: "B000000009",
          },
        ],
        tokens: [
          { token, type: "bot", user_id: "U000000009", app_id: "A000000001", bot_id: "B000000009", bot_user_id: "U000000009" },
        ],
      },
    },
  });
  adapter = slack({ apiUrl: `${emulator.url}/api/` });
  const web = await adapter.client(account, context);
  await web.conversations.join({ channel: room.room });
});
afterAll(async () => {
  if (supported) await emulator.close();
});

async function send(operation: Operation, to = room, messageId?: string): Promise<Receipt> {
  const attachments = "draft" in operation ? operation.draft.attachments : [];
  const body = adapter.formatter.format(operation, to);
  return await adapter.sender.send(
    { key: "k", kind: operation.kind, to, body, attempt: 1, attachments, ...(messageId === undefined ? {} : { messageId }) },
    context,
  );
}

const draft = (text: string, rest: object = {}) => ({ content: parseMarkdown(text), attachments: [], ...rest });
const about = (kind: OperationKind, rest: object): Operation => ({ kind, messageId: "", ...rest }) as unknown as Operation;

/** The message as the emulator has it. */
async function stored(ts: string, to = room): Promise<JsonObject | undefined> {
  const web = await adapter.client(account, context);
  const { messages } = await web.conversations.replies({ channel: to.room, ts: to.thread ?? ts });
  return messages?.find((one) => one.ts === ts) as JsonObject | undefined;
}

describe.skipIf(!supported)("against an emulated Slack (skipped below Node 24)", () => {
  it("knows who it is", async () => {
    expect((await adapter.identify(account, context)).user).toMatchObject({ id: "U000000009", self: true });
  });

  it("posts, answers in the thread of that post, edits and deletes", async () => {
    const { messageId = "" } = await send({ kind: "message.post", draft: draft("**Deploy** of `main` & <friends>") });
    expect(await stored(messageId)).toMatchObject({ text: "*Deploy* of `main` &amp; &lt;friends&gt;" });
    const thread = { ...room, thread: messageId };
    const reply = await send({ kind: "message.post", draft: draft("done") }, thread);
    expect(await stored(reply.messageId ?? "", thread)).toMatchObject({ text: "done", thread_ts: messageId });
    await send(about("message.edit", { draft: draft("really done") }), thread, reply.messageId);
    expect(await stored(reply.messageId ?? "", thread)).toMatchObject({ text: "really done" });
    await send(about("message.delete", {}), thread, reply.messageId);
    expect(await stored(reply.messageId ?? "", thread)).toBeUndefined();
    await send(about("message.delete", {}), thread, reply.messageId);
  });

  it("posts once, although the first answer was lost", async () => {
    const to = { ...room, thread: (await send({ kind: "message.post", draft: draft("root") })).messageId ?? "" };
    const body = adapter.formatter.format({ kind: "message.post", draft: draft("once") }, to);
    const attempt = async (number: number) =>
      await adapter.sender.send({ key: "e/7", kind: "message.post", to, body, attempt: number }, context);
    const { messageId } = await attempt(1);
    expect((await attempt(2)).messageId).toBe(messageId);
    const thread = await adapter.archive?.history(to, { limit: 10 }, context);
    expect(thread?.map(({ text }) => text)).toEqual(["root", "once"]);
  });

  it("carries blocks, and takes them away again", async () => {
    const content = [
      ...parseMarkdown("Go?"),
      { type: "actions" as const, items: [{ kind: "button" as const, id: "go", label: "Yes", value: "1" }] },
    ];
    const { messageId = "" } = await send({ kind: "message.post", draft: { content, attachments: [] } });
    const blocks = (await stored(messageId))?.["blocks"];
    expect(blocks).toMatchObject([{ type: "section" }, { type: "actions", elements: [{ action_id: "go" }] }]);
    await send(about("message.edit", { draft: draft("Gone") }), room, messageId);
    expect((await stored(messageId))?.["blocks"] ?? []).toEqual([]);
  });

  it("reacts once, however often it is asked", async () => {
    const { messageId = "" } = await send({ kind: "message.post", draft: draft("react") });
    for (let time = 0; time < 2; time++) await send(about("reaction.add", { emoji: "👍" }), room, messageId);
    expect((await stored(messageId))?.["reactions"]).toMatchObject([{ name: "+1", count: 1 }]);
    for (let time = 0; time < 2; time++) await send(about("reaction.remove", { emoji: "👍" }), room, messageId);
    expect((await stored(messageId))?.["reactions"] ?? []).toEqual([]);
  });

  it("shows something to one person alone", async () => {
    const receipt = await send({ kind: "message.post", draft: draft("psst", { onlyFor: "U000000001" }) });
    expect(receipt).toEqual({ at: context.clock.now() });
  });

  it("sends a file, and opens it again", async () => {
    const key = await context.blobs.put(new TextEncoder().encode("line 1\nline 2"));
    const attachments = [
      { kind: "file" as const, name: "log.txt", mediaType: "text/plain", source: { type: "stored" as const, key } },
    ];
    await send({ kind: "message.post", draft: draft("the log", { attachments }) });
    const found = await adapter.archive?.history(room, { limit: 20 }, context);
    const shared = found?.find((one) => one.attachments.length > 0);
    expect(shared?.attachments[0]).toMatchObject({ name: "log.txt", source: { type: "remote" } });
    const file = shared?.attachments[0];
    const bytes = file && (await adapter.files?.open(file, account, { maxBytes: 1_000 }, context));
    expect(Buffer.from(bytes ?? []).toString()).toBe("line 1\nline 2");
  });

  it("writes to a person", async () => {
    const { messageId = "" } = await send({ kind: "message.post", draft: draft("hello") }, { ...room, room: "U000000001" });
    await send(about("message.edit", { draft: draft("hello you") }), { ...room, room: "U000000001" }, messageId);
    await expect(adapter.directory?.user("U000000001", account, context)).resolves.toMatchObject({
      handle: "admin",
      kind: "person",
    });
  });

  it("opens a form while its trigger lives", async () => {
    const form = { id: "f", title: "Feedback", fields: [{ id: "note", label: "Note", kind: "text" as const }] };
    const web = await adapter.client(account, context);
    const made: unknown = await web.apiCall("views.generateTriggerId", { user: "U000000001" });
    const trigger = isObject(made) ? String(made["trigger_id"]) : "";
    await send({ kind: "form.open", trigger, form });
    await expect(send({ kind: "form.open", trigger: "1.2.old", form })).rejects.toMatchObject({
      code: expect.stringMatching(/window.closed|content.rejected|operation.rejected/),
    });
  });

  it("reads back what was said, newest last", async () => {
    const first = await send({ kind: "message.post", draft: draft("first") });
    const second = await send({ kind: "message.post", draft: draft("second") });
    const found = await adapter.archive?.history(room, { limit: 2 }, context);
    expect(found?.map(({ id, text, author }) => [id, text, author.self])).toEqual([
      [first.messageId, "first", true],
      [second.messageId, "second", true],
    ]);
    await expect(adapter.directory?.conversation(room, context)).resolves.toMatchObject({ title: "general", kind: "channel" });
  });

  it("fails as Slack fails", async () => {
    await expect(send({ kind: "message.post", draft: draft("x") }, { ...room, room: "C999999999" })).rejects.toMatchObject({
      code: "target.gone",
    });
    await expect(send(about("message.edit", { draft: draft("x") }), room, "1.000100")).rejects.toMatchObject({
      code: "target.gone",
    });
  });
});
