import { Refusal, type Value } from "./database.ts";
import type { QueueState } from "./state.ts";

/** The arguments of one call, read in their order. */
export interface Args {
  text(): string;
  number(): number;
  /** A number, or null. */
  maybe(): number | null;
  value(): Value;
  object<T>(): T;
  queue(): QueueState;
}

/** What a call does, by its code. */
export type Handlers = Record<number, (args: Args) => unknown>;

/** The reader of all calls of a message. */
export interface Message extends Args {
  /** Goes to a place in a message. */
  seek(message: readonly unknown[], at: number): void;
}

export function createMessage(find: (name: string) => QueueState | undefined): Message {
  let message: readonly unknown[] = [];
  let at = 0;
  // What arrives here was written by the other half of this package.
  const take = <T>(): T => {
    const value = message[at] as T;
    at += 1;
    return value;
  };
  return {
    seek(next, place) {
      message = next;
      at = place;
    },
    text: take<string>,
    number: take<number>,
    maybe: take<number | null>,
    value: take<Value>,
    object: take,
    queue() {
      const name = take<string>();
      const queue = find(name);
      if (queue !== undefined) return queue;
      throw new Refusal("options.invalid", `no queue "${name}" here; call store.queue("${name}", …) before chaining to it.`);
    },
  };
}
