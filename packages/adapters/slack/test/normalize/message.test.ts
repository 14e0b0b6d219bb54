import type { Identity } from "@devflow/gateway/contract";
import { describe, expect, it } from "vitest";
import { plainText } from "@devflow/gateway/kit";
import { botId, envelope, eventsOf, identity, message, only, receive } from "../support/index.ts";
import { slack } from "../../src/index.ts";

async function created(changes: object, options = {}) {
  return only(await eventsOf(envelope(message(changes)), options), "message.created");
}

describe("messages", () => {
  it("reads one", async () => {
    const event = await created({});
    expect(event).toMatchObject({
      id: "slack:msg:T0001:C0001:1767225600.000100",
      platform: "slack",
      account: "T0001",
      at: 1767225600000,
      actor: { id: "U0001", kind: "person", self: false },
      conversation: {
        kind: "channel",
        address: { platform: "slack", account: "T0001", room: "C0001", thread: "1767225600.000100" },
      },
      message: { id: "1767225600.000100", text: "hello", addressed: false, sentAt: 1767225600000, attachments: [] },
    });
    expect(event.message.content).toEqual([{ type: "paragraph", children: [{ type: "text", value: "hello" }] }]);
    expect(event.message).not.toHaveProperty("replyTo");
  });

  it("puts the answer to a channel message into a thread, unless told otherwise", async () => {
    expect((await created({})).conversation.address.thread).toBe("1767225600.000100");
    expect((await created({}, { replyInThread: false })).conversation.address).not.toHaveProperty("thread");
    expect((await created({ channel: "D0001", channel_type: "im" })).conversation.address).not.toHaveProperty("thread");
  });

  it("lesson 26: what a post's id begins is the conversation of the replies to it", async () => {
    const reply = await created({ thread_ts: "1767225000.000100", ts: "1767225700.000100", parent_user_id: botId });
    expect(reply.conversation.address).toEqual({
      platform: "slack",
      account: "T0001",
      room: "C0001",
      thread: "1767225000.000100",
    });
    expect(reply.message).toMatchObject({ replyTo: { id: "1767225000.000100", self: true }, addressed: true });
  });

  it("knows when it is addressed", async () => {
    expect((await created({ text: `<@${botId}> deploy` })).message.addressed).toBe(true);
    expect((await created({ text: `hey <@${botId}|devflow>!` })).message.addressed).toBe(true);
    expect((await created({ text: "<@U0002> deploy" })).message.addressed).toBe(false);
    expect((await created({ text: `<@${botId}2> deploy` })).message.addressed).toBe(false);
    expect((await created({ channel: "D0001", channel_type: "im" })).message.addressed).toBe(true);
    expect((await created({ channel: "G0001", channel_type: "mpim" })).conversation.kind).toBe("group");
    const mention = { ...message({ text: "for you" }), type: "app_mention", channel_type: undefined };
    expect(only(await eventsOf(envelope(mention)), "message.created").message.addressed).toBe(true);
  });

  it("knows itself: by user, by app, and by identity where Slack says nothing", async () => {
    expect((await created({ user: botId })).actor).toMatchObject({ self: true, kind: "bot" });
    const posted = { user: "U0009", bot_id: "B1", bot_profile: { app_id: "A0001", name: "DevFlow" } };
    expect((await created(posted)).actor).toMatchObject({ self: true, kind: "bot", name: "DevFlow" });
    const other = { user: undefined, subtype: "bot_message", bot_id: "B2", app_id: "A0002", username: "CI" };
    expect((await created(other)).actor).toEqual({ id: "B2", kind: "bot", self: false, name: "CI" });
    const silent = await receive(
      JSON.stringify(envelope(message({ user: botId }), { authorizations: undefined, api_app_id: undefined })),
    );
    expect(slack().normalizer.normalize(silent.deliveries, identity)[0]?.actor.self).toBe(true);
    const asks = async (body: object): Promise<unknown> => {
      const { needsIdentity } = slack().normalizer;
      const { deliveries } = await receive(JSON.stringify(body));
      return typeof needsIdentity === "function" && needsIdentity(deliveries);
    };
    const authorizations = [{ team_id: "T0001", user_id: "U0001", is_bot: false }];
    expect(await asks(envelope(message()))).toBe(false);
    expect(await asks(envelope(message(), { authorizations }))).toBe(true);
    expect(await asks(envelope({ type: "app_uninstalled" }, { authorizations }))).toBe(false);
    expect(await asks(envelope({ type: "tokens_revoked", tokens: { bot: [botId] } }, { authorizations }))).toBe(false);
    expect((await created({ user: "USLACKBOT" })).actor.kind).toBe("system");
  });

  it("does not take the person who installed the app for the bot", async () => {
    const authorizations = [{ team_id: "T0001", user_id: "U0001", is_bot: false }];
    expect(only(await eventsOf(envelope(message(), { authorizations })), "message.created").actor.self).toBe(false);
    const { deliveries } = await receive(JSON.stringify(envelope(message(), { authorizations })));
    const installer: Identity = { user: { id: "U0001", kind: "bot", self: true } };
    expect(slack().normalizer.normalize(deliveries, installer)[0]?.actor.self).toBe(false);
  });

  it("lesson 23: keeps every subtype that says something, and tells of the rest", async () => {
    for (const subtype of ["file_share", "thread_broadcast", "me_message", "bot_message", "something_new"]) {
      expect((await created({ subtype })).message.text).toBe("hello");
    }
    for (const subtype of ["channel_join", "group_topic", "pinned_item", "ekm_access_denied", "channel_name"]) {
      expect(only(await eventsOf(envelope(message({ subtype }))), "platform.event").type).toBe(`message.${subtype}`);
    }
  });

  it("reads the text of mentions, links and entities", async () => {
    const { message: read } = await created({
      text: "<@U2|bob> see <https://a.b/?x=1&amp;y=2|the &lt;docs&gt;> &amp; *go* :tada:",
    });
    expect(read.content).toEqual([
      {
        type: "paragraph",
        children: [
          { type: "mention", target: "user", id: "U2", name: "bob" },
          { type: "text", value: " see " },
          { type: "link", url: "https://a.b/?x=1&y=2", children: [{ type: "text", value: "the <docs>" }] },
          { type: "text", value: " & " },
          { type: "strong", children: [{ type: "text", value: "go" }] },
          { type: "text", value: " " },
          { type: "emoji", name: "tada", value: "🎉" },
        ],
      },
    ]);
    expect(read.text).toBe(plainText(read.content));
  });

  it("calls the bot by its name, or by what it is", async () => {
    const { deliveries } = await receive(JSON.stringify(envelope(message({ text: `<@${botId}> deploy` }))));
    expect(slack().normalizer.normalize(deliveries, undefined)[0]).toMatchObject({ message: { text: "@bot deploy" } });
    expect((await created({ text: `<@${botId}> deploy, <@U0002>` })).message.text).toBe("@devflow deploy, U0002");
    const elements = [
      {
        type: "rich_text_section",
        elements: [
          { type: "user", user_id: botId },
          { type: "text", text: " deploy" },
        ],
      },
    ];
    expect((await created({ text: `<@${botId}> deploy`, blocks: [{ type: "rich_text", elements }] })).message.text).toBe(
      "@devflow deploy",
    );
  });

  it("lesson 8: attachments are data that survive a queue", async () => {
    const files = [
      { id: "F1", name: "a.png", mimetype: "image/png", size: 10, url_private_download: "https://files.slack.com/a" },
      { id: "F2", name: "v.mp4", mimetype: "audio/mp4", subtype: "slack_audio", url_private: "https://files.slack.com/v" },
      { id: "F3", mode: "tombstone" },
      { id: "F4", file_access: "check_file_info" },
      { id: "F5", mode: "external", url_private: "https://docs.example.com/x", title: "Plan" },
    ];
    const { message: read } = await created({ subtype: "file_share", text: "", files });
    expect(JSON.parse(JSON.stringify(read.attachments))).toEqual([
      {
        kind: "image",
        name: "a.png",
        mediaType: "image/png",
        bytes: 10,
        source: { type: "remote", handle: "F1 https://files.slack.com/a" },
      },
      {
        kind: "voice",
        name: "v.mp4",
        mediaType: "audio/mp4",
        source: { type: "remote", handle: "F2 https://files.slack.com/v" },
      },
      { kind: "unsupported" },
      { kind: "file", source: { type: "remote", handle: "F4" } },
      { kind: "file", name: "Plan", source: { type: "url", url: "https://docs.example.com/x" } },
    ]);
    expect(read.text).toBe("");
  });

  it("works out content once, and only when asked", async () => {
    const { message: read } = await created({ text: "*a*" });
    expect(read.content).toBe(read.content);
  });
});

describe("edits and deletions", () => {
  const before = { ...message(), text: "helo" };
  const after = { ...message(), text: "hello", edited: { user: "U0001", ts: "1767225660.000000" } };
  const change = {
    type: "message",
    subtype: "message_changed",
    channel: "C0001",
    channel_type: "channel",
    ts: "1767225660.000100",
    event_ts: "1767225660.000100",
  };

  it("reads an edit, with what it said before", async () => {
    const event = only(await eventsOf(envelope({ ...change, message: after, previous_message: before })), "message.edited");
    expect(event).toMatchObject({
      id: "slack:Ev0001",
      previousText: "helo",
      message: { id: "1767225600.000100", text: "hello", editedAt: 1767225660000 },
      actor: { id: "U0001" },
      conversation: { address: { room: "C0001", thread: "1767225600.000100" } },
    });
  });

  it("knows its own edits", async () => {
    const own = { ...after, user: botId, edited: { user: botId, ts: "1767225660.000000" } };
    expect(
      only(await eventsOf(envelope({ ...change, message: own, previous_message: before })), "message.edited").actor.self,
    ).toBe(true);
  });

  it("reads a deletion, and the tombstone of a thread's root", async () => {
    const gone = {
      type: "message",
      subtype: "message_deleted",
      channel: "C0001",
      ts: "9.0",
      deleted_ts: "1767225600.000100",
      previous_message: before,
    };
    expect(only(await eventsOf(envelope(gone)), "message.deleted")).toMatchObject({
      messageId: "1767225600.000100",
      actor: { id: "U0001" },
    });
    const tombstone = { ...message(), subtype: "tombstone", user: "USLACKBOT", thread_ts: "1767225600.000100" };
    const event = only(await eventsOf(envelope({ ...change, message: tombstone, previous_message: before })), "message.deleted");
    expect(event).toMatchObject({ messageId: "1767225600.000100", conversation: { address: { thread: "1767225600.000100" } } });
  });

  it("says so when it is not told who deleted", async () => {
    const gone = { type: "message", subtype: "message_deleted", channel: "C0001", ts: "9.0", deleted_ts: "8.0" };
    expect(only(await eventsOf(envelope(gone)), "message.deleted").actor).toEqual({ id: "", kind: "unknown", self: false });
  });
});
