import { loopDisk, storeSuite } from "@devflow/conformance";
import { redisMissing, startRedis, type Engine } from "@devflow/conformance/engines";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { redisStore } from "../src/index.ts";
import { engineDisks } from "./disks.ts";
import { job, queueOptions } from "./support.ts";

const disk = loopDisk();
const missing = redisMissing() ?? disk.missing;
const why = missing === undefined ? "" : ` (${missing})`;

let elsewhere: Engine;

/** The body of one statement of the suite, on a server that promises to write everything down, though not at once. */
function statement(id: string): () => Promise<void> {
  const disks = engineDisks(disk, { appendfsync: "everysec" });
  const bodies = new Map<string, () => Promise<void>>();
  storeSuite(
    {
      name: "everysec",
      // What the statement is about, not what is true.
      caps: { durable: "power", multiProcess: true, multiNode: true, atomicChain: true, push: true },
      open: ({ clock, place }) => redisStore({ url: disks.urlAt(place) ?? elsewhere.url(), clock }),
      disk: disks,
    },
    { describe: (_, body) => body(), it: (name, body) => void bodies.set(name.split(" ")[0] ?? "", body) },
  );
  return bodies.get(id) ?? (() => Promise.reject(new Error(`${id} does not apply`)));
}

describe.skipIf(missing !== undefined)(`a disk with a server on it${why}`, () => {
  beforeAll(async () => {
    elsewhere = await startRedis();
  });
  afterAll(() => elsewhere.remove());

  it("reliability 20: a full disk: with appendfsync always the server ends itself, nothing is lost, and a restart is enough", async () => {
    const disks = engineDisks(disk, { appendfsync: "always" });
    const small = await disks.make({ megabytes: 8, purpose: "fill" });
    const engine = disks.engineAt(small.place);
    const store = redisStore({ url: engine.url(), strict: true, opTimeoutMs: 10_000 });
    const inbox = store.queue("inbox", queueOptions);
    const acknowledged: string[] = [];
    let failure: unknown;
    for (let i = 0; failure === undefined; i += 1) {
      await inbox.enqueue([job(`j${i}`, "k", "x".repeat(50_000))]).then(
        () => acknowledged.push(`j${i}`),
        (error: unknown) => (failure = error),
      );
    }
    expect(failure).toMatchObject({ code: expect.stringMatching(/^(outcome\.unknown|store\.unavailable)$/), retryable: true });
    expect(acknowledged.length).toBeGreaterThan(10);
    await engine.kill();
    await small.restore();
    const found = (await inbox.peek("k", 1_000)).map(({ id }) => id);
    // The one that failed may have been written all the same.
    expect(found.slice(0, acknowledged.length)).toEqual(acknowledged);
    expect(found.length - acknowledged.length).toBeLessThanOrEqual(1);
    await store.close();
    await small.remove();
  });

  it("reliability 20: a full disk: with everysec the server lives on, and so does the store", { timeout: 60_000 }, async () => {
    await expect(statement("P-5")()).resolves.toBeUndefined();
  });

  it(
    "reliability 16: a power cut: everysec loses what was acknowledged, so that always is what keeps it",
    { timeout: 60_000 },
    async () => {
      await expect(statement("P-2")()).rejects.toThrow(/acknowledged jobs are lost/);
    },
  );
});
