import type { Address, Attachment, Operation, PreparedDraft } from "@devflow/gateway/contract";
import { parseMarkdown } from "@devflow/gateway/kit";
import { describe, expect, it } from "vitest";
import { discord } from "../../src/index.ts";
import { restoreLong } from "../../src/wire/index.ts";
import { api, refusal, type Answer, type Call } from "../support/api.ts";
import { ada, room, world } from "../support/index.ts";

const draft = (text: string, rest: Partial<PreparedDraft> = {}): PreparedDraft => ({
  content: parseMarkdown(text),
  attachments: [],
  ...rest,
});

async function sent(
  operation: Operation,
  script: (call: Call, count: number) => Answer | undefined = () => undefined,
  { to = room, attachments = [] }: { readonly to?: Address; readonly attachments?: readonly Attachment[] } = {},
) {
  await using server = await api(script);
  const context = world();
  for (const { source } of attachments) if (source?.type === "stored") await context.blobs.put(Buffer.from("bytes"));
  const adapter = discord({ apiUrl: server.url });
  const body = adapter.formatter.format(operation, to);
  const outgoing = { key: "k", kind: operation.kind, to, body, messageId: "61", attachments, attempt: 1 };
  const receipt = await adapter.sender.send(outgoing, context);
  return { receipt, context, calls: server.calls };
}

describe("a message", () => {
  it("carries a key of at most 25 characters, the same on every attempt, and pings nobody", async () => {
    const { calls, receipt } = await sent({ kind: "message.post", draft: draft("@everyone <@5> hi") });
    const { nonce, ...rest } = calls[0]?.body ?? {};
    expect(String(nonce)).toMatch(/^[\w-]{25}$/);
    expect(rest).toEqual({
      content: "@\u200beveryone <\u200b@5> hi",
      allowed_mentions: { parse: [], users: [], roles: [], replied_user: false },
      enforce_nonce: true,
    });
    expect(receipt.messageId).toBe("600000000000000071");
  });

  it("answers another without failing when that one is gone", async () => {
    const { calls } = await sent({ kind: "message.post", draft: draft("yes", { replyTo: "60" }) });
    expect(calls[0]?.body["message_reference"]).toEqual({ message_id: "60", fail_if_not_exists: false });
  });

  it("to a person opens the conversation once", async () => {
    const to = { ...room, room: `@${ada.id}` };
    const { calls } = await sent(
      { kind: "message.post", draft: draft("hi") },
      (_, n) => (n === 1 ? { body: { id: "88" } } : undefined),
      { to },
    );
    expect(calls.map(({ path }) => path)).toEqual(["/users/@me/channels", "/channels/88/messages"]);
  });

  it("goes into the thread of an address", async () => {
    const { calls } = await sent({ kind: "message.post", draft: draft("hi") }, undefined, { to: { ...room, thread: "77" } });
    expect(calls[0]?.path).toBe("/channels/77/messages");
  });

  it("begins a post of a forum, and a thread below a message also where there is one", async () => {
    const native = { discord: { thread: { name: "Plan" } } };
    const forum = await sent({ kind: "message.post", draft: draft("first", { native }) });
    expect(forum.calls[0]).toMatchObject({
      path: `/channels/${room.room}/threads`,
      body: { name: "Plan", message: { content: "first" } },
    });
    const below = await sent({ kind: "message.post", draft: draft("first", { native, replyTo: "60" }) }, (call) =>
      call.path.endsWith("/threads") ? refusal(400, 160_004) : undefined,
    );
    expect(below.calls.map(({ path }) => path)).toEqual([`/channels/${room.room}/messages/60/threads`, "/channels/60/messages"]);
  });

  it.each<[string, Partial<PreparedDraft>, string]>([
    ["a post of a forum", {}, "600000000000000071"],
    ["a thread below a message", { replyTo: "60" }, "60"],
  ])("that began %s is edited, reacted to and deleted there", async (_, rest, thread) => {
    await using server = await api(({ path }) => (path.endsWith("/60/threads") ? { body: { id: "60" } } : undefined));
    const context = world();
    const adapter = discord({ apiUrl: server.url });
    const send = async (operation: Operation, messageId?: string) => {
      const body = adapter.formatter.format(operation, room);
      const about = { key: "k", kind: operation.kind, to: room, body, attachments: [], attempt: 1 };
      return await adapter.sender.send({ ...about, ...(messageId === undefined ? {} : { messageId }) }, context);
    };
    const native = { discord: { thread: { name: "Plan" } } };
    const { messageId = "" } = await send({ kind: "message.post", draft: draft("first", { native, ...rest }) });
    const before = server.calls.length;
    await send({ kind: "message.edit", messageId, draft: draft("better") }, messageId);
    await send({ kind: "reaction.add", messageId, emoji: "👍" }, messageId);
    await send({ kind: "message.delete", messageId }, messageId);
    await send({ kind: "message.edit", messageId: "61", draft: draft("another") }, "61");
    const paths = server.calls.slice(before).map(({ path }) => path.replace("/reactions/%F0%9F%91%8D/@me", ""));
    const there = `/channels/${thread}/messages/${messageId}`;
    expect(paths).toEqual([there, there, there, `/channels/${room.room}/messages/61`]);
  });

  it("takes its files along", async () => {
    const file: Attachment = { kind: "file", name: "a.txt", alt: "words", source: { type: "stored", key: "blob-1" } };
    const { calls } = await sent({ kind: "message.post", draft: draft("look", { attachments: [file] }) }, undefined, {
      attachments: [file],
    });
    expect(calls[0]?.text).toContain('"attachments":[{"id":0,"filename":"a.txt","description":"words"}]');
    expect(calls[0]?.text).toContain("bytes");
    const told = await sent({ kind: "message.post", draft: draft("look") }, undefined, {
      attachments: [{ ...file, alt: `x${"😀".repeat(600)}` }],
    });
    expect(told.calls[0]?.text).toContain("x😀");
    expect(told.calls[0]?.text).not.toMatch(/\\ud[89a-f]/);
    const lost: Attachment = { kind: "file", name: "a.txt" };
    await expect(
      sent({ kind: "message.post", draft: draft("look", { attachments: [lost] }) }, undefined, { attachments: [lost] }),
    ).rejects.toMatchObject({ code: "content.rejected" });
  });

  it("keeps what a button cannot hold, and gives it back", async () => {
    const value = "v".repeat(500);
    const items = [{ kind: "button" as const, id: "go", label: "Go", value }];
    const { calls, context } = await sent({
      kind: "message.post",
      draft: { ...draft(""), content: [{ type: "actions", items }] },
    });
    const [row] = (calls[0]?.body["components"] ?? []) as { components: { custom_id: string }[] }[];
    const short = row?.components[0]?.custom_id ?? "";
    expect(short.length).toBeLessThanOrEqual(100);
    const restored = await restoreLong({ data: { custom_id: short } }, context.memory);
    expect(restored["data"]).toEqual({ custom_id: `~.~go~${value}` });
  });
});

describe("other operations", () => {
  it("edit a message so that nothing of its cards and buttons is left", async () => {
    const { calls } = await sent({ kind: "message.edit", messageId: "61", draft: draft("new") });
    expect(calls[0]).toMatchObject({ method: "PATCH", path: `/channels/${room.room}/messages/61` });
    expect(calls[0]?.body).toMatchObject({ content: "new", embeds: [], components: [], allowed_mentions: { parse: [] } });
  });

  it("find a deleted message deleted", async () => {
    const { receipt } = await sent({ kind: "message.delete", messageId: "61" }, () => refusal(404, 10_008));
    expect(receipt.at).toBeGreaterThan(0);
    await expect(sent({ kind: "message.delete", messageId: "61" }, () => refusal(403, 50_013))).rejects.toMatchObject({
      code: "operation.rejected",
    });
  });

  it.each([
    ["👍🏽", "%F0%9F%91%8D%F0%9F%8F%BD"],
    ["blob:123", "blob%3A123"],
    ["<a:blob:123>", "blob%3A123"],
  ])("react with %s", async (emoji, path) => {
    const { calls } = await sent({ kind: "reaction.add", messageId: "61", emoji }, () => ({ status: 204 }));
    expect(calls[0]).toMatchObject({ method: "PUT", path: `/channels/${room.room}/messages/61/reactions/${path}/@me` });
  });

  it("refuse a room that is no channel", async () => {
    await expect(sent({ kind: "typing.start" }, undefined, { to: { ...room, room: "../users" } })).rejects.toMatchObject({
      code: "target.gone",
    });
  });
});
