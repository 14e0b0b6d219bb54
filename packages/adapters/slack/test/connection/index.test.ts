import { afterEach, describe, expect, it } from "vitest";
import type { Reception, WireResponse } from "@devflow/gateway/contract";
import { slack } from "../../src/index.ts";
import { envelope, message, read, world } from "../support/index.ts";
import { socketServer, type SocketServer } from "../support/socket-server.ts";

const appToken = "xapp-1-A0001-123-abc";
let server: SocketServer;

afterEach(async () => await server.close());

/** A line that is held until the test lets go. */
function hold(sink: (reception: Reception) => Promise<WireResponse> = async () => ({ status: 200 })) {
  const abort = new AbortController();
  const context = world({ signal: abort.signal });
  const received: Reception[] = [];
  let ups = 0;
  const connection = slack({ apiUrl: server.url, appToken }).transports.connection;
  const run = connection?.run(
    "A0001",
    async (reception) => {
      received.push(reception);
      return await sink(reception);
    },
    context,
    () => void ups++,
  );
  const over = { state: "open", error: undefined as unknown };
  const done = Promise.resolve(run).then(
    () => void (over.state = "resolved"),
    (error: unknown) => {
      over.state = "rejected";
      over.error = error;
    },
  );
  return { context, received, abort, over, done, ups: () => ups };
}

const event = (id: string, inner: object = message(), rest: object = {}) => ({
  type: "events_api",
  envelope_id: id,
  payload: envelope(inner),
  accepts_response_payload: false,
  ...rest,
});
const acks = () => server.said.map(({ frame }) => (frame as { envelope_id: string }).envelope_id);

describe("lines", () => {
  it("are one for the app where there is an app-level token, and none without", async () => {
    server = await socketServer();
    const lines = (options: object, secrets = {}) => slack(options).transports.connection?.lines(world({ secrets }));
    expect(await lines({})).toEqual([]);
    expect(await lines({ appToken })).toEqual(["A0001"]);
    expect(await lines({}, { APP_TOKEN: "xapp-odd" })).toEqual(["app"]);
  });
});

describe("Socket Mode", () => {
  it("acknowledges an event once it is durable, and not before", async () => {
    server = await socketServer();
    let durable = (_: WireResponse): void => {};
    const line = hold(async () => await new Promise((resolve) => void (durable = resolve)));
    await server.when(() => server.sockets.length === 1);
    expect(server.tokens).toEqual([`Bearer ${appToken}`]);
    server.send(0, event("e1"));
    while (line.received.length === 0) await line.context.clock.settle();
    await line.context.clock.settle();
    expect(acks()).toEqual([]);
    durable({ status: 200 });
    await server.when(() => acks().length === 1);
    expect(server.said).toEqual([{ socket: 0, frame: { envelope_id: "e1" } }]);
    expect(line.ups()).toBe(1);
    const [event1] = read(line.received[0]?.deliveries ?? []);
    expect(event1).toMatchObject({ id: "slack:msg:T0001:C0001:1767225600.000100", kind: "message.created" });
    line.abort.abort();
    await line.done;
    expect(line.over.state).toBe("resolved");
  });

  it("answers commands and forms through the acknowledgement", async () => {
    server = await socketServer();
    const line = hold(async ({ question }) => question?.respond({ errors: { a: "no" } }).response ?? { status: 200 });
    await server.when(() => server.sockets.length === 1);
    const view = {
      type: "view_submission",
      team: { id: "T0001" },
      user: { id: "U1" },
      trigger_id: "t",
      view: { callback_id: "f", state: { values: {} } },
    };
    server.send(0, { type: "interactive", envelope_id: "i1", payload: view, accepts_response_payload: true });
    server.send(0, {
      type: "slash_commands",
      envelope_id: "c1",
      payload: { command: "/go", team_id: "T0001", channel_id: "C1", trigger_id: "u" },
      accepts_response_payload: true,
    });
    await server.when(() => acks().length === 2);
    expect(server.said.map(({ frame }) => frame)).toEqual([
      { envelope_id: "i1", payload: { response_action: "errors", errors: { a: "no" } } },
      { envelope_id: "c1" },
    ]);
    expect(line.received.map(({ deliveries }) => deliveries[0]?.via)).toEqual(["interaction", "command"]);
    expect(line.received.every(({ deliveries }) => deliveries[0]?.interactive)).toBe(true);
    line.abort.abort();
    await line.done;
  });

  it("lesson 3: takes what Slack sends again, and leaves unacknowledged what could not be stored", async () => {
    server = await socketServer();
    let stored = false;
    const line = hold(async () => {
      if (stored) return { status: 200 };
      throw new Error("disk full");
    });
    await server.when(() => server.sockets.length === 1);
    server.send(0, event("e1"));
    while (line.received.length === 0) await line.context.clock.settle();
    stored = true;
    server.send(0, event("e2", message(), { retry_attempt: 1, retry_reason: "timeout" }));
    await server.when(() => acks().length === 1);
    expect(acks()).toEqual(["e2"]);
    const ids = line.received.map(({ deliveries }) => deliveries[0]?.id);
    expect(ids[1]).toBe(ids[0]);
    expect(line.over.state).toBe("open");
    line.abort.abort();
    await line.done;
  });

  it("opens the next socket before it closes the old, and loses nothing between them", async () => {
    server = await socketServer();
    const waiting: (() => void)[] = [];
    const line = hold(async () => await new Promise((resolve) => void waiting.push(() => resolve({ status: 200 }))));
    await server.when(() => server.sockets.length === 1);
    server.send(0, event("old"));
    while (line.received.length < 1) await line.context.clock.settle();
    server.send(0, { type: "disconnect", reason: "warning" });
    server.send(0, { type: "disconnect", reason: "refresh_requested" });
    await server.when(() => server.sockets.length === 2);
    server.send(1, event("new", message({ ts: "2.000100" })));
    while (line.received.length < 2) await line.context.clock.settle();
    expect(server.sockets[0]?.readyState).toBe(1);
    for (const release of waiting) release();
    await server.when(() => acks().length === 2);
    expect(server.said).toEqual(
      expect.arrayContaining([
        { socket: 0, frame: { envelope_id: "old" } },
        { socket: 1, frame: { envelope_id: "new" } },
      ]),
    );
    await server.when(() => server.sockets[0]?.readyState === 3);
    expect([line.over.state, line.ups(), server.sockets.length]).toEqual(["open", 1, 2]);
    line.abort.abort();
    await line.done;
  });

  it("keeps the old socket while the next cannot be opened, and gives up when it ends too", async () => {
    server = await socketServer();
    const line = hold();
    await server.when(() => server.sockets.length === 1);
    server.answer = { ok: false, error: "internal_error" };
    server.send(0, { type: "disconnect", reason: "warning" });
    await server.when(() => server.tokens.length === 2);
    server.send(0, event("late"));
    await server.when(() => acks().length === 1);
    server.sockets[0]?.close();
    await line.done;
    expect(line.over.error).toMatchObject({ code: "network.failed", retryable: true });
  });

  it("stays with the old socket when the next one dies before its hello", async () => {
    server = await socketServer();
    const line = hold();
    await server.when(() => server.sockets.length === 1);
    while (line.ups() === 0) await line.context.clock.settle();
    server.mute = true;
    server.send(0, { type: "disconnect", reason: "warning" });
    await server.when(() => server.sockets.length === 2);
    server.sockets[1]?.terminate();
    await server.when(() => server.sockets[1]?.readyState === 3);
    await line.context.clock.settle();
    server.mute = false;
    server.send(0, event("still"));
    await server.when(() => acks().length === 1);
    server.send(0, { type: "disconnect", reason: "warning" });
    await server.when(() => server.sockets.length === 3);
    await server.when(() => server.sockets[0]?.readyState === 3);
    expect(line.over.state).toBe("open");
    line.abort.abort();
    await line.done;
  });

  it("rejects when the line dies", async () => {
    server = await socketServer();
    const line = hold();
    await server.when(() => server.sockets.length === 1);
    server.sockets[0]?.terminate();
    await line.done;
    expect(line.over.error).toMatchObject({ code: "network.failed", retryable: true, platform: "slack" });
  });

  it("rejects when the line looks alive and is deaf", async () => {
    server = await socketServer({ pong: false });
    const line = hold();
    await server.when(() => server.sockets.length === 1);
    while (line.ups() === 0) await line.context.clock.settle();
    await line.context.clock.advance(25_000);
    expect(line.over.state).toBe("open");
    await line.context.clock.advance(10_000);
    await line.done;
    expect(line.over.error).toMatchObject({ code: "network.failed", message: expect.stringContaining("silent") });
    expect(line.context.clock.pending).toBe(0);
  });

  it("stays while pings are answered", async () => {
    server = await socketServer();
    const line = hold();
    await server.when(() => server.sockets.length === 1);
    while (line.ups() === 0) await line.context.clock.settle();
    for (let step = 0; step < 30; step++) {
      const pinged = new Promise((resolve) => server.sockets[0]?.once("ping", resolve));
      await line.context.clock.advance(5_000);
      await pinged;
      await line.context.clock.settle();
    }
    expect(line.over.state).toBe("open");
    line.abort.abort();
    await line.done;
  });

  it("rejects for good when Socket Mode is switched off or the token is refused", async () => {
    server = await socketServer();
    const off = hold();
    await server.when(() => server.sockets.length === 1);
    server.send(0, { type: "disconnect", reason: "link_disabled" });
    await off.done;
    expect(off.over.error).toMatchObject({ code: "auth.failed", retryable: false });
    server.answer = { ok: false, error: "invalid_auth" };
    const refused = hold();
    await refused.done;
    expect(refused.over.error).toMatchObject({ code: "auth.failed", retryable: false });
    expect(JSON.stringify(refused.over.error)).not.toContain("xapp-1");
  });

  it("survives frames that are none", async () => {
    server = await socketServer();
    const line = hold();
    await server.when(() => server.sockets.length === 1);
    for (const frame of [
      "{",
      "null",
      "[]",
      '{"type":"constructor"}',
      '{"type":"events_api"}',
      '{"type":"events_api","envelope_id":"x","payload":null}',
    ])
      server.send(0, frame);
    server.send(0, event("e1"));
    await server.when(() => acks().length === 1);
    expect(line.over.state).toBe("open");
    line.abort.abort();
    await line.done;
  });

  it("lets go only when what was received is durable", async () => {
    server = await socketServer();
    let durable = (_: WireResponse): void => {};
    const line = hold(async () => await new Promise((resolve) => void (durable = resolve)));
    await server.when(() => server.sockets.length === 1);
    server.send(0, event("e1"));
    while (line.received.length === 0) await line.context.clock.settle();
    line.abort.abort();
    await line.context.clock.settle();
    expect(line.over.state).toBe("open");
    durable({ status: 200 });
    await line.done;
    await server.when(() => acks().length === 1);
    expect(line.over.state).toBe("resolved");
  });

  it("does not begin what nobody waits for", async () => {
    server = await socketServer();
    const abort = new AbortController();
    abort.abort();
    await slack({ apiUrl: server.url, appToken }).transports.connection?.run(
      "A0001",
      async () => ({ status: 200 }),
      world({ signal: abort.signal }),
      () => {},
    );
    expect(server.tokens).toEqual([]);
  });
});
