import type { HttpAnswer, HttpCall } from "@devflow/conformance";
import { describe, expect, it } from "vitest";
import type { MatrixOptions } from "../src/index.ts";
import { account, event, room, text } from "./support/events.ts";
import { bench, refusal, type Bench } from "./support/server.ts";
import { soon } from "./support/soon.ts";

const key = `since/${account}`;

interface Line extends Bench {
  readonly run: () => Promise<void>;
  readonly isUp: () => boolean;
  readonly since: () => unknown;
}

/** A line whose syncs answer one after the other; then they hang. */
async function line(
  syncs: readonly (object | HttpAnswer)[],
  other?: (call: HttpCall) => HttpAnswer | undefined,
  options?: MatrixOptions,
): Promise<Line> {
  const left = [...syncs];
  let up = false;
  const made: Bench = await bench((call) => {
    if (!call.url.includes("/v3/sync")) return other?.(call);
    const next = left.shift();
    if (next === undefined) return "hang";
    return "status" in next ? next : { body: next };
  }, options);
  const connection = made.adapter.transports.connection;
  return Object.assign(made, {
    run: async () => await connection?.run(account, made.sink, made.context, () => (up = true)),
    isUp: () => up,
    since: () => JSON.parse(made.context.remembered.get(key)?.value ?? "null") as unknown,
  });
}

const joined = (events: readonly object[], more: object = {}): object => ({
  rooms: { join: { [room]: { timeline: { events, ...more } } } },
});
const known = { next_batch: "s1", ...joined([]) };
const texts = ({ taken }: Bench): readonly unknown[] =>
  taken.map(({ body }) => (JSON.parse(body) as { event: { content: { body?: string } } }).event.content.body);

describe("lines", () => {
  it("are held by sync unless events are pushed, or when asked for", async () => {
    const lines = async (options: MatrixOptions) => {
      await using made = await bench(undefined, options);
      return await made.adapter.transports.connection?.lines(made.context);
    };
    expect(await lines({})).toEqual([account]);
    expect(await lines({ hsToken: "hs" })).toEqual([]);
    expect(await lines({ hsToken: "hs", sync: true })).toEqual([account]);
    expect(await lines({ sync: false })).toEqual([]);
  });
});

describe("sync", () => {
  it("answers nothing of the past, and everything from then on, in order", async () => {
    await using made = await line([
      { next_batch: "s1", ...joined([text("old")]) },
      { next_batch: "s2", ...joined([text("one"), text("two")]) },
    ]);
    const running = made.run();
    await soon(() => made.calls("/sync").length).toBe(3);
    expect(texts(made)).toEqual(["one", "two"]);
    expect(made.isUp()).toBe(true);
    const queries = made.calls("/sync").map(({ url }) => new URL(url, "http://h").searchParams);
    expect(queries.map((query) => query.get("since"))).toEqual([null, "s1", "s2"]);
    expect(queries.map((query) => query.get("timeout"))).toEqual(["0", "30000", "30000"]);
    expect(made.since()).toEqual({ next: "s2" });
    made.stop();
    await expect(running).resolves.toBeUndefined();
  });

  it("moves the token only after the sink has taken the events: what is not durable comes again", async () => {
    await using made = await line([known, { next_batch: "s2", ...joined([text("one")]) }]);
    const failing = made.adapter.transports.connection?.run(
      account,
      () => Promise.reject(new Error("the store is down")),
      made.context,
      () => {},
    );
    await expect(failing).rejects.toThrow("the store is down");
    expect(made.since()).toEqual({ next: "s1" });
  });

  it("M-7: a sync that lost its place to another does not move the token back", async () => {
    await using made = await line([known, { next_batch: "s2", ...joined([text("one")]) }]);
    const rival = { next: "s99" };
    const running = made.adapter.transports.connection?.run(
      account,
      async () => (await made.context.memory.set(key, rival), { status: 200 }),
      made.context,
      () => {},
    );
    await expect(running).rejects.toMatchObject({ code: "connection.conflict", retryable: true });
    expect(made.since()).toEqual(rival);
  });

  it("fills a gap from the room's history, back to the last sync", async () => {
    const pages: Record<string, object> = {
      p2: { chunk: [text("three"), text("two")], end: "p1" },
      p1: { chunk: [text("one")] },
    };
    await using made = await line(
      [known, { next_batch: "s2", ...joined([text("four")], { limited: true, prev_batch: "p2" }) }],
      ({ url }) =>
        url.includes("/messages") ? { body: pages[new URL(url, "http://h").searchParams.get("from") ?? ""] } : undefined,
    );
    const running = made.run();
    await soon(() => texts(made)).toEqual(["one", "two", "three", "four"]);
    expect(made.calls("/messages").every(({ url }) => url.includes("to=s1"))).toBe(true);
    made.stop();
    await running;
  });

  it("is not held up by a room whose history is closed to us: whoever bans a bot must not silence it everywhere", async () => {
    const banned = { timeline: { events: [text("you are out")], limited: true, prev_batch: "p" } };
    const rooms = { leave: { "!closed": banned }, join: { [room]: { timeline: { events: [text("hello")] } } } };
    await using made = await line([known, { next_batch: "s2", rooms }], ({ url }) =>
      url.includes("/messages") ? refusal(403, "M_FORBIDDEN", "User @rig:example.org not in room !closed") : undefined,
    );
    const running = made.run();
    await soon(() => made.since()).toEqual({ next: "s2" });
    expect(texts(made)).toEqual(["hello", "you are out"]);
    expect(made.context.log.text()).toContain("cannot be read");
    made.stop();
    await running;
  });

  it("waits for a room whose history cannot be had, but not for ever: all others wait with it", async () => {
    const gap = { next_batch: "s2", ...joined([text("newest")], { limited: true, prev_batch: "p" }) };
    await using made = await line([known, ...Array.from({ length: 20 }, () => gap)], ({ url }) =>
      url.includes("/messages") ? refusal(502, "M_UNKNOWN") : undefined,
    );
    await expect(made.run()).rejects.toMatchObject({ code: "platform.failed", retryable: true });
    let dialled = 1;
    const again = async (): Promise<unknown> => await made.run().catch(() => dialled++ < 20 && again());
    const running = again();
    await soon(() => made.since()).toEqual({ next: "s2" });
    expect(dialled).toBeGreaterThan(5);
    expect(texts(made)).toEqual(["newest"]);
    expect(made.context.log.text()).toContain("cannot be read");
    made.stop();
    await running;
  });

  it("begins with its invitation in a room it has come into", async () => {
    const invited = event("m.room.member", { membership: "invite" }, { state_key: account });
    const came = event("m.room.member", { membership: "join" }, { state_key: account, sender: account });
    await using made = await line([
      { next_batch: "s1" },
      { next_batch: "s2", ...joined([text("before"), invited, text("hello"), came]) },
    ]);
    const running = made.run();
    await soon(() => made.calls("/sync").length).toBe(3);
    expect(texts(made)).toEqual(["hello", undefined]);
    expect(made.since()).toEqual({ next: "s2" });
    made.stop();
    await running;
  });

  it.each<[string, MatrixOptions["invites"], string, number]>([
    ["of the own server", undefined, "@ada:example.org", 1],
    ["of another server", undefined, "@ada:elsewhere.org", 0],
    ["of a server in the list", ["elsewhere.org"], "@ada:elsewhere.org", 1],
    ["of a user in the list", ["@ada:elsewhere.org"], "@ada:elsewhere.org", 1],
    ["of anybody", "all", "@ada:elsewhere.org", 1],
    ["when none is welcome", "none", "@ada:example.org", 0],
  ])("treats an invitation %s as the policy says, and tells it", async (_, invites, sender, joins) => {
    const member = { type: "m.room.member", state_key: account, sender, content: { membership: "invite", is_direct: true } };
    const invite = { "!v12": { invite_state: { events: [member] } } };
    await using made = await line(
      [{ next_batch: "s1" }, { next_batch: "s2", rooms: { invite } }, { next_batch: "s3" }],
      undefined,
      invites === undefined ? {} : { invites },
    );
    const running = made.run();
    await soon(() => made.calls("/sync").length).toBe(4);
    await soon(() => made.calls("/join/").length).toBe(joins);
    expect(
      made.calls("/join/").every(({ url }) => url.includes(`/join/${encodeURIComponent("!v12")}?via=${sender.split(":")[1]}`)),
    ).toBe(true);
    expect(made.taken).toHaveLength(1);
    made.stop();
    await running;
  });

  it("tries again to join what could not be joined yet, and leaves what never can be", async () => {
    let attempts = 0;
    const member = { type: "m.room.member", state_key: account, sender: "@ada:example.org", content: { membership: "invite" } };
    const invite = { "!a": { invite_state: { events: [member] } } };
    const answers = [refusal(502, "M_UNKNOWN"), ...Array.from({ length: 5 }, () => refusal(403, "M_FORBIDDEN"))];
    await using made = await line(
      [{ next_batch: "s1" }, { next_batch: "s2", rooms: { invite } }, { next_batch: "s3" }, { next_batch: "s4" }],
      ({ url }) => (url.includes("/join/") ? answers[attempts++] : undefined),
    );
    const running = made.run();
    await soon(() => made.calls("/sync").length).toBe(5);
    await made.context.clock.until(() => made.calls("/join/").length === 6);
    await soon(() => made.context.log.text()).toContain("operation.rejected");
    expect([...made.context.remembered.keys()].filter((name) => name.startsWith("invite/"))).toEqual([]);
    made.stop();
    await running;
  });

  it("notices a line that has fallen silent", async () => {
    await using made = await line([known]);
    const failed = made.run().catch((error: unknown) => error);
    await soon(() => made.calls("/sync").length).toBe(2);
    await made.context.clock.advance(60_000);
    expect(await failed).toMatchObject({ code: "network.failed", retryable: true, message: expect.stringContaining("silent") });
  });

  it("does not ask without a pause a homeserver that holds no sync open", async () => {
    await using made = await line([known, known, known]);
    const running = made.run();
    await soon(() => [made.calls("/sync").length, made.context.clock.pending]).toEqual([2, 1]);
    await made.context.clock.settle();
    expect(made.calls("/sync")).toHaveLength(2);
    await made.context.clock.advance(1_000);
    await soon(() => made.calls("/sync").length).toBe(3);
    made.stop();
    await running;
  });

  it.each(["M_UNKNOWN_POS", "M_INVALID_PARAM", "M_UNKNOWN"])(
    "goes on from now when %s says that the token is none",
    async (errcode) => {
      await using made = await line([refusal(400, errcode, "Invalid stream token"), known]);
      await made.context.memory.set(key, { next: "gone" });
      const running = made.run();
      await soon(() => made.since()).toEqual({ next: "s1" });
      expect(made.context.log.text()).toContain("does not know the sync token");
      made.stop();
      await running;
    },
  );

  it.each([
    [401, "M_UNKNOWN_TOKEN", "auth.failed"],
    [429, "M_LIMIT_EXCEEDED", "rate.limited"],
    [502, "M_UNKNOWN", "platform.failed"],
  ])("rejects on %i, and was never up", async (status, errcode, code) => {
    await using made = await line([refusal(status, errcode)]);
    await expect(made.run()).rejects.toMatchObject({ code });
    expect(made.isUp()).toBe(false);
  });

  it("knows a direct chat by its invitation, or by two who gave it no name", async () => {
    const summary = { "m.joined_member_count": 2 };
    const two = { rooms: { join: { [room]: { summary, timeline: { events: [text("hi")] } } } } };
    const named = event("m.room.name", { name: "Ops" }, { state_key: "" });
    await using made = await line([known, { next_batch: "s2", ...two }, { next_batch: "s3", ...joined([named, text("hi")]) }]);
    const running = made.run();
    await soon(() => made.taken.length).toBe(3);
    const events = made.taken.flatMap((one) => made.adapter.normalizer.normalize([one], undefined));
    expect(events.map(({ conversation }) => [conversation.kind, conversation.title])).toEqual([
      ["direct", undefined],
      ["group", "Ops"],
      ["group", "Ops"],
    ]);
    made.stop();
    await running;
  });

  it("marks what it took as read unless told not to", async () => {
    const syncs = [known, { next_batch: "s2", ...joined([text("one")]) }];
    await using marking = await line(syncs);
    const running = marking.run();
    await soon(() => marking.calls("/receipt/m.read/").length).toBe(1);
    marking.stop();
    await running;
    await using quiet = await line(syncs, undefined, { receipts: false });
    const other = quiet.run();
    await soon(() => quiet.calls("/sync").length).toBe(3);
    expect(quiet.calls("/receipt/")).toEqual([]);
    quiet.stop();
    await other;
  });

  it("follows a room to the one that replaces it", async () => {
    const moved = event("m.room.tombstone", { replacement_room: "!next" }, { state_key: "" });
    await using made = await line([known, { next_batch: "s2", ...joined([moved]) }, { next_batch: "s3" }]);
    const running = made.run();
    await soon(() => made.calls(`/join/${encodeURIComponent("!next")}`).length).toBe(1);
    expect(made.taken).toHaveLength(1);
    made.stop();
    await running;
  });
});
