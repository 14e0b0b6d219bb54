import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import {
  account,
  ada,
  change,
  deliveriesOf,
  display,
  eventOf,
  eventsOf,
  groupId,
  incoming,
  scoped,
  seconds,
  status,
} from "../support/index.ts";
import { whatsapp } from "../../src/index.ts";

describe("a message", () => {
  it("has text without marks, a tree with them, a time, an author and a way to type back", async () => {
    const event = await eventOf(incoming({ type: "text", text: { body: "*hi* _you_" } }), "message.created");
    expect(event).toMatchObject({
      id: `whatsapp:${account}:wamid.1`,
      account,
      at: seconds * 1000,
      conversation: { address: { platform: "whatsapp", account, room: ada, route: "wamid.1" }, kind: "direct", title: "Ada" },
      actor: { id: ada, kind: "person", self: false, name: "Ada" },
      message: { id: "wamid.1", text: "hi you", addressed: true, attachments: [], sentAt: seconds * 1000 },
      raw: { id: "419561257915477", field: "messages" },
    });
    expect(event.message.content).toMatchObject([
      { children: [{ type: "strong" }, { type: "text", value: " " }, { type: "emphasis" }] },
    ]);
  });

  it("of somebody with a business-scoped id is theirs, with a number or without", async () => {
    const contact = { user_id: scoped, profile: { name: "Ada", username: "ada" } };
    const both = await eventOf(incoming({ type: "text", text: { body: "x" }, from_user_id: scoped }, contact), "message.created");
    const alone = incoming(
      { type: "text", text: { body: "x" }, from_user_id: scoped, from: undefined },
      { ...contact, wa_id: undefined },
    );
    for (const event of [both, await eventOf(alone, "message.created")]) {
      expect(event.actor).toEqual({ id: scoped, kind: "person", self: false, name: "Ada", handle: "ada" });
      expect(event.conversation.address.room).toBe(scoped);
    }
    const nobody = change({ messages: [{ id: "wamid.1", type: "text", text: { body: "x" } }] });
    expect((await eventOf(nobody, "message.created")).actor).toMatchObject({ id: "", kind: "unknown" });
  });

  it("quotes what it answers, or nothing when the context names none", async () => {
    const text = { type: "text", text: { body: "x" } };
    const ours = await eventOf(incoming({ ...text, context: { id: "wamid.q", from: display } }), "message.created");
    expect(ours.message.replyTo).toEqual({ id: "wamid.q", self: true });
    const theirs = await eventOf(incoming({ ...text, context: { id: "wamid.q", from: "1" } }), "message.created");
    expect(theirs.message.replyTo).toEqual({ id: "wamid.q" });
    const forwarded = await eventOf(incoming({ ...text, context: { forwarded: true } }), "message.created");
    expect(forwarded.message).not.toHaveProperty("replyTo");
  });

  it("in a group is for us when it answers us", async () => {
    const text = { type: "text", text: { body: "x" }, group_id: groupId };
    const event = await eventOf(incoming(text), "message.created");
    expect(event).toMatchObject({ message: { addressed: false }, conversation: { kind: "group", address: { room: groupId } } });
    const reply = await eventOf(incoming({ ...text, context: { id: "wamid.q", from: display } }), "message.created");
    expect(reply.message.addressed).toBe(true);
  });

  it.each<[string, object, object]>([
    [
      "image",
      { image: { id: "7", mime_type: "image/jpeg" } },
      { kind: "image", mediaType: "image/jpeg", source: { type: "remote", handle: `${account}/7` } },
    ],
    ["audio", { audio: { id: "7", voice: true } }, { kind: "voice" }],
    ["audio", { audio: { id: "7" } }, { kind: "audio" }],
    ["document", { document: { id: "7", filename: "a.pdf" } }, { kind: "file", name: "a.pdf" }],
    ["sticker", { sticker: { id: "7", animated: true } }, { kind: "sticker" }],
    [
      "location",
      { location: { latitude: 1, longitude: 2, address: "Here" } },
      { kind: "location", location: { latitude: 1, longitude: 2, title: "Here" } },
    ],
    ["location", { location: {} }, { kind: "unsupported" }],
    [
      "contacts",
      { contacts: [{ name: { first_name: "Bo" }, phones: [{ wa_id: "1" }] }] },
      { kind: "contact", contact: { name: "Bo", phone: "1" } },
    ],
    [
      "unsupported",
      { errors: [{ code: 131051, title: "Message type unknown" }] },
      { kind: "unsupported", alt: "Message type unknown" },
    ],
  ])("carries its %s", async (type, fields, attachment) => {
    const { message } = await eventOf(incoming({ type, ...fields }), "message.created");
    expect(message).toMatchObject({ text: "", attachments: [attachment] });
  });

  it("has the caption beside its file", async () => {
    const { message } = await eventOf(incoming({ type: "video", video: { id: "7", caption: "look > here" } }), "message.created");
    expect(message).toMatchObject({ text: "look > here", attachments: [{ kind: "video" }] });
  });

  it("that was edited or deleted is named by its first id", async () => {
    const edit = { original_message_id: "wamid.o", message: { type: "text", text: { body: "better" } } };
    expect(await eventOf(incoming({ type: "edit", edit }), "message.edited")).toMatchObject({
      message: { id: "wamid.o", text: "better", editedAt: seconds * 1000 },
    });
    expect(
      await eventOf(incoming({ type: "revoke", revoke: { original_message_id: "wamid.o" } }), "message.deleted"),
    ).toMatchObject({ messageId: "wamid.o" });
  });
});

describe("what people do", () => {
  it("lesson 25: a reaction is on the message that it names", async () => {
    const added = await eventOf(
      incoming({ type: "reaction", reaction: { message_id: "wamid.o", emoji: "👍" } }),
      "reaction.added",
    );
    expect(added).toMatchObject({ messageId: "wamid.o", emoji: "👍", conversation: { address: { room: ada } } });
    for (const emoji of [undefined, ""]) {
      const gone = await eventOf(incoming({ type: "reaction", reaction: { message_id: "wamid.o", emoji } }), "reaction.removed");
      expect(gone).toMatchObject({ messageId: "wamid.o", emoji: "" });
    }
  });

  it.each<[string, object, object]>([
    [
      "a reply button",
      { type: "interactive", interactive: { type: "button_reply", button_reply: { id: "go", title: "Go" } } },
      { action: "go" },
    ],
    [
      "a row",
      { type: "interactive", interactive: { type: "list_reply", list_reply: { id: "~size~L~XL", title: "L" } } },
      { action: "size", value: "L~XL" },
    ],
    ["a template's button", { type: "button", button: { payload: "~a%20b~1", text: "Go" } }, { action: "a b", value: "1" }],
    ["a button without payload", { type: "button", button: { text: "Go" } }, { action: "Go" }],
  ])("presses %s", async (_name, fields, expected) => {
    const event = await eventOf(incoming({ ...fields, context: { id: "wamid.q", from: display } }), "action.invoked");
    expect(event).toMatchObject({ ...expected, messageId: "wamid.q" });
  });

  it("fills a flow in", async () => {
    const response_json = JSON.stringify({ flow_token: "t1", name: "Ada", sizes: ["L"], age: 36, note: null });
    const event = await eventOf(
      incoming({ type: "interactive", interactive: { type: "nfm_reply", nfm_reply: { name: "flow", response_json } } }),
      "form.submitted",
    );
    expect(event).toMatchObject({ form: "flow", state: "t1", values: { name: "Ada", sizes: ["L"], age: "36", note: null } });
  });

  it("commands with a slash", async () => {
    const event = await eventOf(incoming({ type: "text", text: { body: "/Deploy  prod\nnow " } }), "command.invoked");
    expect(event).toMatchObject({ command: "deploy", args: "prod\nnow", messageId: "wamid.1" });
    for (const body of ["/", "/ x", "//x", "/usr/bin", " /x"])
      await eventOf(incoming({ type: "text", text: { body } }), "message.created");
  });

  it.each([
    ["order", { order: { catalog_id: "1" } }, "order"],
    ["system", { system: { type: "user_changed_number" } }, "system.user_changed_number"],
    ["request_welcome", {}, "request_welcome"],
    ["reaction", { reaction: {} }, "reaction"],
  ])("does %s, which keeps its name", async (type, fields, name) => {
    expect(await eventOf(incoming({ type, ...fields }), "platform.event")).toMatchObject({ type: name });
  });

  it("comes and goes in groups", async () => {
    const group = {
      group_id: groupId,
      timestamp: String(seconds),
      added_participants: [{ wa_id: ada }],
      removed_participants: [{ wa_id: 16505551235 }],
    };
    expect(await eventsOf([change({ groups: [group] }, "group_participants_update")])).toMatchObject([
      { kind: "member.joined", member: { id: ada }, conversation: { kind: "group" } },
      { kind: "member.left", member: { id: "16505551235" } },
    ]);
  });
});

describe("what becomes of our messages", () => {
  it("joins the receipt by its message and its operation", async () => {
    const event = await eventOf(status({ biz_opaque_callback_data: "df1:whatsapp:x#1/0" }), "receipt.updated");
    expect(event).toMatchObject({
      messageId: "wamid.out",
      status: "delivered",
      operation: "whatsapp:x#1/0",
      actor: { kind: "system" },
    });
    expect(await eventOf(status({ status: "played", biz_opaque_callback_data: "ours" }), "receipt.updated")).toMatchObject({
      status: "read",
    });
  });

  it("says why it failed, and which template to use", async () => {
    const errors = [{ code: 131047, title: "Re-engagement message", error_data: { details: "24 hours have passed" } }];
    const failed = status({ status: "failed", errors, recipient_id: undefined, recipient_user_id: scoped });
    const event = await eventOf(failed, "receipt.updated", { template: { name: "reopen", language: "de" } });
    expect(event.error?.code).toBe("window.closed");
    expect(event.error?.message).toMatch(/24 hours have passed.*name: "reopen", language: \{ code: "de" \}/);
    expect(event.conversation.address.room).toBe(scoped);
  });

  it("keeps what it does not know", async () => {
    expect(await eventOf(status({ status: "teleported" }), "platform.event")).toMatchObject({ type: "status.teleported" });
    const error = change({ errors: [{ code: 130429, title: "Rate limit" }] });
    expect(await eventOf(error, "platform.event")).toMatchObject({ type: "messages.error" });
  });
});

const corpora = process.env["DEVFLOW_CORPORA"];
const kinds: Readonly<Record<string, string>> = {
  "contact-sharing-message": "message.created",
  "group-remove-participants": "member.left",
  "group-settings-update": "platform.event",
  "interactive-button-reply-message": "action.invoked",
  "interactive-list-reply-message": "action.invoked",
  "order-message": "platform.event",
  "system-message": "platform.event",
  "text-message": "message.created",
};

describe.skipIf(corpora === undefined)("Meta's examples (skipped without DEVFLOW_CORPORA)", () => {
  const folder = join(corpora ?? "", "payloads/whatsapp");
  it.each(corpora === undefined ? [] : readdirSync(folder).map((name) => name.replace(".json", "")))("%s", async (name) => {
    const deliveries = await deliveriesOf(readFileSync(join(folder, `${name}.json`), "utf8"));
    const events = deliveries.flatMap((one) => whatsapp().normalizer.normalize([one], undefined));
    expect(events.length).toBeGreaterThan(0);
    for (const event of events) expect(event.kind).toBe(kinds[name]);
  });
});
