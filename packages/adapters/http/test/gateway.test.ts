import { fakeLogger, fakePlatform, manualClock, scriptedServer } from "@devflow/conformance";
import { createGateway, type Event, type Observation } from "@devflow/gateway";
import { serve } from "@devflow/gateway/node";
import { memoryStore } from "@devflow/gateway/memory";
import { describe, expect, it } from "vitest";
import { forward, http } from "../src/index.ts";
import { secret, signed } from "./support/requests.ts";

declare module "@devflow/gateway/contract" {
  interface EventMap {
    "order.paid": { readonly order: string };
  }
}

type Answer = (request: Request) => Promise<Response> | Response;

/** A gateway on a clock of its own, whose endpoints are functions. */
function station(name: string, answers: Readonly<Record<string, Answer>>, clock = manualClock()) {
  const endpoints = Object.fromEntries(
    Object.keys(answers).map((to) => [to, { url: `https://${to}.example/webhooks/http`, secret }]),
  );
  const seen: Observation[] = [];
  const gateway = createGateway({
    adapters: [fakePlatform(), http({ secret, endpoints })],
    store: memoryStore({ clock }),
    clock,
    log: fakeLogger(),
    observe: (step) => seen.push(step),
    fetch: async (input, init) => {
      const request = new Request(input instanceof Request ? input : String(input), init);
      const answer = answers[new URL(request.url).hostname.split(".")[0] ?? ""];
      if (!answer) throw new TypeError(`${name} called ${request.url}`);
      return answer(request);
    },
  });
  return { gateway, clock, seen };
}

const fake = fakePlatform();
const hear = (payload: Parameters<typeof fake.request>[0], clock: { now(): number }): Request =>
  fake.request(payload, { timestamp: clock.now() });

describe("a gateway that forwards", () => {
  it("tells an endpoint of each event, once, in the order of its conversation, through an outage", async () => {
    const got: { room: string; text: string; id: string | null }[] = [];
    let down = true;
    const { gateway, clock, seen } = station("a", {
      audit: async (request) => {
        if (down) return new Response(null, { status: 500 });
        const { subject, data } = (await request.json()) as { subject: string; data: { message: { text: string } } };
        got.push({ room: subject, text: data.message.text, id: request.headers.get("webhook-id") });
        return new Response(null, { status: 204 });
      },
    });
    gateway.on("message.*", forward("audit"));
    await gateway.start();
    for (const n of [1, 2, 3, 4]) for (const room of ["x", "y"]) await gateway.fetch(hear({ room, text: `${room}${n}` }, clock));
    await clock.until(() => seen.some(({ step }) => step === "breaker.opened"));
    down = false;
    await clock.until(() => got.length === 8);
    await gateway.drain();
    for (const room of ["x", "y"])
      expect(got.filter((one) => one.room === `fake/main/${room}`).map(({ text }) => text)).toEqual(
        [1, 2, 3, 4].map((n) => room + n),
      );
    expect(new Set(got.map(({ id }) => id)).size).toBe(8);
    await gateway.stop();
  });

  it("waits as long as an endpoint says, and puts aside what it will never take, to be replayed", async () => {
    const calls: number[] = [];
    let answer = new Response(null, { status: 429, headers: { "retry-after": "120" } });
    const { gateway, clock, seen } = station("a", {
      audit: () => {
        calls.push(clock.now());
        return answer.clone();
      },
    });
    gateway.on("message.created", forward("audit"));
    await gateway.fetch(hear({ text: "hi" }, clock));
    await clock.until(() => calls.length === 1);
    answer = new Response(null, { status: 410 });
    await clock.until(() => seen.some(({ step }) => step === "operation.dead"));
    expect((calls[1] ?? 0) - (calls[0] ?? 0)).toBeGreaterThanOrEqual(120_000);
    const [letter] = await gateway.deadLetters.list({ queue: "outbox-http" });
    expect(letter).toMatchObject({ reason: "target.gone" });
    answer = new Response(null, { status: 200 });
    await gateway.deadLetters.replay([letter?.id ?? ""]);
    await clock.until(() => seen.some(({ step }) => step === "operation.sent"));
    expect(calls).toHaveLength(3);
    await gateway.stop();
  });

  it("hands another gateway its events, own kinds and work included, and does not go round in circles with it", async () => {
    const clock = manualClock();
    let passed = 0;
    const a: ReturnType<typeof station> = station("a", { b: (request) => (passed++, b.gateway.fetch(request)) }, clock);
    const b: ReturnType<typeof station> = station("b", { a: (request) => (passed++, a.gateway.fetch(request)) }, clock);
    const [onA, onB]: [Event[], Event[]] = [[], []];
    a.gateway.on("*", (c) => onA.push(c.event)).on("*", forward("b"));
    b.gateway.on("*", (c) => onB.push(c.event)).on("*", forward("a"));
    b.gateway.on("order.paid", (c) => c.send({ platform: "fake", account: "main", room: "r" }, `paid ${c.event.order}`));
    await a.gateway.emit({ kind: "order.paid", order: "7", id: "o7" });
    await a.gateway.fetch(hear({ id: "m", text: "hi", room: "x" }, clock));
    await clock.until(() => onB.length === 2 && onA.length === 4);
    await clock.advance(60_000);
    expect(onB.map(({ id, kind, platform }) => [id, kind, platform])).toEqual([
      ["http:/app/main app:o7", "order.paid", "http"],
      ["http:/fake/main fake:m", "message.created", "http"],
    ]);
    // Back home once, known by its source and id; then it is known everywhere.
    expect(
      onA
        .filter(({ platform }) => platform === "http")
        .map(({ id }) => id)
        .toSorted(),
    ).toEqual(onB.map(({ id }) => id).toSorted());
    expect(passed).toBeLessThanOrEqual(6);
    const message = onB.find(({ kind }) => kind === "message.created");
    expect(message).toMatchObject({
      message: { text: "hi" },
      conversation: { address: { platform: "http", room: "fake/main/x" }, title: "x" },
    });
    expect(message?.raw).toMatchObject({ data: { conversation: { address: { platform: "fake", room: "x" } } } });
    await a.gateway.stop();
    await b.gateway.stop();
  });
});

describe("over real sockets", () => {
  it("takes a signed webhook once, refuses a forged one, and answers its endpoint", async () => {
    const endpoint = await scriptedServer(() => ({ status: 202 }));
    const sent: Observation[] = [];
    const gateway = createGateway({
      adapters: [http({ platform: "shop", secret, subject: "order", endpoints: { main: { url: endpoint.url, secret } } })],
      log: fakeLogger(),
      observe: (step) => sent.push(step),
    });
    const got: Event[] = [];
    gateway.on("shop:platform.event", { type: "order.paid" }, async (c) => {
      got.push(c.event);
      await c.reply(`Thanks for **${c.conversation.address.room}**`);
    });
    const served = await serve(gateway, { port: 0, host: "127.0.0.1" });
    const body = '{"type":"order.paid","order":"7"}';
    const deliver = async (headers: Record<string, string>): Promise<number> =>
      (await fetch(`http://127.0.0.1:${served.port}/webhooks/shop`, { method: "POST", headers, body })).status;
    const genuine = signed(body, Date.now());
    const called = endpoint.called();
    expect(await deliver(genuine)).toBe(200);
    expect(await deliver(genuine)).toBe(200);
    expect(await deliver({ ...genuine, "webhook-id": "msg_2" })).toBe(401);
    expect(await deliver(signed(body, Date.now() - 400_000))).toBe(401);
    expect(JSON.parse((await called).body)).toEqual({ type: "message", room: "7", text: "Thanks for **7**" });
    await gateway.drain();
    await served.close();
    expect(got).toHaveLength(1);
    expect(endpoint.calls).toHaveLength(1);
    expect(sent.filter(({ step }) => step === "delivery.duplicate")).toHaveLength(1);
    await endpoint.close();
  });
});
