import { randomUUID } from "node:crypto";
import type { Address, KvWrite, Observer, Receipt, Store } from "../contract/index.ts";
import { storeKey } from "../kit/key.ts";
import type { AttemptDeps } from "./attempt.ts";
import { outgoing, type Unsent } from "./compose.ts";
import type { DeliverDeps } from "./deliver.ts";
import type { Item, OutboxJob } from "./item.ts";
import type { Receipts } from "./receipts.ts";
import { editScreen } from "./screen-edits.ts";
import { nativeScreen } from "./screen-native.ts";
import { postScreen } from "./screen-posts.ts";
import { runStream, type StreamPort } from "./stream.ts";

/** About one stream. */
export interface StreamOptions {
  readonly signal: AbortSignal;
  /** Which run of its handler this is. */
  readonly attempt: number;
  readonly cause?: string;
  /** User the answer is for. */
  readonly recipient?: string;
}

export interface StreamsDeps extends Pick<AttemptDeps, "clock" | "adapter"> {
  readonly store: Store;
  readonly observe: Observer;
  readonly receipts: Receipts;
  readonly attempt: DeliverDeps["attempt"];
  readonly record: (item: Item, receipt: Receipt, about?: Receipt) => readonly KvWrite[];
  readonly job: (id: string, item: Unsent, cause?: string) => OutboxJob;
  readonly enqueue: (jobs: readonly OutboxJob[]) => Promise<boolean>;
}

const ttlMs = 7 * 24 * 3_600_000;

/** Streams texts: natively where the platform can, by edits elsewhere, and whole where it can do neither. What an earlier run has streamed to its end is not streamed again. */
export function createStreams(
  deps: StreamsDeps,
): (id: string, to: Address, source: AsyncIterable<string>, options: StreamOptions) => Promise<readonly string[]> {
  const { store, clock, observe, receipts } = deps;

  return async (id, to, source, { signal, attempt, cause, recipient = "" }) => {
    const key = `streamed/${storeKey(id)}`;
    const earlier = await store.kv.get(key);
    const whole = earlier && (JSON.parse(new TextDecoder().decode(earlier.value)) as readonly string[] | null);
    if (whole) {
      await source[Symbol.asyncIterator]().return?.();
      return whole;
    }
    const note = (ids: readonly string[] | null): Promise<unknown> =>
      store.kv.set(key, new TextEncoder().encode(JSON.stringify(ids)), { ttlMs });
    const adapter = deps.adapter(to.platform);
    const table = adapter.capabilities(to);
    const port: StreamPort = {
      adapter,
      to,
      id,
      attempt,
      begun: whole === null,
      clock,
      observe,
      signal,
      ...(recipient === "" ? {} : { recipient }),
      async post(opId, item) {
        if (item.kind === "stream.begin") await note(null);
        return !(await deps.enqueue([deps.job(opId, item, cause)]));
      },
      receipt: (opId) => receipts.wait(opId, signal),
      // What is shown early is a courtesy: where it fails, even for the store's reasons, the end makes up for it.
      // Each has one attempt and a key of its own: a platform that knows keys would take the next edit for the last one.
      live: (item) =>
        deps.attempt(outgoing(`${id}/${randomUUID()}/live`, item), signal).catch(() => ({ waitMs: 0, reason: "store" })),
      async remember(item, receipt) {
        for (const { key: name, value, ttlMs: lifeMs } of deps.record({ ...item, at: clock.now() }, receipt))
          if (value) await store.kv.set(name, value, lifeMs === undefined ? {} : { ttlMs: lifeMs });
      },
    };
    const can = table.operations;
    const native = can["stream.begin"] === "native" && (table.stream.recipient !== true || recipient !== "");
    const screen = native ? nativeScreen(port) : (can["message.edit"] ?? "none") === "none" ? postScreen(port) : editScreen(port);
    const ids = await runStream(source, screen, port);
    await note(ids);
    return ids;
  };
}
