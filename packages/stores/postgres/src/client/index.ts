import type { Clock } from "@devflow/gateway/contract";
import { systemClock } from "@devflow/gateway/kit";
import type { PostgresStoreOptions } from "../options.ts";
import { createCalls } from "./calls.ts";
import { createLink, type Link, type Row } from "./link.ts";
import { createHerald, mute, type Herald } from "./listener.ts";

export { createBatcher } from "./batch.ts";
export { isDeclined, raised, stateOf, storeError } from "./failure.ts";
export type { Link } from "./link.ts";

/** What the parts of the store share: the functions in the database, the clock, and the end. */
export interface Client {
  readonly clock: Clock;
  /** Aborts at `close`. */
  readonly closed: AbortSignal;
  readonly herald: Herald;
  readonly pollMs: number;
  readonly opTimeoutMs: number;
  /** Makes a call to the store one that ends in time, and that `close` waits for. */
  track<T>(run: () => Promise<T>): Promise<T>;
  /** Calls a function of the layout that only looks, or whose effect nobody counts on. Inside of `track`. */
  look(name: string, values: unknown[]): Promise<readonly Row[]>;
  /** Calls a function of the layout that writes: `outcome.unknown` when the connection breaks before its answer. */
  write(name: string, values: unknown[]): Promise<readonly Row[]>;
  /** Opens the database unless that has been done. */
  open(): Promise<void>;
  close(): Promise<void>;
}

/** Begins sweeping this often. One process of all does it. */
const sweepMs = 30_000;

export function connect(options: PostgresStoreOptions, schema: string, prepare: (link: Link) => Promise<void>): Client {
  const clock = options.clock ?? systemClock;
  const opTimeoutMs = options.opTimeoutMs ?? 5_000;
  const closing = new AbortController();
  const closed = closing.signal;
  const calls = createCalls(clock, opTimeoutMs, options.maxPending ?? 50_000);
  const link = createLink(options, clock, opTimeoutMs);
  const herald = options.notify === false ? mute : createHerald(link, schema, clock, closed);
  let opening: Promise<void> | undefined;
  let closure: Promise<void> | undefined;

  const sweep = (): void => {
    clock.after(sweepMs, () => {
      if (closed.aborted) return;
      void call("sweep", [sweepMs - 5_000], false)
        .catch(() => {})
        .finally(sweep);
    });
  };
  const open = (): Promise<void> => {
    opening ??= prepare(link).then(
      () => {
        herald.start();
        sweep();
      },
      (error: unknown) => {
        // The next call tries again.
        opening = undefined;
        throw error;
      },
    );
    return opening;
  };
  const call = async (name: string, values: unknown[], lasting: boolean): Promise<readonly Row[]> => {
    await open();
    return link.run(`SELECT * FROM "${schema}".${name}(${values.map((_, i) => `$${i + 1}`).join(",")})`, values, lasting);
  };

  return {
    clock,
    closed,
    herald,
    pollMs: options.pollMs ?? 1_000,
    opTimeoutMs,
    open,
    track: calls.track,
    look: (name, values) => call(name, values, false),
    write: (name, values) => call(name, values, true),
    close() {
      closure ??= calls.drain().then(async () => {
        closing.abort();
        await link.end();
      });
      return closure;
    },
  };
}
