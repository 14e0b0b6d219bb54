import { describe, expect, it } from "vitest";
import { normalizer } from "../../src/normalize/index.ts";
import { ada, date, delivery, eventOf, group, message, privateChat, us } from "../support/updates.ts";

describe("messages", () => {
  it("reads a message of a group", () => {
    const event = eventOf({ message: message({ text: "good morning" }) }, "message.created");
    expect(event).toMatchObject({
      platform: "telegram",
      account: "123456",
      at: date * 1000,
      conversation: { address: { platform: "telegram", account: "123456", room: "-1001" }, kind: "group", title: "Workshop" },
      actor: { id: "42", kind: "person", self: false, name: "Ada Lovelace", handle: "ada" },
      message: { id: "7", text: "good morning", addressed: false, sentAt: date * 1000, attachments: [] },
    });
    expect(event.id).toMatch(/^telegram:123456:\d+$/);
    expect(event.message.content).toEqual([{ type: "paragraph", children: [{ type: "text", value: "good morning" }] }]);
  });

  it("counts a private message as addressed", () => {
    const event = eventOf({ message: message({ chat: privateChat, text: "hi" }) }, "message.created");
    expect(event.message.addressed).toBe(true);
    expect(event.conversation).toMatchObject({ kind: "direct", title: "Ada" });
  });

  it("keeps topics apart, and only topics", () => {
    const topic = eventOf({ message: message({ text: "x", is_topic_message: true, message_thread_id: 9 }) }, "message.created");
    expect(topic.conversation.address.thread).toBe("9");
    const chain = eventOf({ message: message({ text: "x", message_thread_id: 9 }) }, "message.created");
    expect(chain.conversation.address).not.toHaveProperty("thread");
  });

  it("an edit is an edit: never a new message, never nothing", () => {
    const event = eventOf({ edited_message: message({ text: "better", edit_date: date + 60 }) }, "message.edited");
    expect(event).toMatchObject({ at: (date + 60) * 1000, message: { id: "7", text: "better", editedAt: (date + 60) * 1000 } });
    expect(eventOf({ edited_channel_post: message({ text: "x" }) }, "message.edited").message.text).toBe("x");
    expect(
      eventOf(
        { edited_message: message({ text: "/deploy", entities: [{ type: "bot_command", offset: 0, length: 7 }] }) },
        "message.edited",
      ).message.text,
    ).toBe("/deploy");
  });

  it("lesson 24: takes empty and missing fields for absent ones", () => {
    const event = eventOf(
      { message: message({ text: "", caption: "", from: { id: 42, first_name: "" }, reply_to_message: {} }) },
      "message.created",
    );
    expect(event.message).toMatchObject({ text: "", content: [] });
    expect(event.actor).not.toHaveProperty("name");
    expect(event.message).not.toHaveProperty("replyTo");
  });

  it("names the message that is answered, and whether it was ours", () => {
    const ours = eventOf(
      { message: message({ text: "ok", reply_to_message: message({ message_id: 5, from: us }) }) },
      "message.created",
    );
    expect(ours.message).toMatchObject({ addressed: true, replyTo: { id: "5", self: true } });
    const theirs = eventOf({ message: message({ text: "ok", reply_to_message: message({ message_id: 5 }) }) }, "message.created");
    expect(theirs.message).toMatchObject({ addressed: false, replyTo: { id: "5" } });
  });

  it("does not take a topic's opening message for one that is answered", () => {
    const opening = message({ message_id: 9, from: us, forum_topic_created: { name: "Releases" } });
    const event = eventOf(
      { message: message({ text: "x", is_topic_message: true, message_thread_id: 9, reply_to_message: opening }) },
      "message.created",
    );
    expect(event.message.addressed).toBe(false);
    expect(event.message).not.toHaveProperty("replyTo");
  });
});

describe("mentions", () => {
  const say = (text: string, type: string, offset: number, length: number, more: object = {}): boolean =>
    eventOf({ message: message({ text, entities: [{ type, offset, length, ...more }] }) }, "message.created").message.addressed;

  it("reads an @name that is ours, in any case", () => {
    expect(say("hey @Rig_Bot!", "mention", 4, 8)).toBe(true);
    expect(say("hey you", "text_mention", 4, 3, { user: us })).toBe(true);
  });

  it("lesson 10: @rig_bot does not match @rig_bot-dev, nor a longer name", () => {
    expect(say("hey @rig_botty", "mention", 4, 10)).toBe(false);
    expect(say("hey @rig_bot_dev", "mention", 4, 12)).toBe(false);
    expect(say("hey @rig", "mention", 4, 4)).toBe(false);
    expect(say("hey ada", "text_mention", 4, 3, { user: ada })).toBe(false);
  });

  it("lesson 9: a name within an address or in plain text is no mention: the entity decides", () => {
    expect(say("mail jane@rig_bot", "email", 5, 12)).toBe(false);
    expect(eventOf({ message: message({ text: "the bot @rig_bot" }) }, "message.created").message.addressed).toBe(false);
  });

  it("reads mentions in captions", () => {
    const event = eventOf(
      {
        message: message({
          caption: "@rig_bot look",
          caption_entities: [{ type: "mention", offset: 0, length: 8 }],
          photo: [{ file_id: "p" }],
        }),
      },
      "message.created",
    );
    expect(event.message.addressed).toBe(true);
  });

  it("counts offsets in UTF-16 units, as Telegram does", () => {
    expect(say("👩‍👩‍👧‍👦 @rig_bot", "mention", 12, 8)).toBe(true);
  });
});

describe("authors", () => {
  it("marks our own messages", () => {
    expect(eventOf({ message: message({ text: "x", from: us }) }, "message.created").actor).toMatchObject({
      self: true,
      kind: "bot",
    });
    expect(eventOf({ message: message({ text: "x", via_bot: us }) }, "message.created").actor.self).toBe(true);
    expect(
      eventOf(
        { business_message: message({ text: "x", sender_business_bot: us, business_connection_id: "c" }) },
        "message.created",
      ).actor.self,
    ).toBe(true);
  });

  it("lesson 32: knows itself by the account alone, when nobody told it its name", () => {
    const [event] = normalizer.normalize([delivery({ message: message({ text: "x", from: us }) })], undefined);
    expect(event?.actor.self).toBe(true);
  });

  it("shows an anonymous administrator as the group, and never as the placeholder", () => {
    const placeholder = { id: 1087968824, is_bot: true, first_name: "Group", username: "GroupAnonymousBot" };
    const event = eventOf({ message: message({ text: "x", from: placeholder, sender_chat: group }) }, "message.created");
    expect(event.actor).toEqual({ id: "-1001", kind: "unknown", self: false, name: "Workshop" });
  });

  it("shows a channel as the author of its posts", () => {
    const channel = { id: -2002, type: "channel", title: "News", username: "news" };
    const event = eventOf(
      { channel_post: { message_id: 3, date, chat: channel, sender_chat: channel, text: "x" } },
      "message.created",
    );
    expect(event).toMatchObject({
      actor: { id: "-2002", kind: "unknown", name: "News", handle: "news" },
      conversation: { kind: "channel", url: "https://t.me/news" },
    });
  });

  it("knows a signed post of its own", () => {
    const channel = { id: -2002, type: "channel", title: "News" };
    expect(
      eventOf({ channel_post: { message_id: 3, date, chat: channel, author_signature: "Rig", text: "x" } }, "message.created")
        .actor.self,
    ).toBe(true);
  });

  it("keeps a business chat apart from the same person's chat with the bot, and its owner from the customer", () => {
    const customer = eventOf(
      { business_message: message({ chat: privateChat, text: "x", business_connection_id: "conn" }) },
      "message.created",
    );
    expect(customer.conversation.address.room).toBe("42@conn");
    expect(customer.message.addressed).toBe(true);
    const owner = eventOf(
      {
        business_message: message({
          chat: privateChat,
          from: { id: 9, first_name: "Own" },
          text: "x",
          business_connection_id: "conn",
        }),
      },
      "message.created",
    );
    expect(owner.message.addressed).toBe(false);
  });
});
