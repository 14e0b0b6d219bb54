import type { Event, KvWrite, Store } from "../contract/index.ts";
import { addressKey } from "../kit/address.ts";
import { storeKey } from "../kit/key.ts";

/** What a program remembers from event to event. */
export interface SessionOptions<S> {
  /** Whose it is: one per conversation (default), per user of an account, or per key of your own (undefined: none). */
  readonly by?: "conversation" | "user" | ((event: Event) => string | undefined);
  /** What a session begins with: plain JSON. */
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

/**
 * Reads the session of an event. `value` is plain JSON and may be changed in place. `pending` are writes of earlier events of
 * the same delivery, which the store does not have yet.
 */
export async function openSession<S>(
  store: Store,
  options: SessionOptions<S>,
  event: Event,
  pending: readonly KvWrite[] = [],
): Promise<OpenSession<S>> {
  const { by = "conversation", initial, ttlMs = 30 * 86_400_000 } = options;
  const { platform, account } = event;
  const owner =
    typeof by === "function"
      ? by(event)
      : by === "user"
        ? `${platform}/${account}/${event.actor.id}`
        : addressKey(event.conversation.address);
  // A copy: what `initial` returns may be one object for all, and is changed in place.
  const fresh = (): string => JSON.stringify(initial());
  if (owner === undefined) return { value: parse(fresh()), write: () => undefined };
  const key = storeKey(`session/${owner}`);
  const entry = await store.kv.get(key);
  const written = pending.find((write) => write.key === key)?.value ?? entry?.value;
  const unchanged = written ? new TextDecoder().decode(written) : fresh();
  const value = parse<S>(unchanged);
  return {
    value,
    write() {
      const after = JSON.stringify(value);
      if (after === unchanged) return undefined;
      return { key, value: new TextEncoder().encode(after), ttlMs, ifVersion: entry?.version ?? 0 };
    },
  };
}

/** `JSON.stringify` answers undefined where there is nothing to write. */
function parse<S>(text: string | undefined): S {
  return (text === undefined ? undefined : JSON.parse(text)) as S;
}
