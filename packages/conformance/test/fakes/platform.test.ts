import { describe, expect, it } from "vitest";
import type { Outgoing, VerifiedRequest } from "@devflow/gateway/contract";
import { fakeContext, fakePlatform, type FakeAnswer } from "@devflow/conformance";

const to = { platform: "fake", account: "main", room: "general" };
const post = (key: string, text = "hi"): Outgoing => ({ key, kind: "message.post", to, body: { text }, attempt: 1 });

describe("fakePlatform", () => {
  it("refuses what is not signed, and never without a secret", async () => {
    const fake = fakePlatform();
    const context = fakeContext();
    const verifier = fake.transports.webhook?.verifier;
    expect(await verifier?.verify(fake.rawRequest({}), context)).toEqual({ proven: true });
    expect(await verifier?.verify(fake.rawRequest({}, { secret: "other" }), context)).toMatchObject({ proven: false });
    expect(await verifier?.verify(fake.rawRequest({}, { body: "{}" }), context)).toMatchObject({ proven: false });
    const bare = fakePlatform({ secrets: [] });
    expect(await bare.transports.webhook?.verifier.verify(bare.rawRequest({}), context)).toMatchObject({ proven: false });
  });

  it("turns one delivery into events with ids of their own", () => {
    const fake = fakePlatform();
    const request = fake.rawRequest({ id: "d", text: "one", also: [{ text: "two" }, { type: "weather.changed" }] });
    const reception = fake.transports.webhook?.receive(request as VerifiedRequest, fakeContext());
    const { deliveries } = reception as Awaited<typeof reception> & { deliveries: [] };
    const events = fake.normalizer.normalize(deliveries, undefined);
    expect(events.map(({ id, kind }) => [id, kind])).toEqual([
      ["fake:d", "message.created"],
      ["fake:d#1", "message.created"],
      ["fake:d#2", "platform.event"],
    ]);
  });

  it.each<[FakeAnswer, object]>([
    [
      { status: 429, retryAfterMs: 7000 },
      { code: "rate.limited", retryable: true, retryAfterMs: 7000 },
    ],
    [{ status: 503 }, { code: "platform.failed", retryable: true }],
    [{ status: 401 }, { code: "auth.failed", retryable: false }],
    ["reset", { code: "network.failed", retryable: true }],
    [{ code: "stream.expired" }, { code: "stream.expired", retryable: false }],
    [{ throws: new RangeError("odd") }, { name: "RangeError" }],
  ])("answers by its script: %j", async (answer, expected) => {
    const fake = fakePlatform();
    fake.script(answer);
    await expect(fake.sender.send(post("k"), fakeContext())).rejects.toMatchObject(expected);
    expect(fake.messages).toHaveLength(0);
    await fake.sender.send(post("k"), fakeContext());
    expect(fake.texts()).toEqual(["hi"]);
  });

  it("makes a double of a lost answer, unless it honours keys", async () => {
    for (const [honoursKeys, doubles] of [
      [false, 1],
      [true, 0],
    ] as const) {
      const fake = fakePlatform({ honoursKeys });
      fake.script("lost");
      await expect(fake.sender.send(post("k"), fakeContext())).rejects.toMatchObject({ code: "network.failed" });
      await fake.sender.send(post("k"), fakeContext());
      expect(fake.doubles).toBe(doubles);
      expect(fake.calls).toHaveLength(2);
    }
  });

  it("hangs until the caller gives up", async () => {
    const fake = fakePlatform();
    const caller = new AbortController();
    fake.script("hang");
    const sending = fake.sender.send(post("k"), fakeContext({ signal: caller.signal }));
    caller.abort();
    await expect(sending).rejects.toMatchObject({ code: "network.failed" });
  });

  it("sends frames again until they are acknowledged, and notices silence", async () => {
    const fake = fakePlatform({ connection: true });
    const { connection } = fake.transports;
    const context = fakeContext();
    const seen: string[] = [];
    fake.line.push({ id: "one" });
    const failing = connection?.run(
      "main",
      () => Promise.reject(new Error("store is down")),
      context,
      () => {},
    );
    await expect(failing).rejects.toThrow("store is down");
    expect(fake.line.acked).toEqual([]);

    const sink = async ({ deliveries }: { deliveries: readonly { id: string }[] }): Promise<{ status: number }> => {
      seen.push(...deliveries.map(({ id }) => id));
      return { status: 200 };
    };
    const line = connection?.run("main", sink, context, () => {}).catch((error: unknown) => error);
    await context.clock.settle();
    fake.line.push({ id: "two" });
    await context.clock.settle();
    expect(seen).toEqual(["one", "two"]);
    expect(fake.line.acked).toEqual(["one", "two"]);
    fake.line.fallSilent();
    await context.clock.advance(60_000);
    expect(await line).toMatchObject({ code: "network.failed" });
    expect(fake.line.open).toBe(0);
  });
});
