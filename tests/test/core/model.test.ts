import { fakePlatform } from "@devflow/conformance";
import { createGateway } from "@devflow/gateway";
import { memoryStore } from "@devflow/gateway/memory";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { nightly, range } from "./harness.ts";
import { silent } from "./stores.ts";

/** What a test does: an event, or several of one delivery, from somebody, somewhere. */
interface Move {
  readonly room: string;
  readonly thread: string | undefined;
  readonly user: string;
  readonly text: string;
  /** Sends it twice. */
  readonly twice: boolean;
  /** The handler fails so often before it succeeds. */
  readonly failures: number;
  readonly kind: "message.created" | "command.invoked" | "reaction.added";
}

const move: fc.Arbitrary<Move> = fc.record({
  room: fc.constantFrom("a", "b", "dm-1"),
  thread: fc.constantFrom(undefined, undefined, "t"),
  user: fc.constantFrom("ada", "bob", "bot"),
  text: fc.constantFrom("one", "two", "deploy now", "@bot hi"),
  twice: fc.boolean(),
  failures: fc.constantFrom(0, 0, 0, 1, 2),
  kind: fc.constantFrom("message.created", "message.created", "command.invoked", "reaction.added"),
});

/** The routes of the gateway under test, as data that the model reads too. */
const routes = [
  { name: "all", kind: "*", exclusive: false, holds: () => true },
  { name: "messages", kind: "message.*", exclusive: false, holds: (one: Move) => one.kind === "message.created" },
  { name: "deploy", kind: "message.created", match: { text: /deploy/g }, holds: (one: Move) => one.text.includes("deploy") },
  { name: "mine", kind: "message.created", match: { actor: ["bob", "eve"] }, holds: (one: Move) => one.user === "bob" },
  {
    name: "room",
    kind: "fake:message.created",
    match: { room: "a", thread: "t" },
    holds: (one: Move) => one.room === "a" && one.thread === "t",
  },
  {
    name: "addressed",
    kind: "message.created",
    match: { addressed: true },
    holds: (one: Move) => one.room === "dm-1" || one.text.includes("@bot"),
  },
  { name: "rest", kind: "message.created", match: {}, holds: () => true },
  { name: "command", kind: "command.invoked", match: { command: "go" }, holds: (one: Move) => one.text === "one" },
] as const;
const agents = new Set(["deploy", "mine", "room", "addressed", "rest"]);

/** What the gateway must do with the moves: names of the handlers that ran for each, and the sessions they left. */
function model(moves: readonly Move[]): {
  readonly ran: readonly string[];
  readonly sessions: ReadonlyMap<string, readonly string[]>;
} {
  const ran: string[] = [];
  const sessions = new Map<string, string[]>();
  for (const [index, one] of moves.entries()) {
    if (one.user === "bot" && one.kind !== "command.invoked") continue;
    const found = routes.filter(({ name, kind, holds }) => {
      const rightKind = kind === "*" || (kind.includes("message") ? one.kind === "message.created" : one.kind === kind);
      return rightKind && holds(one) && (name !== "command" || one.kind === "command.invoked");
    });
    const firstAgent = found.find(({ name }) => agents.has(name));
    const names = found.filter((route) => !agents.has(route.name) || route === firstAgent).map(({ name }) => name);
    ran.push(`${index}:${names.join()}`);
    const place = [one.room, one.thread].join("/");
    sessions.set(place, [...(sessions.get(place) ?? []), String(index)]);
  }
  return { ran, sessions };
}

/** Plays the moves to a gateway, and tells what it did. */
async function play(moves: readonly Move[]) {
  const fake = fakePlatform();
  const inbox = { retryBaseMs: 1, retryCapMs: 1 };
  const gateway = createGateway({
    adapters: [fake],
    store: memoryStore(),
    log: silent,
    inbox,
    session: { initial: () => ({ seen: [] as string[] }) },
  });
  const names = new Map<string, string[]>();
  const sessions = new Map<string, readonly string[]>();
  for (const { name, kind, ...route } of routes) {
    const match = "match" in route ? route.match : {};
    const note = (id: string): void => void names.set(id, [...(names.get(id) ?? []), name]);
    if (agents.has(name)) {
      const { kind: _, ...only } = { ...match, kind };
      gateway
        .route({ ...only, ...(kind.startsWith("fake:") ? { platform: "fake" } : {}) })
        .to((c) => note(c.event.id.split("-")[1] ?? ""));
    } else gateway.on(kind, match, (c) => note(c.event.id.split("-")[1] ?? ""));
  }
  gateway.use(async (c, next) => {
    const index = c.event.id.split("-")[1] ?? "";
    names.delete(index);
    await next();
    const one = moves[Number(index)];
    c.session.seen.push(index);
    if (one && c.attempt <= one.failures) throw new Error("not yet");
    const { room, thread } = c.conversation.address;
    sessions.set([room, thread].join("/"), [...c.session.seen]);
  });
  for (const [index, one] of moves.entries()) {
    const payload = {
      id: `e-${index}`,
      type: one.kind,
      room: one.room,
      ...(one.thread === undefined ? {} : { thread: one.thread }),
      user: { id: one.user },
      text: one.text,
      command: one.text === "one" ? "go" : "stay",
    };
    for (const _ of range(one.twice ? 2 : 1)) await gateway.fetch(fake.request(payload));
    // One after the other, so that what interactive events leave in a session is in the model's order too.
    for (let left = true; left;) {
      await gateway.drain();
      const { queues } = await gateway.health();
      left = ["inbox", "interactive"].some((name) => (queues[name]?.delayed ?? 0) + (queues[name]?.ready ?? 0) > 0);
      if (left) await new Promise((resolve) => setTimeout(resolve, 1));
    }
  }
  await gateway.stop();
  const ran = [...names].map(([index, list]) => `${index}:${list.join()}`);
  return { ran: ran.toSorted(byNumber), sessions };
}

function byNumber(a: string, b: string): number {
  return Number.parseInt(a) - Number.parseInt(b);
}

describe("router and sessions", () => {
  it("reliability 40: do what the model does, with duplicates and failing handlers", async () => {
    let events = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(move, { minLength: 1, maxLength: 10 }), async (moves) => {
        events += moves.length;
        const { ran, sessions } = await play(moves);
        const expected = model(moves);
        expect(ran).toEqual(expected.ran);
        expect(sessions).toEqual(expected.sessions);
      }),
      { numRuns: nightly ? 10_000 : 300, seed: 40 },
    );
    expect(events).toBeGreaterThan(1000);
  }, 600_000);
});
