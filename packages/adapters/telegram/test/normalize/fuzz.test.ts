import { isGatewayError, type JsonObject } from "@devflow/gateway/kit";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { normalizer } from "../../src/normalize/index.ts";
import { receive } from "../../src/webhook.ts";
import { account, fakeApi } from "../support/api.ts";
import { ada, date, delivery, group, identity, message, us } from "../support/updates.ts";

const entities = [
  { type: "mention", offset: 0, length: 8 },
  { type: "text_link", offset: 2, length: 4, url: "https://example.com" },
  { type: "pre", offset: 9, length: 3, language: "ts" },
];
const updates: readonly JsonObject[] = [
  { message: message({ text: "@rig_bot hello world", entities, reply_to_message: message({ from: us }) }) },
  { message: message({ text: "/deploy@rig_bot prod", entities: [{ type: "bot_command", offset: 0, length: 15 }] }) },
  {
    message: message({ caption: "c", caption_entities: entities, photo: [{ file_id: "p", file_size: 3 }], media_group_id: "g" }),
  },
  {
    message: message({
      rich_message: {
        blocks: [
          { type: "list", items: [{ label: "1.", blocks: [{ type: "paragraph", text: ["a", { type: "bold", text: "b" }] }] }] },
          { type: "table", cells: [[{ text: "x" }]] },
        ],
      },
    }),
  },
  {
    message: message({
      new_chat_members: [ada, us],
      venue: { title: "x", location: { latitude: 1, longitude: 2 } },
      checklist: { title: "t", tasks: [{ text: "x" }] },
    }),
  },
  {
    message_reaction: {
      chat: group,
      message_id: 7,
      user: ada,
      date,
      old_reaction: [{ type: "emoji", emoji: "👍" }],
      new_reaction: [{ type: "paid" }],
    },
  },
  { callback_query: { id: "q", from: ada, message: message(), data: "~a~b" } },
  {
    chat_member: {
      chat: group,
      from: ada,
      date,
      old_chat_member: { user: ada, status: "left" },
      new_chat_member: { user: ada, status: "member" },
    },
  },
  { deleted_business_messages: { business_connection_id: "c", chat: group, message_ids: [1, 2] } },
];

/** The value with one place in it cut off, made null, or given a value of another type. */
function broken(value: unknown, place: number, by: unknown): unknown {
  let at = 0;
  const walk = (node: unknown): unknown => {
    if (at++ === place) return by;
    if (Array.isArray(node)) return node.map(walk);
    if (typeof node !== "object" || node === null) return node;
    const entries = Object.entries(node).map(([key, field]) => [key, walk(field)] as const);
    return Object.fromEntries(entries.filter(([, field]) => field !== undefined));
  };
  return walk(value);
}

const substitutes = fc.constantFrom<unknown>(
  undefined,
  null,
  0,
  -1,
  1e20,
  "",
  "text",
  true,
  [],
  {},
  [null],
  [[]],
  { id: {} },
  { __proto__: null, toString: 1 },
);

describe("broken payloads", () => {
  it("never make the normalizer throw, and never vanish", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...updates),
        fc.array(fc.tuple(fc.nat(80), substitutes), { minLength: 1, maxLength: 3 }),
        (update, breaks) => {
          const payload = breaks.reduce<unknown>((value, [place, by]) => broken(value, place, by), { update_id: 1, ...update });
          const events = normalizer.normalize([delivery({}, { payload })], identity);
          expect(events.length).toBeGreaterThan(0);
          for (const event of events) {
            expect(JSON.parse(JSON.stringify(event))).toMatchObject({ platform: "telegram", account });
            expect(event.conversation.address.room).not.toMatch(/^$|undefined|null|NaN|object/);
            const messageId = "message" in event ? event.message.id : "messageId" in event ? event.messageId : undefined;
            expect(messageId).not.toBe("");
          }
        },
      ),
      { numRuns: 2_000 },
    );
  });

  it("never make a reception throw anything but wire.malformed", async () => {
    const context = fakeApi().context();
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...updates), fc.nat(80), substitutes, async (update, place, by) => {
        const payload = broken({ update_id: 1, ...update }, place, by);
        const object = typeof payload === "object" && payload !== null && !Array.isArray(payload) ? (payload as JsonObject) : {};
        const outcome = await receive(object, JSON.stringify(object), { account, receivedAt: 1 }, context).then(
          ({ deliveries }) => deliveries.length,
          (error: unknown) => isGatewayError(error) && error.code,
        );
        expect([1, "wire.malformed"]).toContain(outcome);
      }),
      { numRuns: 500 },
    );
  });

  it("of any sort of JSON are survived", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (payload) => {
        expect(normalizer.normalize([delivery({}, { payload })], undefined)).toMatchObject([{ kind: "platform.event" }]);
      }),
    );
  });
});
