/**
 * A gateway in a process of its own, to be killed. It listens on a free port, keeps its state in `DB` (a file, or the URL of a
 * server), and sends what it says to `PLATFORM`, a server that outlives it. At the step that `KILL` names it ends itself as
 * `kill -9` would. Its clock is `SKEW_MS` ahead. With `LINE`, it also wants a line, and tells the platform who is on it.
 */
import { setImmediate as immediate, setTimeout as sleep } from "node:timers/promises";
import { fakePlatform } from "@devflow/conformance";
import { createGateway, GatewayError, type Clock, type ConnectionTransport } from "@devflow/gateway";
import { systemClock } from "@devflow/gateway/kit";
import { serve } from "@devflow/gateway/node";
import { flaky } from "../flaky.ts";
import { openStore } from "./store.ts";

const {
  DB = "",
  PLATFORM = "",
  KILL = "",
  LEASE_MS = "30000",
  GRACE_MS = "10000",
  MAX_CRASHES = "3",
  SKEW_MS = "0",
  LINE = "",
} = process.env;

function die(): void {
  process.kill(process.pid, "SIGKILL");
}

const store = flaky(await openStore(DB));
store.before = (operation) => {
  if (`before ${operation}` === KILL) die();
};
store.after = (operation, result) => {
  const empty = Array.isArray(result) && result.length === 0;
  if (`after ${operation}` === KILL && !empty) die();
};

const fake = fakePlatform({ limits: () => [] });
const line: ConnectionTransport = {
  lines: () => ["a"],
  async run(_, __, { signal }, up) {
    up();
    for (;;) {
      await sleep(100);
      // What a socket brings comes after the timers that are due: a process that slept learns first that its lease is lost.
      await immediate();
      if (signal.aborted) return;
      await fetch(PLATFORM, {
        method: "POST",
        body: JSON.stringify({ key: String(Date.now()), room: "line", text: String(process.pid) }),
      });
    }
  },
};
const adapter = Object.assign(fake, {
  ...(LINE === "" ? {} : { transports: { ...fake.transports, connection: line } }),
  sender: {
    async send({ key, to, body }: Parameters<typeof fake.sender.send>[0]) {
      const sent = JSON.stringify({ key, room: to.room, text: body["text"] });
      const answer = await fetch(PLATFORM, { method: "POST", body: sent }).catch((cause: unknown) => {
        throw new GatewayError("network.failed", "fake: the platform cannot be reached.", { retryable: true, cause });
      });
      return { at: Date.now(), messageId: await answer.text() };
    },
  },
});

const queue = {
  dedupeTtlMs: 86_400_000,
  maxAttempts: 20,
  maxCrashes: Number(MAX_CRASHES),
  maxDepth: 100_000,
  maxLaneDepth: 100_000,
  maxPayloadBytes: 1_000_000,
  onRetry: "block",
  onDead: "continue",
} as const;
const skewed: Clock = { ...systemClock, now: () => systemClock.now() + Number(SKEW_MS) };
const gateway = createGateway({
  adapters: [adapter],
  store,
  clock: skewed,
  graceMs: Number(GRACE_MS),
  inbox: { leaseMs: Number(LEASE_MS), pollMs: 20, retryBaseMs: 10, retryCapMs: 100, queue },
  outbox: { leaseMs: Number(LEASE_MS), pollMs: 20, queue },
  log: { debug() {}, info() {}, warn() {}, error() {} },
});
gateway.on("message.created", async (c) => {
  if (c.message.text === "poison") die();
  if (c.message.text === "hang") await new Promise(() => undefined);
  await c.reply(`${c.message.text} 1`);
  // Longer than replies wait for the end of their handler, now and then: both ways into the outbox are taken.
  await sleep(Number.parseInt(c.message.text) % 3 === 0 ? 30 : 1);
  if (KILL === "in handler") die();
  await c.reply(`${c.message.text} 2`);
});

const { server, port } = await serve(gateway, { port: 0, host: "127.0.0.1" });
if (KILL === "after response") server.on("request", (_, response) => response.on("finish", () => setImmediate(die)));
process.stdout.write(`up ${port}\n`);
