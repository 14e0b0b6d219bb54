import { fakeContext } from "@devflow/conformance";
import type { Delivery, Event } from "@devflow/gateway/contract";
import { describe, expect, it } from "vitest";
import { http, type HttpOptions } from "../src/index.ts";
import { opened, proven, said, structured } from "./support/requests.ts";

const cloudEvents = { "content-type": "application/cloudevents+json; charset=utf-8" };
const foreign = { specversion: "1.0", id: "1", source: "/shop", type: "com.example.sold" };

async function receive(body: unknown, headers = {}, options: HttpOptions = {}): Promise<readonly Delivery[]> {
  const reception = await http(options).transports.webhook?.receive(proven(body, headers), fakeContext());
  return reception?.deliveries ?? [];
}

async function one(body: unknown, headers = {}, options: HttpOptions = {}): Promise<Delivery & { readonly event: Event }> {
  const [delivery, ...rest] = await receive(body, headers, options);
  const [event] = delivery ? http(options).normalizer.normalize([delivery], undefined) : [];
  if (!delivery || !event || rest.length > 0) throw new Error("not one delivery with one event");
  return { ...delivery, event };
}

async function typeOf(body: unknown, headers = {}, type?: HttpOptions["type"]): Promise<unknown> {
  const { event } = await one(body, headers, type === undefined ? {} : { type });
  return event.kind === "platform.event" && event.type;
}

describe("JSON of any service", () => {
  it("is a platform.event whose raw is the body", async () => {
    const { event } = await one({ type: "invoice.paid", data: [1, 2] }, {}, { platform: "shop" });
    expect(event).toMatchObject({
      kind: "platform.event",
      platform: "shop",
      account: "main",
      type: "invoice.paid",
      raw: { type: "invoice.paid", data: [1, 2] },
      conversation: { address: { platform: "shop", account: "main", room: "invoice.paid" } },
    });
    expect((await one("null")).event.raw).toBeNull();
  });

  it("has its type where the option says, or where most services have it", async () => {
    expect(await typeOf({ type: "a", event: "b", action: "c" })).toBe("a");
    expect(await typeOf({ type: { no: 1 }, event: "b", action: "c" })).toBe("b");
    expect(await typeOf({ action: "c" }, { "x-event-type": "d" })).toBe("c");
    expect(await typeOf({}, { "x-event-type": "d" })).toBe("d");
    expect(await typeOf([])).toBe("webhook");
    expect(await typeOf({ type: "a", data: [{ kind: "e" }] }, {}, "data.0.kind")).toBe("e");
    expect(await typeOf({ type: "a" }, {}, "data.0.kind")).toBe("a");
    expect(await typeOf({ type: "a" }, {}, "constructor.name")).toBe("a");
    expect(await typeOf({ action: "opened" }, { "x-github-event": "issues" }, "header:X-GitHub-Event")).toBe("issues");
    expect(
      await typeOf({ action: "opened" }, { "x-github-event": "issues" }, (body, header) => {
        return `${header("X-GitHub-Event")}.${(body as { action: string }).action}`;
      }),
    ).toBe("issues.opened");
    expect(await typeOf({ type: "a" }, {}, () => undefined)).toBe("a");
  });

  it("is in the lane of its subject, and in its own without one", async () => {
    const lane = async (body: object, headers = {}): Promise<string> => (await one(body, headers, { subject: "order" })).lane;
    expect(await lane({ type: "paid", order: 7 })).toBe("http/main/7");
    expect(await lane({ type: "shipped", order: "7" })).toBe("http/main/7");
    const alone = [await lane({ type: "paid", n: 1 }), await lane({ type: "paid", n: 2 })];
    expect(new Set(alone).size).toBe(2);
    for (const each of alone) expect(each).toMatch(/^http\/main\/paid\/[\da-f]{64}$/);
    expect(await lane({ type: "paid" }, { "webhook-id": "msg_2" })).toBe("http/main/paid/msg_2");
  });

  it("is known by the id that the option finds, by headers, or by what it says", async () => {
    const id = async (body: unknown, headers = {}): Promise<string> => (await one(body, headers, { id: "meta.id" })).id;
    expect(await id({ meta: { id: 9_007 } }, { "webhook-id": "w" })).toBe("9007");
    expect(await id({ meta: {} }, { "webhook-id": "w", "idempotency-key": "k" })).toBe("w");
    expect(await id({}, { "idempotency-key": "k" })).toBe("k");
    expect(await id({ a: 1 })).toMatch(/^[\da-f]{64}$/);
    expect(await id({ a: 1 })).toBe(await id({ a: 1 }));
    expect(await id({ a: 1 })).not.toBe(await id({ a: 2 }));
    expect(await id({}, { "x-event-type": "a" })).not.toBe(await id({}, { "x-event-type": "b" }));
    for (const long of ["x".repeat(300), "a\u0000b", "/".repeat(100)])
      expect(await id({ meta: { id: long } })).toMatch(/^[\da-f]{64}$/);
  });

  it("is stored as it came, numbers that JavaScript would round included", async () => {
    const text = '{"id": 12345678901234567890,\n "type":"a"}';
    const { body, payload } = await one(text);
    expect(body).toContain("12345678901234567890");
    expect(JSON.parse(body)).toEqual(payload);
    const marked = await one(`\uFEFF${text}`);
    expect(marked.body).toBe(body);
  });
});

describe("CloudEvents", () => {
  it("of ours are the events they tell of, at an address of this source", async () => {
    const { event, lane, id } = await one(structured(opened), cloudEvents);
    expect(id).toBe("/github/octo github:1");
    expect(lane).toBe("http/main/github%2focto%2fapp%2f12");
    expect(event).toEqual({
      ...opened,
      id: "http:/github/octo github:1",
      platform: "http",
      account: "main",
      conversation: { ...opened.conversation, address: { platform: "http", account: "main", room: "github/octo/app/12" } },
      raw: JSON.parse(structured(opened)) as unknown,
    });
    const message = await one(structured({ ...said, actor: { ...said.actor, self: true } }));
    expect(message.event).toMatchObject({ kind: "message.created", message: said.message, actor: { self: false } });
  });

  it("of ours that lack something, and all others, are platform.event", async () => {
    const { issue: _, ...rest } = JSON.parse(structured(opened)).data as { issue: unknown };
    const broken = { ...(JSON.parse(structured(opened)) as object), data: rest };
    expect((await one(broken, cloudEvents)).event).toMatchObject({ kind: "platform.event", type: "devflow.issue.opened" });
    const { event, lane } = await one({ ...foreign, subject: "item/7" }, cloudEvents);
    expect(event).toMatchObject({ kind: "platform.event", type: "com.example.sold", raw: foreign });
    expect(lane).toBe("http/main/item%2f7");
  });

  it("come in batches", async () => {
    const batch = { "content-type": "application/cloudevents-batch+json" };
    const deliveries = await receive([foreign, { ...foreign, id: "2" }], batch);
    expect(deliveries.map(({ id }) => id)).toEqual(["/shop 1", "/shop 2"]);
    expect(await receive([], batch)).toEqual([]);
    await expect(receive([foreign, {}], batch)).rejects.toMatchObject({ code: "wire.malformed" });
    await expect(receive(foreign, batch)).rejects.toMatchObject({ code: "wire.malformed" });
  });

  it("have their attributes in headers in binary mode, and any data", async () => {
    const headers = { "ce-specversion": "1.0", "ce-id": "1", "ce-source": "/shop", "ce-type": "t", "ce-subject": "K%C3%A4se %" };
    const event = async (body: string, type: string): Promise<unknown> =>
      (await one(body, { ...headers, ...(type && { "content-type": type }) })).event.raw;
    expect(await event("[1]", "application/vnd.shop+json; charset=utf-8")).toMatchObject({ data: [1], subject: "K%C3%A4se %" });
    expect(await event("hello", "text/plain")).toMatchObject({ data: "hello", datacontenttype: "text/plain" });
    expect(await event("\u0001\u0002", "image/png")).toMatchObject({ data_base64: "AQI=" });
    expect(await event("", "")).not.toHaveProperty("data");
    const named = await one("1", { ...headers, "content-type": "application/json", "ce-subject": "K%C3%A4se" });
    expect(named.event.conversation.address.room).toBe("Käse");
    await expect(receive("{", { ...headers, "content-type": "application/json" })).rejects.toMatchObject({
      code: "wire.malformed",
    });
    await expect(receive("1", { "ce-specversion": "1.0" })).rejects.toThrow(/http: its ce- headers/);
  });

  it("that are none are refused when they are announced", async () => {
    await expect(receive({ type: "x" }, cloudEvents)).rejects.toMatchObject({ code: "wire.malformed" });
    await expect(receive({ ...foreign, specversion: "0.3" }, cloudEvents)).rejects.toMatchObject({ code: "wire.malformed" });
    expect(await typeOf({ ...foreign, specversion: "0.3" })).toBe("com.example.sold");
  });
});
