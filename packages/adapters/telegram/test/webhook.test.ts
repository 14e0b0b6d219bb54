import { rawRequest } from "@devflow/conformance";
import type { Reception, VerifiedRequest } from "@devflow/gateway/contract";
import { parseAddressKey } from "@devflow/gateway/kit";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { normalizer } from "../src/normalize/index.ts";
import { telegram } from "../src/index.ts";
import { callbackKey, shortData } from "../src/wire/index.ts";
import { fakeApi } from "./support/api.ts";
import { ada, date, group, identity, message } from "./support/updates.ts";

const { transports } = telegram();

async function receive(update: unknown, context = fakeApi().context()): Promise<Reception> {
  const text = typeof update === "string" ? update : JSON.stringify(update);
  return (await transports.webhook?.receive(rawRequest(text, {}, 1_000) as VerifiedRequest, context)) ?? { deliveries: [] };
}

describe("webhook", () => {
  it("makes one delivery of one update: named after the bot, in its conversation's lane, with Telegram's own bytes", async () => {
    const text =
      '{ "update_id": 5, "message": {"message_id": 7, "chat": {"id": -1001}, "is_topic_message": true, "message_thread_id": 9} }';
    const { deliveries, response } = await receive(text);
    expect(deliveries).toEqual([
      expect.objectContaining({
        id: "123456:5",
        account: "123456",
        via: "update",
        body: text,
        payload: JSON.parse(text),
        receivedAt: 1_000,
      }),
    ]);
    expect(parseAddressKey(deliveries[0]?.lane ?? "")).toEqual({
      platform: "telegram",
      account: "123456",
      room: "-1001",
      thread: "9",
    });
    expect(response).toBeUndefined();
  });

  it("answers a pressed button in the response: sent once the press is durable, so no spinner outlives it and none is lost", async () => {
    const { deliveries, response } = await receive({
      update_id: 6,
      callback_query: { id: "q1", from: ada, message: message(), data: "x" },
    });
    expect(deliveries).toMatchObject([{ interactive: true }]);
    expect(response).toMatchObject({ status: 200, headers: { "content-type": "application/json" } });
    expect(JSON.parse(response?.body ?? "")).toEqual({ method: "answerCallbackQuery", callback_query_id: "q1" });
  });

  it("puts the full data of a button into the delivery, so that it stays readable after a restart", async () => {
    const context = fakeApi().context();
    const full = `~deploy~${"x".repeat(300)}`;
    const short = shortData(full);
    await context.memory.set(callbackKey("123456", short), full);
    const { deliveries } = await receive(
      { update_id: 6, callback_query: { id: "q1", from: ada, message: message(), data: short } },
      context,
    );
    const [delivery] = deliveries;
    if (!delivery) throw new Error("no delivery");
    const stored = { ...delivery, payload: JSON.parse(delivery.body) as unknown };
    expect(normalizer.normalize([stored], identity)).toMatchObject([
      { kind: "action.invoked", action: "deploy", value: "x".repeat(300) },
    ]);
  });

  it("gives every button back as it was sent, within the 64 bytes that Telegram takes", async () => {
    const api = fakeApi();
    const context = api.context();
    const adapter = telegram();
    const to = { platform: "telegram", account: "123456", room: "42" };
    const texts = fc.oneof(fc.string({ unit: "grapheme", maxLength: 90 }), fc.constantFrom("~", "~~", "%", "~%~"));
    await fc.assert(
      fc.asyncProperty(texts, fc.option(texts, { nil: undefined }), async (id, value) => {
        const button = { kind: "button", id, label: "B", ...(value !== undefined && { value }) } as const;
        const draft = { content: [{ type: "actions", items: [button] }], attachments: [] } as const;
        const body = adapter.formatter.format({ kind: "message.post", draft }, to);
        await adapter.sender.send({ key: "k", kind: "message.post", to, body, attempt: 1 }, context);
        const markup = api.calls.at(-1)?.params.reply_markup as { inline_keyboard: { callback_data: string }[][] };
        const data = markup.inline_keyboard[0]?.[0]?.callback_data ?? "";
        expect(Buffer.byteLength(data)).toBeLessThanOrEqual(64);
        expect(data).not.toBe("");
        const { deliveries } = await receive(
          { update_id: 6, callback_query: { id: "q", from: ada, message: message(), data } },
          context,
        );
        expect(normalizer.normalize(deliveries, identity)).toMatchObject([
          { kind: "action.invoked", action: id, ...(value !== undefined && { value }) },
        ]);
      }),
    );
  });

  it("lesson 20: gathers the parts of an album, and nothing else", async () => {
    const part = await receive({ update_id: 7, message: message({ media_group_id: "g1", photo: [] }) });
    expect(part.deliveries).toMatchObject([{ group: { id: "album:g1", windowMs: 1000 } }]);
    for (const update of [
      { message: message({ text: "x" }) },
      { edited_message: message({ media_group_id: "g1" }) },
      { my_chat_member: { chat: group } },
    ]) {
      expect((await receive({ update_id: 8, ...update })).deliveries[0]).not.toHaveProperty("group");
    }
  });

  it("gathers an arrival that is told twice", async () => {
    for (const update of [
      { message: message({ new_chat_members: [ada] }) },
      { message: message({ left_chat_member: ada }) },
      { chat_member: { chat: group, from: ada, date } },
    ]) {
      expect((await receive({ update_id: 8, ...update })).deliveries).toMatchObject([
        { group: { id: "members" }, lane: "telegram/123456/-1001" },
      ]);
    }
  });

  it("lesson 32: knows a post in a channel that was its own, though nothing in it says so", async () => {
    const api = fakeApi((call) => ({
      message_id: 31,
      date,
      chat: { id: Number(call.params.chat_id), type: "channel", title: "News" },
    }));
    const context = api.context();
    const adapter = telegram();
    const to = { platform: "telegram", account: "123456", room: "-2002" };
    const draft = { content: [{ type: "paragraph", children: [{ type: "text", value: "hi" }] }], attachments: [] } as const;
    await adapter.sender.send(
      { key: "k", kind: "message.post", to, body: adapter.formatter.format({ kind: "message.post", draft }, to), attempt: 1 },
      context,
    );
    const post = (id: number): object => ({
      update_id: id,
      channel_post: { message_id: id, date, chat: { id: -2002, type: "channel" }, text: "hi" },
    });
    const selves = await Promise.all(
      [31, 32].map(async (id) => normalizer.normalize((await receive(post(id), context)).deliveries, identity)[0]?.actor.self),
    );
    expect(selves).toEqual([true, false]);
  });

  it("lesson 37: answers what is no update with wire.malformed", async () => {
    for (const text of ["", "{", "[]", "null", '"x"', "{}", '{"update_id":"5"}']) {
      await expect(receive(text)).rejects.toMatchObject({ code: "wire.malformed" });
    }
  });
});
