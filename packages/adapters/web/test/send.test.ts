import type { Attachment, Content } from "@devflow/gateway/contract";
import { isGatewayError } from "@devflow/gateway/kit";
import { describe, expect, it } from "vitest";
import { web } from "../src/index.ts";
import type { WebRecord } from "../src/wire.ts";
import { inputId, post, send, visit } from "./visitor.ts";
import { createWorld, key } from "./world.ts";

async function start() {
  const world = createWorld();
  const adapter = web({ sessionSecret: key, title: "Bot" });
  const ada = await visit(adapter, world);
  const client = await adapter.client("site", world.context);
  return { world, adapter, ada, records: () => client.records(ada.room), client };
}

const codeOf = async (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => "none",
    (error: unknown) => (isGatewayError(error) ? error.code : String(error)),
  );

describe("sending", () => {
  it("is idempotent: one key, one record, one receipt", async () => {
    const { world, adapter, ada, records } = await start();
    const first = await send(adapter, world, ada.room, post("hello"), { key: "k" });
    await send(adapter, world, ada.room, post("between"));
    const second = await send(adapter, world, ada.room, post("hello"), { key: "k", attempt: 2 });
    expect(second.messageId).toBe(first.messageId);
    expect(await records()).toHaveLength(2);
  });

  it("edits and deletes what it sent; a deleted text is gone from the store", async () => {
    const { world, adapter, ada, records } = await start();
    const { messageId = "" } = await send(adapter, world, ada.room, post("the first wording"));
    await send(adapter, world, ada.room, { kind: "message.edit", messageId, draft: post("the second wording").draft });
    expect((await records()).at(-1)).toMatchObject({ kind: "edit", id: messageId });
    await send(adapter, world, ada.room, { kind: "message.delete", messageId });
    expect((await records()).map(({ kind }) => kind)).toEqual(["gone", "gone", "delete"]);
    expect(JSON.stringify(await records())).not.toContain("wording");
    expect(await codeOf(send(adapter, world, ada.room, { kind: "message.edit", messageId, draft: post("x").draft }))).toBe(
      "target.gone",
    );
    await send(adapter, world, ada.room, { kind: "message.delete", messageId });
  });

  it("reacts to messages of people and takes it back", async () => {
    const { world, adapter, ada, records } = await start();
    const id = inputId("m");
    await ada.post("/chat/messages", { id, text: "hello" });
    await send(adapter, world, ada.room, { kind: "reaction.add", messageId: id, emoji: "👀" });
    await send(adapter, world, ada.room, { kind: "reaction.remove", messageId: id, emoji: "👀" });
    expect((await records()).slice(1)).toMatchObject([
      { kind: "reaction", id, emoji: "👀", on: true },
      { kind: "reaction", id, emoji: "👀", on: false },
    ]);
  });

  it("keeps copies of attachments for the room, once per attachment", async () => {
    const { world, adapter, ada, records } = await start();
    const blob = await world.context.blobs.put(new TextEncoder().encode("a,b\n"));
    const attachments: readonly Attachment[] = [
      { kind: "file", source: { type: "stored", key: blob }, name: "a.csv", mediaType: "text/csv", bytes: 4 },
      { kind: "image", source: { type: "url", url: "https://example.com/a.png" } },
      { kind: "location", location: { latitude: 1, longitude: 2 } },
    ];
    for (let attempt = 1; attempt < 3; attempt++)
      await send(adapter, world, ada.room, post("files"), { key: "k", attempt, attachments });
    const [record] = (await records()) as readonly (WebRecord & { kind: "message" })[];
    expect(record?.files).toMatchObject([
      { kind: "file", name: "a.csv", bytes: 4 },
      { kind: "image", url: "https://example.com/a.png" },
      { kind: "location" },
    ]);
    const response = await ada.get(`/chat/files/${record?.files[0]?.file}`);
    expect(await response.text()).toBe("a,b\n");
    expect(response.headers.get("content-disposition")).toBe("attachment; filename*=UTF-8''a.csv");
    expect(world.keys().filter((name) => name.startsWith("file/"))).toHaveLength(1);
    const lost = [{ kind: "file", source: { type: "stored", key: "nowhere" } }] as const;
    expect(await codeOf(send(adapter, world, ada.room, post("x"), { attachments: lost }))).toBe("file.refused");
  });

  it("refuses rooms that cannot exist, and drafts that are for somebody else", async () => {
    const { world, adapter, ada, records } = await start();
    expect(await codeOf(send(adapter, world, "../../etc", post("x")))).toBe("target.gone");
    const draft = { ...post("x").draft, onlyFor: "somebody" };
    expect(await codeOf(send(adapter, world, ada.room, { kind: "message.post", draft }))).toBe("operation.rejected");
    await send(adapter, world, ada.room, { kind: "message.post", draft: { ...draft, onlyFor: ada.room } });
    expect(await records()).toHaveLength(1);
  });

  it("fits a value of the store at the limit of the table, however dense the tree", async () => {
    const { world, adapter, ada, records } = await start();
    const { limit } = adapter.capabilities().text;
    const dense: Content[number][] = [];
    while (adapter.formatter.measure(dense) < limit - 100)
      dense.push({ type: "paragraph", children: [{ type: "text", value: "\u0001" }] });
    await send(adapter, world, ada.room, { kind: "message.post", draft: { content: dense, attachments: [] } });
    expect(await records()).toHaveLength(1);
  });
});

describe("history", () => {
  it("reads as people see it: edited, without what was deleted, newest last", async () => {
    const { world, adapter, ada } = await start();
    const address = { platform: "web", account: "site", room: ada.room };
    const id = inputId("m");
    await ada.post("/chat/messages", { id, text: "a *question*" });
    const { messageId = "" } = await send(adapter, world, ada.room, post("an **answer**"));
    const gone = await send(adapter, world, ada.room, post("a slip"));
    await send(adapter, world, ada.room, { kind: "message.delete", messageId: gone.messageId ?? "" });
    world.clock.advance(1_000);
    await send(adapter, world, ada.room, { kind: "message.edit", messageId, draft: post("a **better** answer").draft });
    const history = await adapter.archive?.history(address, { limit: 10 }, world.context);
    expect(history).toMatchObject([
      { id, text: "a *question*", author: { kind: "person", self: false }, addressed: true },
      { id: messageId, text: "a better answer", author: { self: true, name: "Bot" }, editedAt: world.clock.now() },
    ]);
    expect(await adapter.archive?.history(address, { limit: 1 }, world.context)).toMatchObject([{ id: messageId }]);
    expect(await adapter.archive?.history(address, { limit: 5, before: messageId }, world.context)).toMatchObject([{ id }]);
  });

  it("hands files back so that they can be opened, and forgets a room when told to", async () => {
    const { world, adapter, ada, client } = await start();
    const { file } = (await (await ada.post("/chat/files?name=a.txt", "text", { "content-type": "text/plain" })).json()) as {
      file: string;
    };
    await ada.post("/chat/messages", { id: inputId("m"), text: "", files: [file] });
    const address = { platform: "web", account: "site", room: ada.room };
    const [message] = (await adapter.archive?.history(address, { limit: 1 }, world.context)) ?? [];
    const [attachment] = message?.attachments ?? [];
    expect(attachment).toMatchObject({ kind: "file", name: "a.txt", mediaType: "text/plain", bytes: 4 });
    expect(new TextDecoder().decode(attachment && (await client.open(attachment)))).toBe("text");
    await client.forget(ada.room);
    expect(await adapter.archive?.history(address, { limit: 1 }, world.context)).toEqual([]);
    expect((await ada.get(`/chat/files/${file}`)).status).toBe(404);
  });
});
