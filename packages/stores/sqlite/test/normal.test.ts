import { join } from "node:path";
import { loopDisk, storeSuite } from "@devflow/conformance";
import { describe, expect, it } from "vitest";
import { sqliteStore } from "../src/index.ts";

const disk = loopDisk();

/** The body of one statement of the suite, for a store that promises more than it keeps. */
function statement(id: string): () => Promise<void> {
  const bodies = new Map<string, () => Promise<void>>();
  storeSuite(
    {
      name: "boaster",
      caps: { durable: "power", multiProcess: false, multiNode: false, atomicChain: true, push: true },
      open: ({ clock, place }) => sqliteStore({ file: join(place, "gateway.db"), clock, synchronous: "NORMAL" }),
      disk,
    },
    { describe: (_, body) => body(), it: (name, body) => void bodies.set(name.split(" ")[0] ?? "", body) },
  );
  return bodies.get(id) ?? (() => Promise.reject(new Error(`${id} does not apply`)));
}

describe.skipIf(disk.missing !== undefined)(`synchronous NORMAL${disk.missing === undefined ? "" : ` (${disk.missing})`}`, () => {
  it(
    "reliability 16: a power cut: NORMAL loses acknowledged jobs, so that FULL is what keeps them",
    { timeout: 60_000 },
    async () => {
      await expect(statement("P-2")()).rejects.toThrow(/acknowledged jobs are lost/);
    },
  );
});
