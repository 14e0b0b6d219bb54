import { createGateway } from "@devflow/gateway";
import type { Event } from "@devflow/gateway/contract";
import { isObject, parseMarkdown, type JsonObject } from "@devflow/gateway/kit";
import { fakeContext } from "@devflow/conformance";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { matrix } from "../src/index.ts";
import { homeserver, python, type Homeserver, type Person } from "./support/synapse.ts";

const missing = "needs DEVFLOW_SYNAPSE, a Python that can import synapse";
const content = (event: JsonObject): JsonObject => (isObject(event.content) ? event.content : {});
const relates = (event: JsonObject): unknown => content(event)["m.relates_to"];

describe.skipIf(!python)(`a gateway on a real homeserver that federates with another (${missing})`, () => {
  let home: Homeserver;
  let away: Homeserver;
  let bot: Person;
  let ada: Person;
  let eve: Person;
  let room = "";
  let stop = async (): Promise<void> => {};
  const events: Event[] = [];

  /** Waits for an event of a kind. */
  async function event<K extends Event["kind"]>(
    kind: K,
    wanted: (event: Extract<Event, { kind: K }>) => boolean = () => true,
  ): Promise<Extract<Event, { kind: K }>> {
    const isWanted = (one: Event): one is Extract<Event, { kind: K }> =>
      one.kind === kind && wanted(one as Extract<Event, { kind: K }>);
    await expect.poll(() => events.some(isWanted), { timeout: 20_000 }).toBe(true);
    const found = events.findLast(isWanted);
    if (!found) throw new Error(`no ${kind}`);
    return found;
  }
  const ours = (text: string) => (one: JsonObject) => one.sender === bot.id && String(content(one).body).includes(text);

  beforeAll(async () => {
    [home, away] = await Promise.all([homeserver(), homeserver()]);
    [bot, ada, eve] = [await home.register("rig"), await home.register("ada"), await away.register("eve")];
    const adapter = matrix({ token: bot.token, apiUrl: home.url, invites: [ada.id, eve.id] });
    const gateway = createGateway({ adapters: [adapter] });
    gateway.on("message.created", async (c) => {
      const { message } = c;
      if (message.text === "where?") await c.reply(`in ${c.event.conversation.address.thread}`);
      if (message.text === "file?") {
        const file = { name: "a.txt", data: "bytes of ours", mediaType: "text/plain" };
        await c.reply({ content: "**here**", attachments: [file], replyTo: message.id });
      }
      const [attachment] = message.attachments;
      if (attachment && !message.author.self) {
        const bytes = await adapter.files?.open(attachment, bot.id, { maxBytes: 100 }, fakeContext({ platform: "matrix" }));
        await c.reply(`read ${Buffer.from(bytes ?? []).toString()}`);
      }
      if (message.addressed && message.text.startsWith("say ")) await c.reply(`You said **${message.text.slice(4)}**.`);
    });
    for (const kind of [
      "message.created",
      "message.edited",
      "message.deleted",
      "reaction.added",
      "reaction.removed",
      "command.invoked",
      "member.joined",
      "member.left",
      "receipt.updated",
      "platform.event",
    ] as const) {
      gateway.on(kind, (c) => void events.push(c.event as Event));
    }
    await gateway.start();
    stop = () => gateway.stop();
    room = String(
      (await ada.ask("POST", "/createRoom", { name: "Ops", preset: "public_chat", room_alias_name: "ops", invite: [bot.id] }))
        .room_id,
    );
    await ada.sees(room, (one) => one.state_key === bot.id && content(one).membership === "join");
  }, 120_000);

  afterAll(async () => {
    await stop();
    await Promise.all([home?.[Symbol.asyncDispose](), away?.[Symbol.asyncDispose]()]);
  });

  const world = (): ReturnType<typeof fakeContext> => fakeContext({ platform: "matrix" });
  const direct = (): ReturnType<typeof matrix> => matrix({ token: bot.token, apiUrl: home.url });
  const to = (place = room): { platform: string; account: string; room: string } => ({
    platform: "matrix",
    account: bot.id,
    room: place,
  });

  it("answers a direct chat that begins with the invitation", async () => {
    const made = await ada.ask("POST", "/createRoom", { preset: "trusted_private_chat", is_direct: true, invite: [bot.id] });
    await ada.say(String(made.room_id), "say <hello>");
    const answer = await ada.sees(String(made.room_id), ours("You said"));
    const said = { body: "You said **<hello>**.", formatted_body: "You said <strong>&lt;hello&gt;</strong>.", "m.mentions": {} };
    expect(answer.content).toMatchObject(said);
    const { message, conversation } = await event("message.created", (one) => one.message.text === "say <hello>");
    expect([message.addressed, conversation.kind]).toEqual([true, "direct"]);
  }, 60_000);

  it("answers in a room when it is mentioned, and a person on the other server", async () => {
    await eve.ask("POST", `/join/${encodeURIComponent(`#ops:${home.name}`)}`, {});
    await eve.say(room, { msgtype: "m.text", body: "say nothing" });
    await eve.say(room, { msgtype: "m.text", body: "say hi", "m.mentions": { user_ids: [bot.id] } });
    await eve.sees(room, ours("You said **hi**"));
    expect((await event("member.joined", (one) => one.member.id === eve.id)).conversation.title).toBe("Ops");
    expect((await eve.newest(room)).some(ours("nothing"))).toBe(false);
  }, 60_000);

  it("takes an invitation of the other server, and none that the policy refuses", async () => {
    const made = await eve.ask("POST", "/createRoom", { preset: "private_chat", invite: [bot.id] });
    await eve.sees(String(made.room_id), (one) => one.state_key === bot.id && content(one).membership === "join");
    const mallory = await away.register("mallory");
    const refused = await mallory.ask("POST", "/createRoom", { preset: "private_chat", invite: [bot.id] });
    const told = await event("platform.event", (one) => one.conversation.address.room === refused.room_id);
    expect(told).toMatchObject({ type: "m.room.member", actor: { id: mallory.id } });
    const state = await mallory.newest(String(refused.room_id));
    expect(state.findLast((one) => one.state_key === bot.id)?.content).toMatchObject({ membership: "invite" });
  }, 60_000);

  it("talks in a thread, and knows it in edits, reactions and deletions", async () => {
    const root = await ada.say(room, "a root");
    const inThread = { rel_type: "m.thread", event_id: root, is_falling_back: true, "m.in_reply_to": { event_id: root } };
    const asked = await ada.say(room, { msgtype: "m.text", body: "where?", "m.relates_to": inThread });
    expect(relates(await ada.sees(room, ours(`in ${root}`)))).toMatchObject({ rel_type: "m.thread", event_id: root });
    const reaction = await ada.say(
      room,
      { "m.relates_to": { rel_type: "m.annotation", event_id: asked, key: "👍️" } },
      "m.reaction",
    );
    const fresh = { msgtype: "m.text", body: "here?" };
    await ada.say(room, {
      msgtype: "m.text",
      body: "* here?",
      "m.new_content": fresh,
      "m.relates_to": { rel_type: "m.replace", event_id: asked },
    });
    await event("reaction.added", (one) => one.messageId === asked && one.emoji === "👍");
    await ada.ask("PUT", `/rooms/${encodeURIComponent(room)}/redact/${reaction}/r1`, {});
    const removed = await event("reaction.removed");
    expect([removed.messageId, removed.emoji, removed.conversation.address.thread]).toEqual([asked, "👍", root]);
    const edited = await event("message.edited");
    expect([edited.message.id, edited.message.text, edited.conversation.address.thread]).toEqual([asked, "here?", root]);
    await ada.ask("PUT", `/rooms/${encodeURIComponent(room)}/redact/${asked}/r2`, {});
    expect((await event("message.deleted")).conversation.address.thread).toBe(root);
    await ada.say(room, "!deploy prod now");
    expect(await event("command.invoked")).toMatchObject({ command: "deploy", args: "prod now" });
  }, 60_000);

  it("sends a file, and reads one that is sent to it", async () => {
    await ada.say(room, "file?");
    const sent = await ada.sees(room, (one) => one.sender === bot.id && content(one).msgtype === "m.file");
    expect(sent.content).toMatchObject({
      body: "**here**",
      filename: "a.txt",
      formatted_body: "<strong>here</strong>",
      info: { size: 13 },
    });
    const [server, id] = String(content(sent).url).replace("mxc://", "").split("/");
    const headers = { authorization: `Bearer ${ada.token}` };
    const got = await fetch(`${home.url}/_matrix/client/v1/media/download/${server}/${id}`, { headers });
    expect(await got.text()).toBe("bytes of ours");
    const upload = await fetch(`${away.url}/_matrix/media/v3/upload`, {
      method: "POST",
      headers: { authorization: `Bearer ${eve.token}`, "content-type": "text/plain" },
      body: "bytes of eve",
    });
    const { content_uri: url } = (await upload.json()) as { content_uri: string };
    await eve.say(room, { msgtype: "m.file", body: "b.txt", url, info: { mimetype: "text/plain" } });
    await eve.sees(room, ours("read bytes of eve"));
  }, 60_000);

  it("edits, reacts, takes back, deletes and types", async () => {
    const adapter = direct();
    const context = world();
    const send = async (operation: Parameters<typeof adapter.formatter.format>[0], key: string, messageId?: string) => {
      const { kind } = operation;
      const body = adapter.formatter.format(operation, to(`#ops:${home.name}`));
      return await adapter.sender.send(
        { key, kind, to: to(`#ops:${home.name}`), body, attempt: 1, ...(messageId === undefined ? {} : { messageId }) },
        context,
      );
    };
    const draft = (text: string) => ({ content: parseMarkdown(text), attachments: [] });
    const made = await send({ kind: "message.post", draft: draft("first") }, "k1");
    const again = await send({ kind: "message.post", draft: draft("first") }, "k1");
    expect(again.messageId).toBe(made.messageId);
    expect((await ada.newest(room)).filter(ours("first"))).toHaveLength(1);
    const id = made.messageId ?? "";
    await send({ kind: "message.edit", messageId: id, draft: draft("**second**") }, "k2", id);
    expect((await ada.sees(room, ours("* **second**"))).content).toMatchObject({
      "m.new_content": { formatted_body: "<strong>second</strong>" },
    });
    await send({ kind: "reaction.add", messageId: id, emoji: "❤" }, "k3", id);
    await send({ kind: "reaction.add", messageId: id, emoji: "❤" }, "k4", id);
    const reaction = await ada.sees(room, (one) => one.type === "m.reaction" && one.sender === bot.id);
    expect(relates(reaction)).toMatchObject({ key: "❤️", event_id: id });
    await send({ kind: "reaction.remove", messageId: id, emoji: "❤" }, "k5", id);
    await ada.sees(room, (one) => one.event_id === reaction.event_id && Object.keys(content(one)).length === 0);
    await send({ kind: "typing.start" }, "k6");
    await send({ kind: "message.delete", messageId: id }, "k7", id);
    await ada.sees(room, (one) => one.event_id === id && Object.keys(content(one)).length === 0);
  }, 60_000);

  it("writes to a person in a chat of their own, and to the same one the next time", async () => {
    const adapter = direct();
    const post = async (key: string): Promise<string | undefined> => {
      const body = adapter.formatter.format(
        { kind: "message.post", draft: { content: parseMarkdown(key), attachments: [], onlyFor: ada.id } },
        to(ada.id),
      );
      return (await adapter.sender.send({ key, kind: "message.post", to: to(ada.id), body, attempt: 1 }, world())).url;
    };
    const [first, second] = [await post("d1"), await post("d2")];
    expect(second?.split("/").at(-2)).toBe(first?.split("/").at(-2));
  }, 60_000);

  it("says that it cannot read an encrypted room, and writes nothing there in plain text", async () => {
    const encryption = { type: "m.room.encryption", state_key: "", content: { algorithm: "m.megolm.v1.aes-sha2" } };
    const made = await ada.ask("POST", "/createRoom", { preset: "private_chat", initial_state: [encryption], invite: [bot.id] });
    const secret = String(made.room_id);
    await ada.sees(secret, (one) => one.state_key === bot.id && content(one).membership === "join");
    for (let i = 0; i < 2; i++) {
      await ada.say(secret, { algorithm: "m.megolm.v1.aes-sha2", ciphertext: "AwgA", session_id: "s" }, "m.room.encrypted");
      await event("platform.event", (one) => one.type === "m.room.encrypted");
    }
    await ada.sees(secret, ours("cannot read"));
    const adapter = direct();
    const body = adapter.formatter.format(
      { kind: "message.post", draft: { content: parseMarkdown("leak"), attachments: [] } },
      to(secret),
    );
    const sending = adapter.sender.send({ key: "e1", kind: "message.post", to: to(secret), body, attempt: 1 }, world());
    await expect(sending).rejects.toMatchObject({ code: "operation.unsupported", message: expect.stringContaining("encrypted") });
    expect((await ada.newest(secret)).filter(({ sender, type }) => sender === bot.id && type === "m.room.message")).toHaveLength(
      1,
    );
  }, 60_000);

  it("tells who read a message of ours, and marks what it took as read", async () => {
    await ada.say(room, { msgtype: "m.text", body: "say read me", "m.mentions": { user_ids: [bot.id] } });
    const answer = await ada.sees(room, ours("read me"));
    await ada.ask("POST", `/rooms/${encodeURIComponent(room)}/receipt/m.read/${encodeURIComponent(String(answer.event_id))}`, {});
    expect(await event("receipt.updated")).toMatchObject({ messageId: answer.event_id, status: "read", actor: { id: ada.id } });
  }, 60_000);

  it("goes on after the homeserver was killed, and misses nothing", async () => {
    await home.kill();
    await home.start();
    const before = events.length;
    const said = Array.from({ length: 10 }, (_, i) => `burst ${i}.`);
    for (const text of said) await ada.say(room, text);
    await event("message.created", (one) => one.message.text === said.at(-1));
    const heard = events
      .slice(before)
      .flatMap((one) => (one.kind === "message.created" && one.message.text.startsWith("burst") ? [one.message.text] : []));
    expect(heard).toEqual(said);
  }, 90_000);
});
