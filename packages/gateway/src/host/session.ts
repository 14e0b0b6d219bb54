import type { Event, KvWrite, Store } from "../contract/index.ts";
import { addressKey } from "../kit/address.ts";

/** What a program remembers from event to event. */
export interface SessionOptions<S> {
  /** Whose it is: one per conversation (default), per user of an account, or per key of your own (undefined: none). */
  readonly by?: "conversation" | "user" | ((event: Event) => string | undefined);
  readonly initial: () => S;
  /** Forgotten after this long without a change. 30 days unless set. */
  readonly ttlMs?: number;
}

/** A session in hand. */
export interface OpenSession<S> {
  readonly value: S;
  /** The write that saves it, or undefined when nothing changed. It fails when another run has saved it meanwhile. */
  write(): KvWrite | undefined;
}

/** Reads the session of an event. `value` is plain JSON and may be changed in place. */
export async function openSession<S>(store: Store, options: SessionOptions<S>, event: Event): Promise<OpenSession<S>> {
  const { by = "conversation", initial, ttlMs = 30 * 86_400_000 } = options;
  const { platform, account } = event;
  const owner =
    typeof by === "function"
      ? by(event)
      : by === "user"
        ? `${platform}/${account}/${event.actor.id}`
        : addressKey(event.conversation.address);
  if (owner === undefined) return { value: initial(), write: () => undefined };
  const key = `session/${owner}`;
  const entry = await store.kv.get(key);
  const before = entry && new TextDecoder().decode(entry.value);
  const value = before === undefined ? initial() : (JSON.parse(before) as S);
  const unchanged = before ?? JSON.stringify(value);
  return {
    value,
    write() {
      const after = JSON.stringify(value);
      if (after === unchanged) return undefined;
      return { key, value: new TextEncoder().encode(after), ttlMs, ifVersion: entry?.version ?? 0 };
    },
  };
}
