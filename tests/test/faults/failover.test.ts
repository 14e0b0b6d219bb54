import { once } from "node:events";
import { connect } from "node:net";
import { faultProxy } from "@devflow/conformance";
import { redisMissing, startRedis } from "@devflow/conformance/engines";
import { redisStore, type RedisStoreOptions } from "@devflow/redis";
import { describe, expect, it, onTestFinished } from "vitest";
import { range } from "../core/harness.ts";
import { silent } from "../core/stores.ts";
import { measured } from "./measured.ts";

const missing = redisMissing();
const queue = {
  dedupeTtlMs: 86_400_000,
  maxAttempts: 8,
  maxCrashes: 3,
  maxDepth: 10_000,
  maxLaneDepth: 10_000,
  maxPayloadBytes: 10_000,
  onRetry: "block",
  onDead: "continue",
} as const;
const jobs = (run: string, count: number) => range(count).map((n) => ({ id: `${run}-${n}`, key: `lane-${n % 4}`, payload: "p" }));

/** What a server answers to a command. */
async function command(port: number, words: string): Promise<string> {
  const socket = connect(port, "127.0.0.1");
  socket.write(`${words}\r\n`);
  const [answer] = (await once(socket, "data")) as [Buffer];
  socket.destroy();
  return answer.toString();
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  await expect.poll(holds, { timeout: 30_000 }).toBe(true);
}

describe("a replica of Redis that is promoted", () => {
  it.skipIf(missing !== undefined)(
    `reliability 18: a promoted replica lacks what it had not copied; the store has said so before, and strict refuses such a server${missing === undefined ? "" : ` (skipped: ${missing})`}`,
    async ({ task }) => {
      const master = await startRedis();
      const line = await faultProxy(master.port);
      const replica = await startRedis({ settings: { replicaof: `127.0.0.1 ${line.port}` } });
      onTestFinished(async () => {
        await line.close();
        await Promise.all([master.remove(), replica.remove()]);
      });
      await until(async () => /state=online/.test(await command(master.port, "INFO replication")));

      const warnings: string[] = [];
      const log = { ...silent, warn: (_: object, message: string) => void warnings.push(message) };
      const open = (url: string, more: Partial<RedisStoreOptions> = {}) => {
        const store = redisStore({ url, log, ...more });
        onTestFinished(() => store.close());
        return { store, inbox: store.queue("inbox", queue) };
      };
      await expect(open(master.url(), { strict: true }).store.migrate()).rejects.toMatchObject({ code: "store.unavailable" });
      const before = open(master.url());
      await before.store.migrate();
      expect(before.store.caps.durable).toBe("process");
      expect(warnings).toEqual([expect.stringContaining("replica")]);

      await before.inbox.enqueue(jobs("copied", 50));
      await until(async () => (await command(master.port, "WAIT 1 1000")).startsWith(":1"));
      const offset = async (port: number, name: string): Promise<string> =>
        new RegExp(`${name}:(\\d+)`).exec(await command(port, "INFO replication"))?.[1] ?? "";
      await until(
        async () => (await offset(master.port, "master_repl_offset")) === (await offset(replica.port, "slave_repl_offset")),
      );
      // From here on the replica lags.
      line.stall();
      await before.inbox.enqueue(jobs("late", 50));
      await master.kill();
      await line.close();
      expect(await command(replica.port, "REPLICAOF NO ONE")).toContain("OK");

      const after = open(replica.url());
      await after.store.migrate();
      const found = (await Promise.all(range(4).map((n) => after.inbox.peek(`lane-${n}`, 1000)))).flat();
      const lost = 100 - found.length;
      measured(task, `${lost} of 100 acknowledged jobs lost, the 50 that the replica lacked; told as durable: process`);
      expect(found.filter(({ id }) => id.startsWith("copied"))).toHaveLength(50);
      expect(lost).toBe(50);
      // What a platform delivers again is new to it, and work goes on.
      expect(await after.inbox.enqueue(jobs("late", 50))).toEqual(range(50).map(() => "inserted"));
      expect(await after.inbox.enqueue(jobs("copied", 50))).toEqual(range(50).map(() => "duplicate"));
      expect(await after.inbox.claim({ limit: 10, leaseMs: 1000, worker: "w" })).toHaveLength(4);
    },
    90_000,
  );
});
