import { describe, expect, it } from "vitest";
import { ada, date, delivery, eventOf, eventsOf, group, identity, message, privateChat, us } from "../support/updates.ts";
import { normalizer } from "../../src/normalize/index.ts";

const command = (text: string, length: number, more: object = {}): object => ({
  message: message({ text, entities: [{ type: "bot_command", offset: 0, length }], ...more }),
});

describe("commands", () => {
  it("reads name and arguments", () => {
    expect(eventOf({ ...command("/deploy prod  now ", 7) }, "command.invoked")).toMatchObject({
      command: "deploy",
      args: "prod  now",
      messageId: "7",
    });
    expect(eventOf({ ...command("/start payload_1", 6, { chat: privateChat }) }, "command.invoked")).toMatchObject({
      command: "start",
      args: "payload_1",
    });
  });

  it("takes one with our name behind it, in any case", () => {
    expect(eventOf({ ...command("/Deploy@RIG_bot prod", 15) }, "command.invoked")).toMatchObject({
      command: "deploy",
      args: "prod",
    });
  });

  it("lesson 10: leaves commands of @rig_bot_dev and others alone: they are messages, not for us", () => {
    for (const [text, length] of [
      ["/deploy@rig_bot_dev", 19],
      ["/deploy@rig", 11],
      ["/deploy@other_bot x", 17],
    ] as const) {
      expect(eventOf({ ...command(text, length) }, "message.created").message.addressed).toBe(false);
    }
  });

  it("takes none with a name behind it while it does not know its own", () => {
    expect(normalizer.normalize([delivery({ ...command("/deploy@rig_bot", 15) })], undefined)).toMatchObject([
      { kind: "message.created" },
    ]);
  });

  it("needs the entity at the very start, and no forwarding", () => {
    expect(eventOf({ message: message({ text: "/deploy" }) }, "message.created").message.text).toBe("/deploy");
    expect(
      eventOf(
        { message: message({ text: "a /deploy", entities: [{ type: "bot_command", offset: 2, length: 7 }] }) },
        "message.created",
      ),
    ).toBeDefined();
    expect(eventOf({ ...command("/deploy", 7, { forward_origin: { type: "user" } }) }, "message.created")).toBeDefined();
  });
});

describe("reactions", () => {
  const reacted = (old: readonly object[], now: readonly object[], who: object = { user: ada }): object => ({
    message_reaction: { chat: group, message_id: 7, date, old_reaction: old, new_reaction: now, ...who },
  });
  const emoji = (value: string): object => ({ type: "emoji", emoji: value });

  it("are the difference between before and after, one event each", () => {
    const events = eventsOf(
      reacted([emoji("👍"), emoji("🔥")], [emoji("🔥"), emoji("🎉"), { type: "custom_emoji", custom_emoji_id: "555" }]) as never,
    );
    expect(events.map((event) => [event.kind, "emoji" in event && event.emoji])).toEqual([
      ["reaction.removed", "👍"],
      ["reaction.added", "🎉"],
      ["reaction.added", "555"],
    ]);
    expect(events.map(({ id }) => id.replace(/^telegram:123456:\d+/, ""))).toEqual(["", "#1", "#2"]);
    expect(events[0]).toMatchObject({ messageId: "7", actor: { id: "42" }, at: date * 1000 });
  });

  it("of a hidden administrator are the group's", () => {
    expect(eventOf(reacted([], [emoji("👍")], { actor_chat: group }) as never, "reaction.added").actor).toMatchObject({
      id: "-1001",
      kind: "unknown",
    });
  });

  it("lesson 25: name their chat and claim no topic, since Telegram tells none", () => {
    expect(eventOf(reacted([], [emoji("👍")]) as never, "reaction.added").conversation.address).toEqual({
      platform: "telegram",
      account: "123456",
      room: "-1001",
    });
  });

  it("that change nothing, and anonymous counts, stay as they came", () => {
    expect(eventOf(reacted([emoji("👍")], [emoji("👍")]) as never, "platform.event").type).toBe("message_reaction");
    expect(eventOf({ message_reaction_count: { chat: group, message_id: 7, date, reactions: [] } }, "platform.event").type).toBe(
      "message_reaction_count",
    );
  });
});

describe("buttons", () => {
  const pressed = (fields: object): object => ({
    callback_query: { id: "q1", from: ada, message: message({ from: us }), ...fields },
  });

  it("say which action, with which value, on which message", () => {
    expect(eventOf(pressed({ data: "~deploy~prod" }) as never, "action.invoked")).toMatchObject({
      action: "deploy",
      value: "prod",
      messageId: "7",
      trigger: "q1",
      actor: { id: "42", self: false },
      conversation: { address: { room: "-1001" } },
    });
  });

  it("below a message that Telegram does not show any more still work", () => {
    const event = eventOf(
      pressed({ data: "deploy", message: { chat: group, message_id: 7, date: 0 } }) as never,
      "action.invoked",
    );
    expect(event).toMatchObject({ action: "deploy", at: date * 1000 + 500 });
  });

  it("without data, without a chat, or with data that is forgotten stay as they came", () => {
    expect(eventOf(pressed({ game_short_name: "chess" }) as never, "platform.event").type).toBe("callback_query");
    expect(
      eventOf(pressed({ data: "x", message: undefined, inline_message_id: "i" }) as never, "platform.event").conversation.address
        .room,
    ).toBe("42");
    expect(eventOf(pressed({ data: "~~forgotten" }) as never, "platform.event").type).toBe("callback_query");
  });
});

describe("members", () => {
  const change = (before: object, after: object, user: object = ada): object => ({
    chat: group,
    from: ada,
    date,
    old_chat_member: { user, ...before },
    new_chat_member: { user, ...after },
  });

  it("come and go", () => {
    const joined = eventOf({ chat_member: change({ status: "left" }, { status: "member" }) }, "member.joined");
    expect(joined.member).toMatchObject({ id: "42" });
    expect(joined).not.toHaveProperty("by");
    expect(
      eventOf({ chat_member: change({ status: "administrator" }, { status: "kicked" }, { id: 5 }) }, "member.left"),
    ).toMatchObject({ member: { id: "5" }, by: { id: "42" } });
    expect(
      eventOf(
        { chat_member: change({ status: "restricted", is_member: true }, { status: "restricted", is_member: false }) },
        "member.left",
      ),
    ).toBeDefined();
  });

  it("of us: added, removed, blocked and back", () => {
    expect(
      eventOf({ my_chat_member: change({ status: "left" }, { status: "administrator" }, us) }, "member.joined"),
    ).toMatchObject({ member: { self: true }, actor: { self: false } });
    const own = { ...change({ status: "member" }, { status: "kicked" }, us), chat: privateChat };
    expect(eventOf({ my_chat_member: own }, "member.left")).toMatchObject({
      member: { self: true },
      by: { id: "42" },
      conversation: { kind: "direct" },
    });
  });

  it("with other rights are no arrivals", () => {
    expect(
      eventOf({ my_chat_member: change({ status: "member" }, { status: "administrator" }, us) }, "platform.event").type,
    ).toBe("my_chat_member");
  });

  it("told twice, by a message and by chat_member, come once", () => {
    const both = [
      delivery({ chat_member: change({ status: "left" }, { status: "member" }, { id: 5, first_name: "Eve" }) }),
      delivery({
        message: message({
          new_chat_members: [
            { id: 5, first_name: "Eve" },
            { id: 6, first_name: "Kay" },
          ],
        }),
      }),
    ];
    const events = normalizer.normalize(both, identity);
    expect(events.map((event) => [event.kind, "member" in event && event.member.id])).toEqual([
      ["member.joined", "5"],
      ["member.joined", "6"],
    ]);
    expect(new Set(events.map(({ id }) => id)).size).toBe(2);
  });

  it("in a service message leave our own arrival to my_chat_member", () => {
    expect(eventOf({ message: message({ new_chat_members: [us] }) }, "platform.event").type).toBe("message.members");
    expect(eventOf({ message: message({ left_chat_member: { id: 5 } }) }, "member.left").member.id).toBe("5");
  });
});

describe("everything else", () => {
  it("service messages are not said by anybody", () => {
    for (const field of [
      "pinned_message",
      "new_chat_title",
      "forum_topic_created",
      "video_chat_started",
      "migrate_to_chat_id",
      "boost_added",
    ]) {
      expect(eventOf({ message: message({ [field]: {} }) }, "platform.event").type).toBe(`message.${field}`);
    }
  });

  it("a web app's data is a form", () => {
    const event = eventOf(
      { message: message({ chat: privateChat, web_app_data: { data: '{"a":1}', button_text: "Order" } }) },
      "form.submitted",
    );
    expect(event).toMatchObject({ form: "Order", values: { data: '{"a":1}' } });
  });

  it("deletions in business chats are deletions", () => {
    const events = eventsOf({
      deleted_business_messages: { business_connection_id: "c", chat: privateChat, message_ids: [3, 4] },
    });
    expect(events).toMatchObject([
      { kind: "message.deleted", messageId: "3" },
      { kind: "message.deleted", messageId: "4", conversation: { address: { room: "42@c" } } },
    ]);
  });

  it.each([
    "inline_query",
    "poll",
    "poll_answer",
    "chat_join_request",
    "guest_message",
    "stopped_message_generation",
    "telepathy_from_2031",
  ])("%s is kept as it came", (kind) => {
    const event = eventOf({ [kind]: { id: "x", from: ada } }, "platform.event");
    expect(event.type).toBe(kind);
    expect(event.raw).toHaveProperty(kind);
  });
});
