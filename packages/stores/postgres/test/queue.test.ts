import { manualClock } from "@devflow/conformance";
import type { QueueOptions } from "@devflow/gateway/contract";
import { expect, it } from "vitest";
import { postgresStore, type PostgresPool } from "../src/index.ts";

const options: QueueOptions = {
  dedupeTtlMs: 1_000,
  maxAttempts: 3,
  maxCrashes: 3,
  maxDepth: 10,
  maxLaneDepth: 10,
  maxPayloadBytes: 10,
  onRetry: "block",
  onDead: "continue",
};

/** A server that finds nothing to do, and says so when it is told to. */
function idleServer(looking: () => void, answer: Promise<void>): PostgresPool {
  const answers = { server_version_num: ["150000", "on", "on", "on"], pg_tables: [true], ".meta": [1], queue_number: [1] };
  const query = async ({ text }: { readonly text: string }): Promise<{ readonly rows: unknown[][] }> => {
    if (!text.includes(".next(")) return { rows: [Object.entries(answers).find(([part]) => text.includes(part))?.[1] ?? []] };
    looking();
    await answer;
    return { rows: [[null]] };
  };
  return { connect: () => Promise.resolve({ query, release: () => {} }) };
}

it("waits no longer than it is told, however long the server takes to say that there is nothing", async () => {
  const clock = manualClock();
  const asked = Promise.withResolvers<void>();
  const answer = Promise.withResolvers<void>();
  const store = postgresStore({ pool: idleServer(asked.resolve, answer.promise), clock, notify: false });
  let over = false;
  const waiting = store.queue("inbox", options).wait(new AbortController().signal, 500);
  void waiting.then(() => (over = true));
  await asked.promise;
  await clock.advance(600);
  expect(over).toBe(false);
  answer.resolve();
  await clock.settle();
  expect(over).toBe(true);
  await store.close();
});
