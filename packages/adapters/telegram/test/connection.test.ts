import { getEventListeners } from "node:events";
import type { FakeContext } from "@devflow/conformance";
import type { Delivery, Sink } from "@devflow/gateway/contract";
import { beforeAll, describe, expect, it } from "vitest";
import { telegram } from "../src/index.ts";
import type { TelegramOptions } from "../src/options.ts";
import { fakeApi, refusal, token, type Call, type FakeApi } from "./support/api.ts";
import { ada, message } from "./support/updates.ts";

// Reading the SDK from disk takes real time, in which a clock that is moved by hand would run ahead.
beforeAll(async () => void (await import("node-telegram-bot-api")));

/** A line to a bot whose updates a test decides. */
interface Line {
  readonly api: FakeApi;
  readonly context: FakeContext;
  readonly taken: Delivery[];
  readonly polls: () => readonly Call["params"][];
  readonly offset: () => unknown;
  /** True once the line was up. */
  readonly isUp: () => boolean;
  push(...ids: readonly number[]): void;
  run(): Promise<void>;
  stop(): void;
}

interface LineOptions {
  readonly answer?: (call: Call, attempt: number) => unknown;
  readonly sink?: (deliveries: readonly Delivery[]) => Promise<void>;
  readonly options?: TelegramOptions;
}

const key = "offset/123456";

function line({ answer, sink, options = {} }: LineOptions = {}): Line {
  const waiting: { readonly update_id: number }[] = [];
  const caller = new AbortController();
  let wake = (): void => {};
  const taken: Delivery[] = [];
  let up = false;
  const api = fakeApi(async (call, attempt) => {
    if (call.method !== "getUpdates") return true;
    const given = answer?.(call, attempt);
    if (given !== undefined) return given;
    const from = Number(call.params.offset ?? 0);
    const due = (): object[] => waiting.filter(({ update_id }) => update_id >= from);
    if (due().length === 0 && call.params.timeout !== 0) await new Promise<void>((resolve) => (wake = resolve));
    return due();
  });
  const context = api.context({ signal: caller.signal });
  const take: Sink = async ({ deliveries }) => {
    await sink?.(deliveries);
    taken.push(...deliveries);
    return { status: 200 };
  };
  const connection = telegram(options).transports.connection;
  return {
    api,
    context,
    taken,
    polls: () => api.calls.filter(({ method }) => method === "getUpdates").map(({ params }) => params),
    offset: () => JSON.parse(context.remembered.get(key)?.value ?? "null") as unknown,
    isUp: () => up,
    push(...ids) {
      waiting.push(
        ...ids.map((update_id) => ({ update_id, message: message({ message_id: update_id, text: `m${update_id}` }) })),
      );
      wake();
    },
    run: async () => await connection?.run("123456", take, context, () => (up = true)),
    stop: () => caller.abort(),
  };
}

describe("lines", () => {
  const lines = async (options: TelegramOptions, secrets: Record<string, string> = {}): Promise<readonly string[] | undefined> =>
    await telegram(options).transports.connection?.lines(fakeApi().context({ secrets: { BOT_TOKEN: token, ...secrets } }));

  it("are dialled when no webhook is configured, or when asked for", async () => {
    expect(await lines({})).toEqual(["123456"]);
    expect(await lines({}, { WEBHOOK_SECRET: "opensesame" })).toEqual([]);
    expect(await lines({ webhookSecret: "opensesame" })).toEqual([]);
    expect(await lines({ webhookSecret: "opensesame", polling: true })).toEqual(["123456"]);
    expect(await lines({ polling: false })).toEqual([]);
  });

  it("without a token say how to get one", async () => {
    await expect(lines({}, { BOT_TOKEN: undefined as never })).rejects.toMatchObject({
      code: "secret.missing",
      message: expect.stringContaining("TELEGRAM_BOT_TOKEN"),
    });
  });
});

describe("long polling", () => {
  it("is up after a first poll that does not wait, and asks for what Telegram leaves out by default", async () => {
    const { run, stop, isUp, polls, context } = line();
    const running = run();
    await context.clock.until(() => isUp());
    await context.clock.settle();
    expect(polls()).toMatchObject([{ timeout: 0, limit: 100 }, { timeout: 30 }]);
    expect(polls()[0]?.allowed_updates).toEqual(
      expect.arrayContaining(["message", "message_reaction", "chat_member", "my_chat_member", "callback_query"]),
    );
    expect(polls()[0]).not.toHaveProperty("offset");
    stop();
    await running;
  });

  it("hands updates over in order and moves on", async () => {
    const { run, stop, push, taken, polls, offset, context } = line();
    push(10, 11);
    const running = run();
    await context.clock.until(() => polls().length === 2);
    push(12);
    await context.clock.until(() => polls().length === 3);
    expect(taken.map(({ id }) => id)).toEqual(["123456:10", "123456:11", "123456:12"]);
    expect(polls().map((params) => params.offset)).toEqual([undefined, 12, 13]);
    expect(offset()).toMatchObject({ next: 13 });
    stop();
    await running;
  });

  it("moves the offset only after the sink has taken the updates: what is not durable comes again", async () => {
    let refuse = true;
    const first = line({
      sink: async () => {
        if (refuse) throw new Error("the store is down");
      },
    });
    first.push(10);
    await expect(first.run()).rejects.toThrow("the store is down");
    expect(first.offset()).toBeNull();
    refuse = false;
    const running = first.run();
    await first.context.clock.until(() => first.taken.length === 1);
    expect(first.polls().at(1)).not.toHaveProperty("offset");
    first.stop();
    await running;
  });

  it("goes on after a restart where it was", async () => {
    const { run, stop, polls, context } = line();
    await context.memory.set(key, { next: 50, at: context.clock.now() });
    const running = run();
    await context.clock.until(() => polls().length >= 1);
    expect(polls()[0]?.offset).toBe(50);
    stop();
    await running;
  });

  it("forgets an offset of last week: Telegram's ids may have started anew", async () => {
    const { run, stop, polls, context } = line();
    await context.memory.set(key, { next: 50, at: context.clock.now() - 7 * 86_400_000 });
    const running = run();
    await context.clock.until(() => polls().length >= 1);
    expect(polls()[0]).not.toHaveProperty("offset");
    stop();
    await running;
  });

  it("M-7: a poller that lost its place to another does not move the offset back", async () => {
    const rival = { next: 99, at: 1 };
    const bench: Line = line({ sink: async () => void (await bench.context.memory.set(key, rival)) });
    bench.push(10);
    await expect(bench.run()).rejects.toMatchObject({ code: "connection.conflict", retryable: true });
    expect(bench.offset()).toEqual(rival);
  });

  it("ends quietly when it is told to, in the middle of a poll", async () => {
    const { run, stop, polls, context } = line();
    const running = run();
    await context.clock.until(() => polls().length === 2);
    stop();
    await expect(running).resolves.toBeUndefined();
    expect(context.clock.pending).toBe(0);
  });

  it("leaves nothing behind at the line's signal, however many polls it makes", async () => {
    const signals: AbortSignal[] = [];
    const caller = new AbortController();
    let left: unknown;
    const client = {
      getMe: async () => ({ id: 123456 }),
      getUpdates: async (_: object, signal: AbortSignal) => {
        left = signals.flatMap((past) => getEventListeners(past, "abort"));
        if (signals.push(signal) === 5) caller.abort();
        return [{ update_id: signals.length, message: message() }];
      },
    };
    const context = fakeApi().context({ signal: caller.signal });
    const connection = telegram({ client: client as never }).transports.connection;
    await connection?.run(
      "123456",
      async () => ({ status: 200 }),
      context,
      () => undefined,
    );
    expect(signals).toHaveLength(5);
    expect(left).toEqual([]);
  });

  it("notices a line that has fallen silent", async () => {
    const { run, polls, context } = line();
    const running = run();
    const failed = running.catch((error: unknown) => error);
    await context.clock.until(() => polls().length === 2);
    await context.clock.advance(30_000);
    expect(context.clock.pending).toBe(1);
    await context.clock.advance(15_000);
    expect(await failed).toMatchObject({ code: "network.failed", retryable: true, message: expect.stringContaining("silent") });
  });

  it("pauses when a server does not hold its polls open", async () => {
    const { run, stop, polls, context } = line({ answer: () => [] });
    const running = run();
    await context.clock.until(() => polls().length === 2);
    await context.clock.settle();
    expect(polls()).toHaveLength(2);
    await context.clock.advance(1_000);
    expect(polls()).toHaveLength(3);
    stop();
    await running;
  });

  it.each([
    [409, "Conflict: terminated by other getUpdates request", "connection.conflict"],
    [401, "Unauthorized", "auth.failed"],
    [429, "Too Many Requests", "rate.limited"],
    [502, "Bad Gateway", "platform.failed"],
  ])("rejects on %i, and was never up", async (status, said, code) => {
    const { run, isUp } = line({ answer: () => refusal(status, said) });
    await expect(run()).rejects.toMatchObject({ code });
    expect(isUp()).toBe(false);
  });

  it("stops the spinner of a pressed button after the press is durable, and survives Telegram's refusal", async () => {
    const order: string[] = [];
    const press = { update_id: 5, callback_query: { id: "q1", from: ada, message: message(), data: "x" } };
    const bench = line({
      answer: (_, attempt) => (attempt === 1 ? [press] : undefined),
      sink: async () =>
        void order.push(`stored, answered ${bench.api.calls.filter(({ method }) => method === "answerCallbackQuery").length}`),
    });
    const running = bench.run();
    await bench.context.clock.until(() => bench.api.calls.some(({ method }) => method === "answerCallbackQuery"));
    expect(order).toEqual(["stored, answered 0"]);
    expect(bench.api.calls.find(({ method }) => method === "answerCallbackQuery")?.params).toEqual({ callback_query_id: "q1" });
    bench.stop();
    await running;
  });

  it("asks for the kinds of update that the options name", async () => {
    const { run, stop, polls, context } = line({ options: { allowedUpdates: ["message"] } });
    const running = run();
    await context.clock.until(() => polls().length >= 1);
    expect(polls()[0]?.allowed_updates).toEqual(["message"]);
    stop();
    await running;
  });
});
