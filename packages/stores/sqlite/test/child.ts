import { storeVictim } from "@devflow/conformance";
import { sqliteStore } from "../src/index.ts";

const leaverOptions = {
  dedupeTtlMs: 60_000,
  maxAttempts: 3,
  maxCrashes: 3,
  maxDepth: 100,
  maxLaneDepth: 100,
  maxPayloadBytes: 100,
  onRetry: "block",
  onDead: "continue",
} as const;
const [role, file = "", run = ""] = process.argv.slice(2);
const store = sqliteStore({ file });
if (role === "victim") await storeVictim(store, run);
else if (role === "leaver") {
  const inbox = store.queue("inbox", leaverOptions);
  await inbox.enqueue([{ key: "k", id: "left", payload: "p" }]);
  // No close: the process is to end by itself.
  process.disconnect?.();
} else {
  await store.migrate().then(
    () => process.send?.("opened"),
    (error: { readonly code: string }) => process.send?.(error.code),
  );
  process.disconnect?.();
}
