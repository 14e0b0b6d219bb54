import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { postgresMissing, redisMissing, startPostgres, startRedis } from "@devflow/conformance/engines";
import { createGateway, type Store } from "@devflow/gateway";
import { postgresStore } from "@devflow/postgres";
import { redisStore } from "@devflow/redis";
import { sqliteStore } from "@devflow/sqlite";
import { afterEach, describe, expect, it, vi } from "vitest";

const ends: (() => Promise<unknown> | void)[] = [];
afterEach(async () => {
  vi.restoreAllMocks();
  for (const end of ends.splice(0)) await end();
});

/** What a program hears that hands no log to anybody. */
async function heard(store: Store): Promise<readonly string[]> {
  const lines: string[] = [];
  vi.spyOn(console, "error").mockImplementation((line: string) => void lines.push(line));
  const gateway = createGateway({ adapters: [], store });
  await gateway.start();
  await gateway.stop();
  return lines;
}

describe("a store that keeps less than it should", () => {
  it("says so on standard error where nobody gave it a log: SQLite", async () => {
    const folder = mkdtempSync(join(tmpdir(), "devflow-weak-"));
    ends.push(() => rmSync(folder, { recursive: true, force: true }));
    const file = join(folder, "a.db");
    expect(await heard(sqliteStore({ file, synchronous: "NORMAL" }))).toEqual([expect.stringContaining("power cut")]);
    expect(await heard(sqliteStore({ file }))).toEqual([]);
  });

  it.skipIf(redisMissing() !== undefined)("says so on standard error where nobody gave it a log: Redis", async () => {
    const engine = await startRedis({ settings: { appendfsync: "everysec" } });
    ends.push(() => engine.remove());
    expect(await heard(redisStore({ url: engine.url() }))).toEqual([expect.stringContaining("appendfsync is everysec")]);
    expect(await heard(redisStore({ url: engine.url(), durable: "process" }))).toEqual([]);
  });

  it.skipIf(postgresMissing() !== undefined)("says so on standard error where nobody gave it a log: PostgreSQL", async () => {
    const engine = await startPostgres({ settings: { synchronous_commit: "off" } });
    ends.push(() => engine.remove());
    expect(await heard(postgresStore({ url: engine.url() }))).toEqual([expect.stringContaining("synchronous_commit")]);
  });
});
