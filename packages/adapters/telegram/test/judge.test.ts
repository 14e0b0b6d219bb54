import { fakeContext, type FakeContext } from "@devflow/conformance";
import type { Action, Address, Attachment, Delivery, Operation, Receipt } from "@devflow/gateway/contract";
import { degrade, parseMarkdown, splitContent, systemClock } from "@devflow/gateway/kit";
import * as fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { telegram, type TelegramAdapter } from "../src/index.ts";
import { account, token } from "./support/api.ts";
import { corpora, judge, type Judge, type Judged } from "./support/judge.ts";
import { ada, identity, message } from "./support/updates.ts";

const group: Address = { platform: "telegram", account, room: "-1001" };
const topic: Address = { ...group, thread: "9" };
const person: Address = { ...group, room: "42" };
const business: Address = { ...group, room: "42@conn" };

const missing = "needs DEVFLOW_CORPORA, the folder with telegram-judge.mjs";

describe.skipIf(!corpora)(`against the published Bot API (${missing})`, () => {
  let bench: Judge;
  let adapter: TelegramAdapter;
  let context: FakeContext;
  let key = 0;

  beforeAll(async () => {
    bench = await judge(corpora ?? "");
    adapter = telegram({ apiUrl: bench.url });
    context = fakeContext({ platform: "telegram", secrets: { BOT_TOKEN: token, WEBHOOK_SECRET: "opensesame" } });
  });
  afterAll(async () => await bench[Symbol.asyncDispose]());

  async function send(operation: Operation, to: Address, messageId?: string): Promise<Receipt> {
    const body = JSON.parse(JSON.stringify(adapter.formatter.format(operation, to))) as Record<string, unknown>;
    const about = messageId === undefined ? {} : { messageId };
    return await adapter.sender.send({ key: `k${++key}`, kind: operation.kind, to, body, attempt: 1, ...about }, context);
  }

  /** What `run` made the judge see. */
  async function judged(run: () => Promise<unknown>): Promise<readonly Judged[]> {
    const before = (await bench.log()).length;
    await run();
    const calls = (await bench.log()).slice(before);
    expect(calls.length).toBeGreaterThan(0);
    expect(calls.filter(({ errs }) => errs.length > 0)).toEqual([]);
    return calls;
  }

  const say = (text: string, more: object = {}): Operation => ({
    kind: "message.post",
    draft: { content: parseMarkdown(text), attachments: [], ...more },
  });
  const stored = async (kind: Attachment["kind"], name: string): Promise<Attachment> => ({
    kind,
    source: { type: "stored", key: await context.blobs.put(Buffer.from("bytes")) },
    name,
  });
  const actions: readonly Action[] = [
    { kind: "button", id: "yes", label: "Yes", value: "x".repeat(200), style: "danger" },
    { kind: "link", label: "Log", url: "https://example.com/log" },
    { kind: "select", id: "env", label: "Where?", options: [{ label: "Prod", value: "p" }] },
  ];

  it("posts, answers, and shows buttons, in chats, topics and business chats", async () => {
    const calls = await judged(async () => {
      for (const to of [group, topic, person, business]) {
        await send(say("**hi**", { replyTo: "7", silent: true }), to);
        await send(
          {
            kind: "message.post",
            draft: { content: [...parseMarkdown("ship?"), { type: "actions", items: actions }], attachments: [] },
          },
          to,
        );
      }
    });
    expect(calls.map(({ method }) => method)).toEqual(Array.from({ length: 8 }, () => "sendMessage"));
  });

  it("sends files of every kind: by address, by id, and uploaded", async () => {
    const url = (kind: Attachment["kind"]): Attachment => ({
      kind,
      source: { type: "url", url: "https://example.com/file.pdf" },
    });
    const remote = (kind: string): Attachment => ({ kind: "file", source: { type: "remote", handle: `${account}/${kind}/f1` } });
    const kinds = ["image", "video", "audio", "voice", "file", "sticker"] as const;
    const calls = await judged(async () => {
      for (const kind of kinds) {
        await send(say("look", { attachments: [url(kind)] }), person);
        await send(say("look", { attachments: [await stored(kind, "a.bin")] }), topic);
      }
      for (const kind of ["photo", "video", "animation", "document", "audio", "voice", "video_note", "sticker"]) {
        await send(say("", { attachments: [remote(kind)] }), person);
      }
    });
    expect(new Set(calls.map(({ method }) => method))).toEqual(
      new Set([
        "sendPhoto",
        "sendVideo",
        "sendAudio",
        "sendVoice",
        "sendDocument",
        "sendSticker",
        "sendAnimation",
        "sendVideoNote",
        "sendMessage",
      ]),
    );
    expect(calls.filter(({ files }) => files.length > 0)).toHaveLength(kinds.length);
  });

  it("sends albums, places and contacts", async () => {
    const calls = await judged(async () => {
      // The description cannot say that photos and videos may stand in one album; the Bot API's own text does.
      const trip = [await stored("image", "a.png"), await stored("image", "b.png")];
      await send(say("trip", { attachments: trip, replyTo: "7" }), topic);
      await send(say("", { attachments: [await stored("file", "a.pdf"), await stored("file", "b.pdf")] }), person);
      await send(say("", { attachments: [{ kind: "location", location: { latitude: 1, longitude: 2 } }] }), person);
      await send(
        say("", { attachments: [{ kind: "location", location: { latitude: 1, longitude: 2, title: "Café" } }] }),
        person,
      );
      await send(say("", { attachments: [{ kind: "contact", contact: { name: "Ada", phone: "+1" } }] }), person);
    });
    expect(calls.map(({ method, files }) => [method, files.length])).toEqual([
      ["sendMediaGroup", 2],
      ["sendMediaGroup", 2],
      ["sendLocation", 0],
      ["sendVenue", 0],
      ["sendContact", 0],
    ]);
  });

  it("edits, deletes, reacts and types", async () => {
    const content = parseMarkdown("new");
    const calls = await judged(async () => {
      for (const to of [person, business]) {
        await send({ kind: "message.edit", messageId: "7", draft: { content, attachments: [] } }, to, "7");
        await send(
          {
            kind: "message.edit",
            messageId: "7",
            draft: { content: [{ type: "actions", items: actions.slice(0, 2) }], attachments: [] },
          },
          to,
          "7",
        );
        await send({ kind: "message.delete", messageId: "7" }, to, "7");
        await send({ kind: "typing.start" }, to);
      }
      await send(
        { kind: "message.edit", messageId: "7", draft: { content, attachments: [await stored("image", "a.png")] } },
        person,
        "7",
      );
      await send({ kind: "reaction.add", messageId: "7", emoji: "👍" }, group, "7");
      await send({ kind: "reaction.add", messageId: "7", emoji: "5368324170671202286" }, group, "7");
      await send({ kind: "reaction.remove", messageId: "7", emoji: "👍" }, group, "7");
      await send({ kind: "typing.start" }, topic);
    });
    expect(calls.map(({ method }) => method)).toEqual(
      expect.arrayContaining([
        "editMessageText",
        "editMessageReplyMarkup",
        "editMessageMedia",
        "deleteMessage",
        "deleteBusinessMessages",
        "setMessageReaction",
        "sendChatAction",
      ]),
    );
  });

  it("streams", async () => {
    const calls = await judged(async () => {
      const { messageId = "" } = await send({ kind: "stream.begin", text: "Once" }, { ...person, thread: "9" });
      await send({ kind: "stream.append", messageId, text: " upon", full: "Once upon" }, person, messageId);
      await send(
        { kind: "stream.end", messageId, text: "", draft: { content: parseMarkdown("Once upon a time"), attachments: [] } },
        person,
        messageId,
      );
    });
    expect(calls.map(({ method }) => method)).toEqual(["sendMessageDraft", "sendMessageDraft", "sendMessage"]);
  });

  it("asks who and where, fetches files, and sets itself up", async () => {
    const calls = await judged(async () => {
      await adapter.identify(account, context);
      await adapter.directory?.user("42", account, context);
      await adapter.setup?.setup({ url: "https://bot.example", commands: [{ name: "deploy", description: "Deploy" }] }, context);
      await adapter.setup?.setup({ commands: [] }, context);
      await adapter.files
        ?.open({ kind: "file", source: { type: "remote", handle: `${account}/document/f` } }, account, { maxBytes: 9 }, context)
        .catch(() => undefined);
    });
    expect(calls.map(({ method }) => method)).toEqual([
      "getMe",
      "getChat",
      "getWebhookInfo",
      "setWebhook",
      "getMyCommands",
      "setMyCommands",
      "getWebhookInfo",
      "getFile",
    ]);
  });

  it("lesson 16: any text is accepted", async () => {
    const calls = await judged(async () => {
      const said = fc.string({ unit: "grapheme", minLength: 1, maxLength: 200 });
      await fc.assert(
        fc.asyncProperty(said, async (text) => {
          const table = adapter.capabilities(person);
          const parts = splitContent(degrade(parseMarkdown(text), table).content, table.text.limit, adapter.formatter.measure);
          for (const content of parts.filter((part) => adapter.formatter.measure(part) > 0)) {
            await send({ kind: "message.post", draft: { content, attachments: [] } }, person);
          }
        }),
        { numRuns: 60 },
      );
    });
    expect(new Set(calls.map(({ method }) => method))).toEqual(new Set(["sendMessage"]));
  });

  it("polls: an update comes in, is made durable, is read, and its button answered", async () => {
    const caller = new AbortController();
    const live = fakeContext({ platform: "telegram", clock: systemClock, secrets: { BOT_TOKEN: token }, signal: caller.signal });
    const taken: Delivery[] = [];
    let wake = (): void => {};
    const enough = new Promise<void>((resolve) => (wake = resolve));
    const calls = await judged(async () => {
      await bench.inject({ message: message({ text: "hello" }) });
      await bench.inject({
        callback_query: { id: "q1", from: ada, message: message(), chat_instance: "c", data: "~deploy~prod" },
      });
      const running = adapter.transports.connection?.run(
        account,
        async ({ deliveries }) => {
          taken.push(...deliveries);
          if (taken.length >= 3) wake();
          return { status: 200 };
        },
        live,
        () => void bench.inject({ message: message({ text: "and again" }) }),
      );
      await enough;
      while (!(await bench.log()).some(({ method }) => method === "answerCallbackQuery"));
      caller.abort();
      await running;
    });
    const events = taken.flatMap((delivery) => adapter.normalizer.normalize([delivery], identity));
    expect(events).toMatchObject([
      { kind: "message.created", message: { text: "hello" } },
      { kind: "action.invoked", action: "deploy", value: "prod" },
      { kind: "message.created", message: { text: "and again" } },
    ]);
    expect(calls.filter(({ method }) => method === "getUpdates").length).toBeGreaterThanOrEqual(2);
    expect(calls.find(({ method }) => method === "answerCallbackQuery")?.body).toEqual({ callback_query_id: "q1" });
  });
});
