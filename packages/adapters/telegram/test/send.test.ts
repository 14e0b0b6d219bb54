import type { Address, Attachment, Operation, OperationKind, Outgoing, Receipt } from "@devflow/gateway/contract";
import { parseMarkdown } from "@devflow/gateway/kit";
import { Api } from "node-telegram-bot-api";
import { describe, expect, it } from "vitest";
import type { FakeContext } from "@devflow/conformance";
import { bots } from "../src/client.ts";
import { formatter } from "../src/format/index.ts";
import { readOptions, type TelegramOptions } from "../src/options.ts";
import { sender } from "../src/send.ts";
import { fakeApi, refusal, token, usual, type Answers, type FakeApi } from "./support/api.ts";

const group: Address = { platform: "telegram", account: "123456", room: "-1001", thread: "9" };
const person: Address = { platform: "telegram", account: "123456", room: "42" };

function say(text: string, more: object = {}): Operation {
  return { kind: "message.post", draft: { content: parseMarkdown(text), attachments: [], ...more } };
}

function outgoing(operation: Operation, to = group, more: Partial<Outgoing> = {}): Outgoing {
  const body = JSON.parse(JSON.stringify(formatter.format(operation, to))) as Outgoing["body"];
  return { key: "k1", kind: operation.kind, to, body, attempt: 1, ...more };
}

interface Bench {
  readonly api: FakeApi;
  readonly context: FakeContext;
  send(operation: Operation, to?: Address, more?: Partial<Outgoing>): Promise<Receipt>;
}

function bench(answers?: Answers, options: TelegramOptions = {}): Bench {
  const api = fakeApi(answers);
  const context = api.context();
  const { send } = sender(bots(readOptions(options)));
  return { api, context, send: (operation, to, more) => send(outgoing(operation, to, more), context) };
}

const failing =
  (code: number, description: string, parameters?: object): Answers =>
  () =>
    refusal(code, description, parameters);
const image = async (context: FakeContext): Promise<Attachment> => ({
  kind: "image",
  source: { type: "stored", key: await context.blobs.put(Buffer.from("png")) },
  name: "a.png",
});

describe("send", () => {
  it("posts into the topic and gives a receipt", async () => {
    const { api, context, send } = bench();
    expect(await send(say("**hi**"))).toMatchObject({ at: context.clock.now(), messageId: "71" });
    expect(api.calls).toMatchObject([
      { method: "sendMessage", params: { chat_id: -1001, message_thread_id: 9, text: "<b>hi</b>", parse_mode: "HTML" } },
    ]);
  });

  it("lesson 26: what a post gave can be answered, edited, reacted to and deleted", async () => {
    const { api, send } = bench();
    const { messageId = "" } = await send(say("hi"), person);
    const draft = { content: parseMarkdown("new"), attachments: [] };
    await send(say("re", { replyTo: messageId }), person);
    for (const operation of [
      { kind: "message.edit", messageId, draft },
      { kind: "reaction.add", messageId, emoji: "👍" },
      { kind: "message.delete", messageId },
    ] as const) {
      await send(operation, person, { messageId });
    }
    expect(
      api.calls
        .slice(1)
        .map(({ method, params }) => [
          method,
          params.message_id ?? (params.reply_parameters as { message_id: number }).message_id,
        ]),
    ).toEqual([
      ["sendMessage", 71],
      ["editMessageText", 71],
      ["setMessageReaction", 71],
      ["deleteMessage", 71],
    ]);
  });

  it("goes where the conversation is now, not where it was when the body was made", async () => {
    const { api, send } = bench();
    await send(say("hi"), group, { to: { ...group, room: "-2002" } });
    expect(api.calls[0]?.params.chat_id).toBe(-2002);
  });

  it("speaks for a business through its connection", async () => {
    const { api, send } = bench();
    const to = { ...person, room: "42@conn" };
    await send(say("hi"), to);
    await send({ kind: "message.delete", messageId: "7" }, to, { messageId: "7" });
    expect(api.calls.map(({ params }) => params)).toMatchObject([
      { chat_id: 42, business_connection_id: "conn" },
      { business_connection_id: "conn", message_ids: [7] },
    ]);
    expect(api.calls[1]?.params).not.toHaveProperty("chat_id");
  });
});

describe("repairs", () => {
  /** Refuses the first call and takes the rest. */
  const once = (said: string): Answers => {
    let refused = false;
    return (call) => {
      if (refused) return usual(call);
      refused = true;
      return refusal(400, `Bad Request: ${said}`);
    };
  };

  it("lesson 16: text that Telegram cannot parse goes out plain, and says so in the log", async () => {
    const { api, context, send } = bench(once("can't parse entities: byte offset 12"));
    await send(say("a **b** < c"));
    expect(api.calls[1]?.params).toMatchObject({ text: "a b < c" });
    expect(api.calls[1]?.params).not.toHaveProperty("parse_mode");
    expect(context.log.records).toMatchObject([{ level: "warn" }]);
  });

  it("a caption inside an album goes out plain too", async () => {
    const { api, context, send } = bench(once("can't parse entities"));
    await send(say("a **b**", { attachments: [await image(context), await image(context)] }));
    expect(api.calls[1]).toMatchObject({ params: { media: [{ caption: "a b" }, {}] }, files: ["media_0", "media_1"] });
    expect(JSON.stringify(api.calls[1]?.params)).not.toContain("parse_mode");
  });

  it("an answer to a message that is gone is sent all the same", async () => {
    const { api, send } = bench(once("message to be replied not found"));
    expect(await send(say("hi", { replyTo: "5" }))).toMatchObject({ messageId: "71" });
    expect(api.calls[1]?.params).not.toHaveProperty("reply_parameters");
  });

  it("an edit of a message with a file edits its caption", async () => {
    const { api, send } = bench(once("there is no text in the message to edit"));
    await send({ kind: "message.edit", messageId: "7", draft: { content: parseMarkdown("new"), attachments: [] } }, group, {
      messageId: "7",
    });
    expect(api.calls[1]).toMatchObject({ method: "editMessageCaption", params: { caption: "new", message_id: 7 } });
    expect(api.calls[1]?.params).not.toHaveProperty("text");
  });

  it("a picture that is no photo to Telegram goes as a file", async () => {
    const { api, context, send } = bench(once("PHOTO_INVALID_DIMENSIONS"));
    await send(say("wide", { attachments: [await image(context)] }));
    expect(api.calls[1]).toMatchObject({ method: "sendDocument", params: { caption: "wide" }, files: ["document"] });
  });

  it("are tried once each", async () => {
    const { api, send } = bench(failing(400, "Bad Request: can't parse entities"));
    await expect(send(say("hi"))).rejects.toMatchObject({ code: "content.rejected", retryable: false });
    expect(api.calls).toHaveLength(2);
  });

  it.each([
    ["message.edit", "message is not modified", 1],
    ["reaction.add", "MESSAGE_NOT_MODIFIED", 1],
    ["message.delete", "message to delete not found", 1],
    ["message.delete", "message can't be deleted", 2],
  ] as const)("%s: %s is success in disguise", async (kind: OperationKind, said, attempt) => {
    const { send } = bench(failing(400, `Bad Request: ${said}`));
    const operation = {
      kind,
      messageId: "7",
      emoji: "👍",
      draft: { content: parseMarkdown("x"), attachments: [] },
    } as unknown as Operation;
    expect(await send(operation, group, { messageId: "7", attempt })).toMatchObject({ messageId: "7" });
  });
});

describe("files", () => {
  it("are uploaded from the store", async () => {
    const { api, context, send } = bench();
    await send(say("look", { attachments: [await image(context)] }));
    expect(api.calls).toMatchObject([{ method: "sendPhoto", params: { caption: "look", chat_id: -1001 }, files: ["photo"] }]);
  });

  it("lesson 8: that are not in the store any more are refused with a reason", async () => {
    const { send } = bench();
    const lost: Attachment = { kind: "file", source: { type: "stored", key: "gone" } };
    await expect(send(say("", { attachments: [lost] }))).rejects.toMatchObject({
      code: "content.rejected",
      message: expect.stringContaining("Attach them again"),
    });
  });

  it("in several calls are not sent twice when a retry sends the rest", async () => {
    let broken = true;
    const { api, context, send } = bench((call) =>
      call.method === "sendDocument" && broken ? refusal(500, "Internal Server Error") : usual(call),
    );
    const attachments = [
      await image(context),
      { kind: "file", source: { type: "url", url: "https://example.com/a.pdf" } } as const,
    ];
    await expect(send(say("both", { attachments }))).rejects.toMatchObject({ code: "platform.failed" });
    broken = false;
    expect(await send(say("both", { attachments }), group, { attempt: 2 })).toMatchObject({ messageId: "71" });
    expect(api.calls.map(({ method }) => method)).toEqual(["sendPhoto", "sendDocument", "sendDocument"]);
  });

  it("need one copy of the SDK", async () => {
    const foreign = { getMe: async () => ({ id: 123456 }), sendPhoto: async () => ({}) } as unknown as Api;
    const { context, send } = bench(usual, { client: foreign });
    await expect(send(say("", { attachments: [await image(context)] }))).rejects.toMatchObject({ code: "options.invalid" });
  });
});

describe("callback data", () => {
  const buttons = (value: string): object => ({
    content: [...parseMarkdown("x"), { type: "actions", items: [{ kind: "button", id: "b", label: "B", value }] }],
  });
  const dataOf = (api: FakeApi): string => /"callback_data":"([^"]*)"/.exec(JSON.stringify(api.calls[0]))?.[1] ?? "";

  it("that fits goes as it is", async () => {
    const { api, context, send } = bench();
    await send(say("", buttons("small")));
    expect(dataOf(api)).toBe("~b~small");
    expect(context.remembered.size).toBe(0);
  });

  it.each(["x".repeat(62), "é".repeat(31), "👍".repeat(16), "y".repeat(20_000)])(
    "longer than 64 bytes is kept, and a stand-in goes out (%.8s…)",
    async (value) => {
      const { api, context, send } = bench();
      await send(say("", buttons(value)));
      await send(say("", buttons(value)));
      expect(Buffer.byteLength(dataOf(api))).toBeLessThanOrEqual(64);
      expect([...context.remembered.values()].map((entry) => JSON.parse(entry.value) as unknown)).toEqual([`~b~${value}`]);
    },
  );
});

describe("streams", () => {
  const begin: Operation = { kind: "stream.begin", text: "Once" };

  it("show a draft, and end as a message that can be edited", async () => {
    const { api, send } = bench();
    const begun = await send(begin, person, { key: "stream-1" });
    const messageId = begun.messageId ?? "";
    await send({ kind: "stream.append", messageId, text: " upon", full: "Once upon" }, person, { messageId, key: "live" });
    const draft = { content: parseMarkdown("Once upon a time"), attachments: [] };
    expect(await send({ kind: "stream.end", messageId, text: "", draft }, person, { messageId, key: "stream-1e" })).toMatchObject(
      { messageId: "71" },
    );
    await send({ kind: "message.edit", messageId, draft }, person, { messageId, key: "edit" });
    expect(api.calls.map(({ method, params }) => [method, params.text, params.message_id])).toEqual([
      ["sendMessageDraft", "Once", undefined],
      ["sendMessageDraft", "Once upon", undefined],
      ["sendMessage", "Once upon a time", undefined],
      ["editMessageText", "Once upon a time", 71],
    ]);
    expect(api.calls[0]?.params.draft_id).toBe(api.calls[1]?.params.draft_id);
    expect(api.calls[0]?.params.draft_id).toBeGreaterThan(0);
  });

  it("have the same draft on every attempt, and another for every stream", async () => {
    const { send } = bench();
    const ids = [
      await send(begin, person, { key: "a" }),
      await send(begin, person, { key: "a", attempt: 2 }),
      await send(begin, person, { key: "b" }),
    ].map(({ messageId }) => messageId);
    expect(ids[0]).toBe(ids[1]);
    expect(ids[0]).not.toBe(ids[2]);
  });

  it.each(["draft:5", "1700000.123", "$event:matrix.example", ""])("%j is no message that could be edited", async (messageId) => {
    const { send } = bench();
    const draft = { content: parseMarkdown("x"), attachments: [] };
    const editing = send({ kind: "message.edit", messageId, draft }, person, { messageId });
    await expect(editing).rejects.toMatchObject({ code: "target.gone", retryable: false });
  });
});

describe("clients", () => {
  it("that were handed in are used", async () => {
    const api = fakeApi();
    const own = new Api(token, { fetch: api.fetch, maxRetries: 0 });
    const context = fakeApi().context({ secrets: {} });
    await sender(bots(readOptions({ client: own }))).send(outgoing(say("hi")), context);
    expect(api.calls.map(({ method }) => method)).toEqual(["getMe", "sendMessage"]);
  });

  it("lesson 27: never speak for another bot", async () => {
    const api = fakeApi();
    const own = new Api(token, { fetch: api.fetch, maxRetries: 0 });
    const other = { ...person, account: "777" };
    const sending = sender(bots(readOptions({ client: own }))).send(
      outgoing(say("hi"), other),
      fakeApi().context({ secrets: {} }),
    );
    await expect(sending).rejects.toMatchObject({ code: "secret.missing", account: "777" });
    expect(api.calls.map(({ method }) => method)).toEqual(["getMe"]);
  });
});
