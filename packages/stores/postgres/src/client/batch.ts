import type { Clock } from "@devflow/gateway/contract";
import { storeError } from "./failure.ts";

/** How calls of one kind share statements. */
export interface BatchOptions<Item, Result> {
  readonly clock: Clock;
  /** How long a call waits for its answer; after that it is not sent any more. */
  readonly opTimeoutMs: number;
  readonly bytesOf: (item: Item) => number;
  /** Names of which no batch has one twice. */
  readonly apart: (item: Item) => readonly string[];
  /** Names that are in one batch at a time: what comes later waits, so that it stays behind. */
  readonly inTurn: (item: Item) => readonly string[];
  /** Sends a batch; an undefined result is sent again. */
  readonly send: (items: readonly Item[]) => Promise<readonly (Result | undefined)[]>;
  /** Whether a failure of several may be the fault of one of them: then each is tried by itself. */
  readonly blames: (error: unknown) => boolean;
}

const maxItems = 256;
const maxBytes = 4 * 2 ** 20;
const inFlight = 2;
/** How far down the line it is looked for items that need not wait. */
const lookahead = 1024;

interface Waiting<Item, Result> {
  readonly item: Item;
  readonly at: number;
  single: boolean;
  resolve(result: Result): void;
  reject(error: unknown): void;
}

/**
 * Puts the calls of a tick, and all that come while the server is busy, into one statement: at most 256 of them, two statements
 * at a time.
 */
export function createBatcher<Item, Result>(options: BatchOptions<Item, Result>): (item: Item) => Promise<Result> {
  let line: Waiting<Item, Result>[] = [];
  const busy = new Set<string>();
  let flying = 0;
  let planned = false;

  /** A server that is silent for long leaves calls in line that nobody waits for any more, and more of them all the time. */
  const dropLate = (): void => {
    const limit = options.clock.now() - options.opTimeoutMs;
    const fresh = line.findIndex(({ at }) => at > limit);
    if (fresh === 0) return;
    const late = line.splice(0, fresh < 0 ? line.length : fresh);
    for (const { reject } of late) reject(storeError("store.unavailable", "the server did not answer those before.", true));
  };

  const collect = (): Waiting<Item, Result>[] => {
    const batch: Waiting<Item, Result>[] = [];
    const rest: Waiting<Item, Result>[] = [];
    const names = new Set<string>();
    const passed = new Set<string>();
    let bytes = 0;
    let at = 0;
    for (; at < line.length && at < lookahead && batch.length < maxItems; at += 1) {
      const one = line[at] as Waiting<Item, Result>;
      const turns = options.inTurn(one.item);
      const apart = options.apart(one.item);
      const size = options.bytesOf(one.item);
      const fits = batch.length === 0 || (!one.single && bytes + size <= maxBytes);
      if (!fits || turns.some((name) => busy.has(name) || passed.has(name)) || apart.some((name) => names.has(name))) {
        // Who comes after it in its lane must not overtake it.
        for (const name of turns) passed.add(name);
        rest.push(one);
        continue;
      }
      batch.push(one);
      bytes += size;
      for (const name of apart) names.add(name);
      if (!one.single) continue;
      at += 1;
      break;
    }
    line = rest.length === 0 ? line.slice(at) : rest.concat(line.slice(at));
    return batch;
  };

  const settle = async (batch: readonly Waiting<Item, Result>[], turns: ReadonlySet<string>): Promise<void> => {
    const again: Waiting<Item, Result>[] = [];
    try {
      const results = await options.send(batch.map(({ item }) => item));
      for (const [i, one] of batch.entries()) {
        const result = results[i];
        if (result === undefined) again.push(one);
        else one.resolve(result);
      }
    } catch (error) {
      if (batch.length > 1 && options.blames(error)) {
        for (const one of batch) again.push(Object.assign(one, { single: true }));
      } else for (const one of batch) one.reject(error);
    }
    for (const turn of turns) busy.delete(turn);
    flying -= 1;
    if (again.length > 0) line = again.concat(line);
    if (line.length > 0) flush();
  };

  const flush = (): void => {
    planned = false;
    dropLate();
    while (flying < inFlight && line.length > 0) {
      const batch = collect();
      if (batch.length === 0) return;
      const turns = new Set(batch.flatMap(({ item }) => options.inTurn(item)));
      for (const turn of turns) busy.add(turn);
      flying += 1;
      void settle(batch, turns);
    }
  };

  return (item) =>
    new Promise((resolve, reject) => {
      line.push({ item, at: options.clock.now(), single: false, resolve, reject });
      if (planned || flying >= inFlight) return;
      planned = true;
      setImmediate(flush);
    });
}
