import { storeSuite } from "@devflow/conformance";
import { redisMissing, startRedis, type RedisEngine } from "@devflow/conformance/engines";
import { afterAll, beforeAll, describe, it } from "vitest";
import { redisStore } from "../src/index.ts";

const missing = redisMissing();
let engine: RedisEngine;

describe.skipIf(missing !== undefined)(`redisStore${missing === undefined ? "" : ` (${missing})`}`, () => {
  beforeAll(async () => {
    engine = await startRedis();
  });
  afterAll(() => engine.remove());

  storeSuite(
    {
      name: "redisStore",
      caps: { durable: "power", multiProcess: true, multiNode: true, atomicChain: true, push: true },
      open: ({ clock, place }) => redisStore({ url: engine.url(), name: place, clock, strict: true }),
      notApplicable: {
        "P-4": "weaker servers are in level.test.ts",
        "P-6": "the engine guards its own data",
        "U-4": "the layout is looked at in layout.test.ts",
      },
    },
    { describe, it },
  );
});
