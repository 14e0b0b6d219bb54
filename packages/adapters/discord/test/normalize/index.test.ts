import type { Event, EventKind } from "@devflow/gateway/contract";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { normalizer, readArrival } from "../../src/normalize/index.ts";
import { readRoute } from "../../src/wire/index.ts";
import { ada, application, bot, dispatched, guild, identity, interaction, message, room, us } from "../support/index.ts";

function readOne<K extends EventKind>(kind: K, t: string, d: object): Event<K> {
  const [event] = normalizer.normalize([dispatched(t, d)], identity);
  expect(event?.kind).toBe(kind);
  return event as unknown as Event<K>;
}
const said = (rest: object) => readOne("message.created", "MESSAGE_CREATE", message(rest));

describe("a message", () => {
  it("knows its author, place and time", () => {
    const event = said({ content: "hello" });
    expect(event.message.author).toEqual({ id: ada.id, kind: "person", self: false, name: "Countess", handle: "ada" });
    expect(event.conversation).toEqual({
      address: room,
      kind: "channel",
      url: `https://discord.com/channels/${guild}/${room.room}`,
    });
    expect(event.at).toBe(Date.UTC(2026, 0, 1));
  });

  it.each<[string, object, boolean]>([
    ["a mention", { mentions: [us] }, true],
    ["a reply to us", { type: 19, message_reference: { message_id: "1" }, referenced_message: message({ author: us }) }, true],
    ["a reply to another", { type: 19, message_reference: { message_id: "1" }, referenced_message: message() }, false],
    ["everyone", { mention_everyone: true, content: "@everyone" }, false],
    ["a role", { mention_roles: [bot] }, false],
    ["an address that looks like us", { content: `<@${bot}>` }, false],
  ])("is for us or not: %s", (_, rest, addressed) => {
    expect(said(rest).message.addressed).toBe(addressed);
  });

  it("in a direct conversation is for us", () => {
    const { guild_id: _, ...direct } = message() as Record<string, unknown>;
    const event = readOne("message.created", "MESSAGE_CREATE", direct);
    expect(event.conversation.kind).toBe("direct");
    expect(event.message.addressed).toBe(true);
  });

  it("reads mentions, emoji, times and commands, but not in code", () => {
    const content = `<@${ada.id}> <#5> <@&6> <:blob:7> <a:wave:8> <t:0:R> </deploy now:9> \`<@1>\` **b** ||s||`;
    const { message: read } = said({ content, mentions: [ada] });
    expect(read.text).toBe("@Ada 5 @role :blob: :wave: 1970-01-01 00:00 UTC /deploy now <@1> b s");
    expect(JSON.stringify(read.content)).toContain('{"type":"mention","target":"user","id":"300000000000000001","name":"@Ada"}');
    expect(JSON.stringify(read.content)).toContain('"name":"a:wave:8"');
  });

  it("that was forwarded says what the snapshot says", () => {
    const { message: read } = said({
      content: "",
      message_reference: { type: 1, message_id: "1" },
      message_snapshots: [
        {
          message: {
            content: "before",
            attachments: [{ id: "1", filename: "a.png", content_type: "image/png", url: "https://cdn.discordapp.com/a" }],
          },
        },
      ],
    });
    expect(read.text).toBe("before");
    expect(read.attachments).toMatchObject([{ kind: "image", source: { type: "remote" } }]);
    expect(read.replyTo).toBeUndefined();
  });

  it("of a card or of components has their text", () => {
    const embeds = [
      {
        type: "rich",
        title: "T",
        url: "https://e.c",
        description: "**D**",
        fields: [{ name: "a", value: "b" }],
        footer: { text: "F" },
      },
    ];
    expect(said({ content: "", embeds }).message.text).toBe("T\n\nD\n\na: b\n\nF");
    expect(said({ content: "x", embeds: [{ type: "link", title: "preview" }] }).message.text).toBe("x");
    const components = [{ type: 17, components: [{ type: 10, content: "inside" }] }];
    expect(said({ content: "", components }).message.text).toBe("inside");
  });

  it("shows what came beside it", () => {
    const { attachments } = said({
      flags: 1 << 13,
      attachments: [{ id: "1", filename: "v.ogg", content_type: "audio/ogg", size: 3, url: "https://cdn.discordapp.com/v" }],
      sticker_items: [{ id: "7", name: "wave", format_type: 4 }],
      poll: { question: { text: "Tea?" }, answers: [{ poll_media: { text: "Yes" } }, { poll_media: { text: "No" } }] },
    }).message;
    expect(attachments.map(({ kind }) => kind)).toEqual(["voice", "sticker", "poll"]);
    expect(attachments[2]).toMatchObject({ name: "Tea?", alt: "Yes\nNo" });
  });

  it("of a webhook is a bot's, and ours by its application", () => {
    expect(said({ webhook_id: "5" }).message.author).toMatchObject({ kind: "bot", self: false });
    expect(said({ webhook_id: "5", application_id: application }).message.author).toMatchObject({ self: true });
  });

  it("that is a notice is none", () => {
    readOne("platform.event", "MESSAGE_CREATE", message({ type: 18 }));
    readOne("platform.event", "MESSAGE_CREATE", message({ type: 21, referenced_message: message() }));
    expect(readOne("member.joined", "MESSAGE_CREATE", message({ type: 7 })).member.id).toBe(ada.id);
  });
});

describe("other events", () => {
  it("name a reaction by what it looks like, or by its name and id", () => {
    const about = { user_id: ada.id, channel_id: room.room, message_id: "61", guild_id: guild };
    expect(readOne("reaction.added", "MESSAGE_REACTION_ADD", { ...about, emoji: { id: null, name: "👍" } })).toMatchObject({
      emoji: "👍",
      messageId: "61",
      actor: { id: ada.id },
      conversation: { address: room },
    });
    expect(readOne("reaction.removed", "MESSAGE_REACTION_REMOVE", { ...about, emoji: { id: "7", name: "blob" } }).emoji).toBe(
      "blob:7",
    );
  });

  it("tell of ourselves coming to a server, once it is new, and of an outage not at all", () => {
    const server = { id: guild, joined_at: "2026-01-01T00:00:00Z", members: [1, 2, 3] };
    const event = readOne("member.joined", "GUILD_CREATE", server);
    expect(event.member).toMatchObject({ id: bot, self: true });
    expect(event.raw).not.toHaveProperty("d.members");
    expect(() => dispatched("GUILD_CREATE", { ...server, joined_at: "2025-01-01T00:00:00Z" })).toThrow("no delivery");
    expect(() => dispatched("GUILD_DELETE", { id: guild, unavailable: true })).toThrow("no delivery");
    expect(readOne("member.left", "GUILD_DELETE", { id: guild }).member.self).toBe(true);
  });

  it("are named alike when they come twice, and apart when they are two", () => {
    const reaction = { user_id: ada.id, channel_id: room.room, message_id: "61", emoji: { name: "👍" } };
    const name = (t: string, d: object, session: string) => dispatched(t, d, session).id;
    expect(name("MESSAGE_CREATE", message(), "a")).toBe(name("MESSAGE_CREATE", message({ pinned: true }), "b"));
    expect(name("MESSAGE_REACTION_ADD", reaction, "a")).toBe(name("MESSAGE_REACTION_ADD", reaction, "a"));
    expect(name("MESSAGE_REACTION_ADD", reaction, "a")).not.toBe(name("MESSAGE_REACTION_ADD", reaction, "b"));
  });
});

describe("an interaction", () => {
  it("is a command with its subcommands and options, and a way to answer", () => {
    const options = [
      {
        name: "to",
        type: 1,
        options: [
          { name: "env", type: 3, value: "prod" },
          { name: "dry", type: 5, value: true },
        ],
      },
    ];
    const event = readOne("command.invoked", "INTERACTION_CREATE", interaction(2, { name: "deploy", type: 1, options }));
    expect(event).toMatchObject({ command: "deploy", args: "to env:prod dry:true", actor: { id: ada.id } });
    expect(readRoute(event.trigger)).toMatchObject({ deferral: 5, user: ada.id, token: "aW50ZXJhY3Rpb24.canary_token" });
    expect(event.conversation.address.route).toBe(event.trigger);
  });

  it("on a message names it", () => {
    const event = readOne(
      "command.invoked",
      "INTERACTION_CREATE",
      interaction(2, { name: "Translate", type: 3, target_id: "61" }),
    );
    expect(event).toMatchObject({ command: "Translate", args: "61", messageId: "61" });
  });

  it("is a button or a menu", () => {
    const rest = { message: message({ author: us }) };
    const pressed = readOne("action.invoked", "INTERACTION_CREATE", interaction(3, { custom_id: "~.~go~1" }, rest));
    expect(pressed).toMatchObject({ action: "go", value: "1", messageId: "600000000000000001" });
    const chosen = readOne(
      "action.invoked",
      "INTERACTION_CREATE",
      interaction(3, { custom_id: "pick", values: ["a", "b"] }, rest),
    );
    expect(chosen).toMatchObject({ action: "pick", value: "a", values: ["a", "b"] });
  });

  it("is a form with its values and its state", () => {
    const components = [
      { type: 18, component: { type: 4, custom_id: "note", value: "fine" } },
      { type: 18, component: { type: 3, custom_id: "kind", values: ["a"] } },
      { type: 18, component: { type: 5, custom_id: "who", values: ["9"] } },
      { type: 1, components: [{ type: 4, custom_id: "old", value: "" }] },
    ];
    expect(readOne("form.submitted", "INTERACTION_CREATE", interaction(5, { custom_id: "~.~f~s~t", components }))).toMatchObject({
      form: "f",
      state: "s~t",
      values: { note: "fine", kind: ["a"], who: "9", old: null },
    });
  });
});

describe("anything", () => {
  it("is read without an exception, and is never lost", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(
          "MESSAGE_CREATE",
          "MESSAGE_UPDATE",
          "INTERACTION_CREATE",
          "MESSAGE_REACTION_ADD",
          "GUILD_MEMBER_ADD",
          "X",
        ),
        fc.object({
          key: fc.constantFrom(
            "id",
            "type",
            "data",
            "author",
            "content",
            "embeds",
            "custom_id",
            "options",
            "values",
            "emoji",
            "user",
          ),
        }),
        (t, loose) => {
          const d: unknown = JSON.parse(JSON.stringify(loose));
          const dispatch = { t, s: 1, d };
          const arrival = {
            dispatch,
            body: JSON.stringify(dispatch),
            account: application,
            session: "s",
            receivedAt: 1,
            intents: 0,
          };
          const { deliveries } = readArrival(arrival);
          const events = normalizer.normalize(deliveries, identity);
          expect(events.length).toBeGreaterThanOrEqual(deliveries.length);
          const texts = events.flatMap((event) => ("message" in event ? [typeof event.message.text] : []));
          expect(texts.every((type) => type === "string")).toBe(true);
        },
      ),
    );
  });
});
