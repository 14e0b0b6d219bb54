import { fakeContext, manualClock } from "@devflow/conformance";
import type { Reception, WireResponse } from "@devflow/gateway/contract";
import { afterEach, describe, expect, it } from "vitest";
import { discord, type DiscordOptions } from "../../src/index.ts";
import { gatewayServer, type GatewayServer } from "../support/gateway-server.ts";
import { freePort } from "../support/port.ts";
import { application, guild, idAt, interaction, message, room, secrets, token } from "../support/index.ts";

let server: GatewayServer;
afterEach(async () => await server.close());

type Take = (reception: Reception) => Promise<WireResponse>;

/** A bot's line, dialled again as the core does it, over one memory. */
function bot(options: DiscordOptions = {}, take: Take = async () => ({ status: 200 })) {
  const context = fakeContext({ platform: "discord", secrets, clock: manualClock() });
  const adapter = discord({ apiUrl: server.url, ...options });
  const names: string[] = [];
  const dial = (name = application) => {
    const abort = new AbortController();
    let ups = 0;
    const done = Promise.resolve(
      adapter.transports.connection?.run(
        name,
        async (reception) => {
          const response = await take(reception);
          names.push(...reception.deliveries.map(({ id }) => id));
          return response;
        },
        { ...context, signal: abort.signal },
        () => void ups++,
      ),
    );
    const outcome = done.then(
      () => undefined,
      (error: unknown) => error,
    );
    return { abort, outcome, ups: () => ups };
  };
  const until = async (condition: () => boolean): Promise<void> => {
    while (!condition()) await context.clock.settle();
  };
  return { adapter, context, dial, names, until };
}

const said = (n: number): object => message({ id: `60000000000000000${n}` });
const idOf = (n: number): string => `${application}:MESSAGE_CREATE:60000000000000000${n}`;

describe("lines", () => {
  it("are one for a bot, one for each shard, and none without a token", async () => {
    server = await gatewayServer();
    const lines = (options: DiscordOptions) =>
      discord({ apiUrl: server.url, ...options }).transports.connection?.lines(bot().context);
    expect(await lines({})).toEqual([application]);
    expect(await lines({ shards: 2 })).toEqual([`${application}:0/2`, `${application}:1/2`]);
    expect(await lines({ shards: "auto" })).toEqual([`${application}:0/2`, `${application}:1/2`]);
    expect(await lines({ gateway: false })).toEqual([]);
    expect(await discord().transports.connection?.lines(fakeContext({ platform: "discord" }))).toEqual([]);
  });
});

describe("the Gateway", () => {
  it("identifies with token, intents and shard, and is up when Discord is ready", async () => {
    server = await gatewayServer();
    const { dial, until } = bot({ intents: 513 });
    const line = dial(`${application}:1/2`);
    await until(() => line.ups() === 1);
    expect(server.said[0]?.frame).toMatchObject({ op: 2, d: { token, intents: 513, shard: [1, 2] } });
    line.abort.abort();
    expect(await line.outcome).toBeUndefined();
  });

  it("delivers every event once, over drops, resumptions, lost sessions and silence", async () => {
    server = await gatewayServer();
    const { dial, until, names, context } = bot();
    const first = dial();
    await until(() => first.ups() === 1);
    server.dispatch("MESSAGE_CREATE", said(1));
    await until(() => names.length === 1);

    server.drop(4000);
    expect(await first.outcome).toMatchObject({ code: "network.failed", retryable: true });
    server.dispatch("MESSAGE_CREATE", said(2));
    const second = dial();
    await until(() => second.ups() === 1 && names.length === 2);
    expect(server.count(6)).toBe(1);

    server.send({ op: 7, d: null });
    await until(() => second.ups() === 2);
    server.dispatch("MESSAGE_CREATE", said(3));
    await until(() => names.length === 3);
    expect(server.count(6)).toBe(2);

    server.deaf = true;
    const silence = context.clock.until(() => server.sockets.at(-1)?.readyState === 3, 200_000).catch(() => undefined);
    expect(await second.outcome).toMatchObject({ code: "network.failed", retryable: true });
    await silence;
    server.deaf = false;
    server.dispatch("MESSAGE_CREATE", said(4));
    const third = dial();
    await until(() => third.ups() === 1 && names.length === 4);

    server.forget();
    server.send({ op: 9, d: false });
    await context.clock.until(() => server.count(2) === 2, 60_000);
    await until(() => third.ups() === 2);
    const [heard, missed] = [idAt(context.clock.now()), idAt(context.clock.now(), 1)];
    server.dispatch("MESSAGE_CREATE", message({ id: heard }));
    await until(() => names.length === 5);

    server.history = [message({ id: missed }), message({ id: heard })];
    const channels = [{ id: room.room, last_message_id: missed }, { id: "9", last_message_id: "1" }, { id: "8" }];
    server.dispatch("GUILD_CREATE", { id: guild, joined_at: "2025-01-01T00:00:00Z", channels });
    await until(() => names.length === 7);

    third.abort.abort();
    expect(await third.outcome).toBeUndefined();
    const told = [...[1, 2, 3, 4].map(idOf), ...[heard, missed].map((known) => `${application}:MESSAGE_CREATE:${known}`)];
    expect([...new Set(names)]).toEqual(told);
    expect(server.calls.filter(({ url }) => url.includes("/messages?")).map(({ url }) => url.split("?")[0])).toEqual([
      `/v10/channels/${room.room}/messages`,
    ]);
  });

  it("goes on from what is durable when the store could not take an event", async () => {
    server = await gatewayServer();
    let broken = true;
    const { dial, until, names } = bot({}, async () => {
      if (broken) throw new Error("the disk is full");
      return { status: 200 };
    });
    const first = dial();
    await until(() => first.ups() === 1);
    server.dispatch("MESSAGE_CREATE", said(1));
    server.dispatch("MESSAGE_CREATE", said(2));
    expect(await first.outcome).toMatchObject({ message: "the disk is full" });
    expect(names).toEqual([]);
    broken = false;
    const second = dial();
    await until(() => names.length === 2);
    expect(names).toEqual([idOf(1), idOf(2)]);
    second.abort.abort();
    await second.outcome;
  });

  it("hangs up so that the session lives on, and takes it up after a restart", async () => {
    server = await gatewayServer();
    const { dial, until, context } = bot();
    const first = dial();
    await until(() => first.ups() === 1);
    let code = 0;
    server.sockets[0]?.once("close", (closed: number) => void (code = closed));
    first.abort.abort();
    await first.outcome;
    await until(() => code !== 0);
    expect([1000, 1001]).not.toContain(code);
    const again = discord({ apiUrl: server.url }).transports.connection;
    const abort = new AbortController();
    let up = false;
    const run = again?.run(
      application,
      async () => ({ status: 200 }),
      { ...context, signal: abort.signal },
      () => void (up = true),
    );
    await until(() => up);
    expect(server.count(6)).toBe(1);
    abort.abort();
    await run;
  });

  it("takes a session up where new ones are opened when nobody is where Discord said to go on", async () => {
    server = await gatewayServer();
    server.resumeAt = `ws://127.0.0.1:${await freePort()}`;
    const { dial, until, names } = bot();
    const first = dial();
    await until(() => first.ups() === 1);
    server.dispatch("MESSAGE_CREATE", said(1));
    await until(() => names.length === 1);
    server.drop(4000);
    await first.outcome;
    server.dispatch("MESSAGE_CREATE", said(2));
    expect(await dial().outcome).toMatchObject({ code: "network.failed", retryable: true });
    const third = dial();
    await until(() => third.ups() === 1 && names.length === 2);
    expect([server.count(2), server.count(6)]).toEqual([1, 1]);
    third.abort.abort();
    await third.outcome;
  });

  it.each([
    [4004, "auth.failed"],
    [4011, "options.invalid"],
    [4014, "options.invalid"],
  ])("says what is wrong when Discord closes with %i", async (code, expected) => {
    server = await gatewayServer();
    server.refuse = (socket) => socket.close(code);
    const error = await bot().dial().outcome;
    expect(error).toMatchObject({ code: expected, retryable: false });
    expect(String(error)).not.toContain(token);
  });

  it("stops a process whose line another one holds", async () => {
    server = await gatewayServer();
    const { dial, until, context } = bot();
    const line = dial();
    await until(() => line.ups() === 1);
    await until(() => context.remembered.has(`session/${application}`));
    await context.memory.set(`session/${application}`, { lostAt: 9 });
    server.dispatch("MESSAGE_CREATE", said(1));
    expect(await line.outcome).toMatchObject({ code: "connection.conflict" });
  });

  it("opens one session in five seconds, and none when Discord takes no more", async () => {
    server = await gatewayServer();
    const { dial, until, context } = bot();
    const lines = [dial(`${application}:0/2`), dial(`${application}:1/2`)];
    await until(() => server.sockets.length === 2 && server.count(2) === 1);
    await context.clock.advance(5_000);
    await until(() => server.count(2) === 2);
    for (const { abort } of lines) abort.abort();
    await Promise.all(lines.map(({ outcome }) => outcome));
    server.remaining = 0;
    expect(await dial(`${application}:0/9`).outcome).toMatchObject({ code: "rate.limited", retryAfterMs: 60_000 });
  });

  it("beats when asked to, and leaves what is no frame alone", async () => {
    server = await gatewayServer();
    const { dial, until } = bot();
    const line = dial();
    await until(() => line.ups() === 1);
    server.sockets[0]?.send("not json");
    server.send({ op: 1, d: null });
    await until(() => server.count(1) === 1);
    expect(server.said.at(-1)?.frame.d).toBe(1);
    line.abort.abort();
    await line.outcome;
  });
});

describe("interactions over the Gateway", () => {
  it("are deferred by a request of ours after two seconds", async () => {
    server = await gatewayServer();
    const { dial, until, context, names } = bot();
    const line = dial();
    await until(() => line.ups() === 1);
    server.dispatch("INTERACTION_CREATE", interaction(2, { name: "deploy", type: 1 }));
    await until(() => names.length === 1);
    expect(server.calls.filter(({ url }) => url.includes("/callback"))).toEqual([]);
    await context.clock.advance(2_000);
    await until(() => server.calls.some(({ url }) => url.includes("/callback")));
    expect(server.calls.at(-1)).toMatchObject({ method: "POST", body: { type: 5 } });
    line.abort.abort();
    await line.outcome;
  });

  it("answer a person who types with choices", async () => {
    server = await gatewayServer();
    const { dial, until } = bot({}, async ({ question }) => {
      return question?.respond({ options: [{ label: "Prod", value: "prod" }] }).response ?? { status: 200 };
    });
    const line = dial();
    await until(() => line.ups() === 1);
    const options = [{ name: "env", type: 3, value: "pr", focused: true }];
    server.dispatch("INTERACTION_CREATE", interaction(4, { name: "deploy", options }));
    await until(() => server.calls.some(({ url }) => url.includes("/callback")));
    expect(server.calls.at(-1)?.body).toEqual({ type: 8, data: { choices: [{ name: "Prod", value: "prod" }] } });
    line.abort.abort();
    await line.outcome;
  });
});
