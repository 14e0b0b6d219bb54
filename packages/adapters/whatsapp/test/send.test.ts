import type { Address, Attachment, Content, OperationKind, Outgoing } from "@devflow/gateway/contract";
import { parseMarkdown } from "@devflow/gateway/kit";
import { describe, expect, it } from "vitest";
import { whatsapp } from "../src/index.ts";
import { account, ada, deliveriesOf, envelope, fakeGraph, groupId, scoped, status, to, token } from "./support/index.ts";

const adapter = whatsapp({ template: { name: "reopen", language: "en_US" } });
const messages = `https://graph.facebook.com/v25.0/${account}/messages`;

function posting(content: Content, attachments: readonly Attachment[] = [], address: Address = to): Outgoing {
  const body = adapter.formatter.format({ kind: "message.post", draft: { content, attachments } }, address);
  return { key: "op1", kind: "message.post", to: address, body, attempt: 1 };
}
const hello = (address: Address = to): Outgoing => posting(parseMarkdown("hi"), [], address);
const about = (kind: OperationKind, fields: object, address = to): Outgoing => ({
  key: "op2",
  kind,
  to: address,
  body: adapter.formatter.format({ kind, messageId: "", emoji: "👍", ...fields } as never, address),
  messageId: "wamid.x",
  attempt: 1,
});

describe("sending", () => {
  it.each([
    [ada, { recipient_type: "individual", to: ada }],
    [scoped, { recipient_type: "individual", recipient: scoped }],
    [groupId, { recipient_type: "group", to: groupId }],
  ])("goes to %s as what it is", async (room, recipient) => {
    const graph = fakeGraph();
    const receipt = await adapter.sender.send(hello({ ...to, room }), graph.context());
    expect(receipt).toMatchObject({ messageId: "wamid.out1" });
    const text = { body: "hi", preview_url: false };
    expect(graph.calls.map(({ path, body }) => [path, body])).toEqual([
      [messages, { messaging_product: "whatsapp", ...recipient, type: "text", text, biz_opaque_callback_data: "df0:op1" }],
    ]);
    expect(graph.calls[0]?.headers.get("authorization")).toBe(`Bearer ${token}`);
  });

  it("reacts to the message that the outbox names, and takes it back", async () => {
    const graph = fakeGraph();
    await adapter.sender.send(about("reaction.add", {}), graph.context());
    await adapter.sender.send(about("reaction.remove", {}), graph.context());
    expect(graph.calls.map(({ body }) => body.reaction)).toEqual([
      { message_id: "wamid.x", emoji: "👍" },
      { message_id: "wamid.x", emoji: "" },
    ]);
  });

  it("leaves the reaction that took the place of the one to remove", async () => {
    const graph = fakeGraph();
    const context = graph.context();
    await adapter.sender.send(about("reaction.add", { emoji: "👀" }), context);
    await adapter.sender.send(about("reaction.add", { emoji: "👍" }), context);
    await adapter.sender.send(about("reaction.remove", { emoji: "👀" }), context);
    expect(graph.calls).toHaveLength(2);
    await adapter.sender.send(about("reaction.remove", { emoji: "👍" }), context);
    await adapter.sender.send(about("reaction.add", { emoji: "❤\u{FE0F}" }), context);
    await adapter.sender.send(about("reaction.remove", { emoji: "❤" }), context);
    const sent = graph.calls.map(({ body }) => (body.reaction as { emoji: string }).emoji);
    expect(sent).toEqual(["👀", "👍", "", "❤\u{FE0F}", ""]);
  });

  it("types in answer to the message of the conversation, which marks it as read", async () => {
    const graph = fakeGraph(() => ({ success: true }));
    await adapter.sender.send(about("typing.start", {}, { ...to, route: "wamid.in" } as typeof to), graph.context());
    expect(graph.calls[0]?.body).toEqual({
      messaging_product: "whatsapp",
      status: "read",
      typing_indicator: { type: "text" },
      message_id: "wamid.in",
    });
    await expect(adapter.sender.send(about("typing.start", {}), graph.context())).rejects.toMatchObject({
      code: "operation.rejected",
    });
  });

  it("uploads what is in the store, and what it once received", async () => {
    const bytes = Buffer.from("pdf");
    const graph = fakeGraph(({ path }) => {
      if (path.includes("/77?")) return { url: "https://lookaside.fbsbx.com/x", mime_type: "video/mp4" };
      return path.startsWith("https://lookaside.") ? new Response("video") : undefined;
    });
    const context = graph.context();
    const key = await context.blobs.put(bytes);
    const stored = { kind: "file", source: { type: "stored", key }, name: "a.pdf", mediaType: "application/pdf" } as const;
    await adapter.sender.send(posting([], [stored]), context);
    const remote = { kind: "video", source: { type: "remote", handle: `${account}/77` } } as const;
    await adapter.sender.send(posting([], [remote]), context);
    const uploads = graph.calls.filter(({ path }) => path.endsWith("/media")).map(({ body }) => body);
    expect(uploads).toMatchObject([{ messaging_product: "whatsapp", type: "application/pdf" }, {}]);
    expect(await Promise.all(uploads.map(async ({ file }) => await (file as File).text()))).toEqual(["pdf", "video"]);
    expect(graph.calls.filter(({ path }) => path === messages).map(({ body }) => body.document ?? body.video)).toEqual([
      { id: "media-1", filename: "a.pdf" },
      { id: "media-1" },
    ]);
    await expect(
      adapter.sender.send(posting([], [{ kind: "file", source: { type: "stored", key: "gone" } }]), context),
    ).rejects.toMatchObject({ code: "content.rejected" });
  });

  it("does not repeat what was sent when a later part fails", async () => {
    let broken = true;
    const graph = fakeGraph(({ body }) =>
      body.type === "interactive" && broken ? Response.json({}, { status: 500 }) : undefined,
    );
    const context = graph.context();
    const items = [{ kind: "button", id: "go", label: "Go" }] as const;
    const outgoing = posting([...parseMarkdown(`${"word ".repeat(300)}\n\nGo on?`), { type: "actions", items }]);
    await expect(adapter.sender.send(outgoing, context)).rejects.toMatchObject({ code: "platform.failed", retryable: true });
    broken = false;
    const receipt = await adapter.sender.send({ ...outgoing, attempt: 2 }, context);
    expect(graph.calls.map(({ body }) => body.type)).toEqual(["text", "interactive", "interactive"]);
    expect(receipt.messageId).toBe("wamid.out3");
  });

  it.each([
    ["sent", 1],
    ["delivered", 1],
    ["read", 1],
    ["failed", 2],
  ])("is asked once or twice where the answer is lost and `%s` is the news that came: %i", async (said, requests) => {
    const graph = fakeGraph((_, nth) => (nth === 1 ? new TypeError("fetch failed") : undefined));
    const context = graph.context();
    await expect(adapter.sender.send(hello(), context)).rejects.toMatchObject({ retryable: true });
    const stamp = graph.calls[0]?.body.biz_opaque_callback_data;
    await deliveriesOf(envelope(status({ status: said, biz_opaque_callback_data: stamp })), context);
    const receipt = await adapter.sender.send({ ...hello(), attempt: 2 }, context);
    expect([graph.calls.length, receipt.messageId]).toEqual([requests, requests === 1 ? "wamid.out" : "wamid.out2"]);
  });

  it("keeps what is too long for a button under a stand-in", async () => {
    const graph = fakeGraph();
    const context = graph.context();
    const items = [{ kind: "button", id: "go", label: "Go", value: "v".repeat(500) }] as const;
    await adapter.sender.send(posting([...parseMarkdown("Go?"), { type: "actions", items }]), context);
    const said = JSON.stringify(graph.calls[0]?.body.interactive);
    const short = /"id":"(~~[\w-]{32})"/.exec(said)?.[1] ?? "";
    expect((await context.memory.get(`press/${account}/${short.slice(2)}`))?.value).toBe(`~go~${"v".repeat(500)}`);
  });

  it("says which template reaches a person whose window is closed", async () => {
    const error = {
      message: "(#131047) Re-engagement message",
      code: 131047,
      error_data: { details: "More than 24 hours have passed" },
    };
    const graph = fakeGraph(() => ({ error }));
    await expect(adapter.sender.send(hello(), graph.context())).rejects.toMatchObject({
      code: "window.closed",
      retryable: false,
      message: expect.stringContaining('name: "reopen", language: { code: "en_US" }'),
    });
  });
});

describe("the client", () => {
  it("is the SDK on the address and with the token of its number", async () => {
    const graph = fakeGraph(() => ({ success: true }));
    const numbers = whatsapp({ token: (id) => `token-of-${id}`, apiUrl: "http://127.0.0.1:9/" });
    const context = graph.context();
    const client = await numbers.client("2", context);
    await client.markAsRead("2", "wamid.in");
    expect(graph.calls[0]?.path).toBe("http://127.0.0.1:9/v25.0/2/messages");
    expect(graph.calls[0]?.headers.get("authorization")).toBe("Bearer token-of-2");
    expect(await numbers.client("2", context)).toBe(client);
    const given = whatsapp({ client });
    expect(await given.client("2", context)).toBe(client);
  });

  it("asks for the token with each call, and for nobody's without one", async () => {
    let current: string | undefined = "first";
    const graph = fakeGraph();
    const numbers = whatsapp({ token: () => current });
    await numbers.sender.send(hello(), graph.context());
    current = "second";
    await numbers.sender.send(hello(), graph.context());
    current = undefined;
    await expect(numbers.sender.send(hello(), graph.context())).rejects.toMatchObject({ code: "secret.missing", account });
    expect(graph.calls.map(({ headers }) => headers.get("authorization"))).toEqual(["Bearer first", "Bearer second"]);
  });
});
