import { fakeContext, manualClock } from "@devflow/conformance";
import { afterEach, describe, expect, it } from "vitest";
import { discord } from "../../src/index.ts";
import { gatewayServer, type GatewayServer } from "../support/gateway-server.ts";
import { application, idAt, message, secrets } from "../support/index.ts";

let server: GatewayServer;
afterEach(async () => await server.close());

/** A line that has lost its session, and those that are dialled after it. */
async function lost() {
  server = await gatewayServer();
  const context = fakeContext({ platform: "discord", secrets, clock: manualClock() });
  const { connection } = discord({ apiUrl: server.url }).transports;
  const names: string[] = [];
  const dial = () => {
    const abort = new AbortController();
    let ups = 0;
    const done = Promise.resolve(
      connection?.run(
        application,
        async ({ deliveries }) => {
          names.push(...deliveries.map(({ id }) => id));
          return { status: 200 };
        },
        { ...context, signal: abort.signal },
        () => void ups++,
      ),
    ).catch((error: unknown) => error);
    return { abort, done, ups: () => ups };
  };
  const until = async (condition: () => boolean): Promise<void> => {
    while (!condition()) await context.clock.settle();
  };
  const line = dial();
  await until(() => line.ups() === 1);
  server.forget();
  server.send({ op: 9, d: false });
  await context.clock.until(() => line.ups() === 2);
  const lostAt = context.clock.now();
  const missed = (n: number): string => idAt(lostAt, n);
  const told = (count: number): readonly string[] =>
    Array.from({ length: count }, (_, n) => `${application}:MESSAGE_CREATE:${missed(n)}`);
  /** Tells of a server with one channel, in which a message was missed. */
  const arrive = (n: number, joined = "2025-01-01T00:00:00Z"): void => {
    const channels = [{ id: `40000000000000010${n}`, last_message_id: missed(n) }];
    server.dispatch("GUILD_CREATE", { id: `50000000000000010${n}`, joined_at: joined, channels });
  };
  const page = (url: string) => {
    const [, n = ""] = /channels\/40000000000000010(\d)/.exec(url) ?? [];
    return { body: [message({ id: missed(Number(n)) })] };
  };
  return { context, dial, line, until, names, told, missed, lostAt, arrive, page };
}

describe("what was missed while no session was there", () => {
  it("is fetched of one server after the other: all at once, Discord would refuse most", async () => {
    const { context, line, until, names, told, arrive, page } = await lost();
    let asking = 0;
    let most = 0;
    server.history = async (url) => {
      most = Math.max(most, ++asking);
      await context.clock.settle();
      asking--;
      return page(url);
    };
    for (let n = 0; n < 8; n++) arrive(n);
    await until(() => names.length === 8);
    expect([names, most]).toEqual([told(8), 1]);
    line.abort.abort();
    await line.done;
  });

  it("is fetched by the next line when this one ends before it is told", async () => {
    const { context, dial, line, until, names, told, arrive, page } = await lost();
    const waiting = told(1);
    server.history = () => new Promise(() => {});
    arrive(0);
    await until(() => server.calls.some(({ url }) => url.includes("/messages?")));
    server.dispatch("TYPING_START", { channel_id: "400000000000000100", user_id: "1" });
    await until(() => names.some((name) => name.includes("TYPING_START")));
    line.abort.abort();
    await line.done;
    const second = dial();
    await context.clock.until(() => second.ups() === 1);
    server.history = async (url) => page(url);
    arrive(0);
    await until(() => names.length > 1);
    expect(names.slice(1)).toEqual(waiting);
    second.abort.abort();
    await second.done;
  });

  it("is no reason to give up a session once it is told", async () => {
    const { context, dial, line, until, names, told, arrive, page } = await lost();
    server.history = async (url) => page(url);
    arrive(0);
    await until(() => context.remembered.get(`session/${application}`)?.value.includes('"seq":2') === true);
    expect(names).toEqual(told(1));
    server.drop(4000);
    await line.done;
    // A server whose news the first line did not get to hear.
    arrive(1);
    const second = dial();
    await until(() => second.ups() === 1 && names.length === 2);
    expect([server.count(2), server.count(6)]).toEqual([2, 1]);
    second.abort.abort();
    await second.done;
  });

  it("is not what was said in a server before we came into it", async () => {
    const { context, line, until, names, told, arrive, page } = await lost();
    const asked: string[] = [];
    server.history = async (url) => (asked.push(url), page(url));
    await context.clock.advance(60_000);
    arrive(0, new Date(context.clock.now()).toISOString());
    arrive(1);
    await until(() => names.includes(told(2)[1] ?? ""));
    expect(asked).toHaveLength(1);
    line.abort.abort();
    await line.done;
  });

  it("is the newest of a channel where more was said than is asked for", async () => {
    const { line, until, names, told, missed, arrive } = await lost();
    // Given `after`, Discord answers with the messages that follow it, the oldest there are.
    server.history = async (url) => {
      const query = new URL(url, "http://discord").searchParams;
      const all = Array.from({ length: 150 }, (_, n) => message({ id: missed(n) }));
      const count = Number(query.get("limit"));
      return { body: (query.has("after") ? all.slice(0, count) : all.slice(-count)).toReversed() };
    };
    arrive(0);
    await until(() => names.length > 0);
    expect(names).toEqual(told(150).slice(50));
    line.abort.abort();
    await line.done;
  });

  it("is nothing that was said before the line broke off", async () => {
    const { line, until, names, told, lostAt, arrive, page } = await lost();
    server.history = async (url) => ({ body: [...page(url).body, message({ id: idAt(lostAt - 60_000) })] });
    arrive(0);
    await until(() => names.length > 0);
    expect(names).toEqual(told(1));
    line.abort.abort();
    await line.done;
  });
});
