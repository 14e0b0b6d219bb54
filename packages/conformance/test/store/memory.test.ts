import { memoryStore } from "@devflow/gateway/memory";
import { describe, it } from "vitest";
import { storeSuite } from "../../src/index.ts";

storeSuite(
  {
    name: "memoryStore",
    caps: { durable: "none", multiProcess: false, multiNode: false, atomicChain: true, push: true },
    modelRuns: 2_000,
    open: ({ clock }) => memoryStore({ clock }),
  },
  { describe, it },
);
