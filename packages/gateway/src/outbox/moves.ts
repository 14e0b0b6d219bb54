import type { Address, Store } from "../contract/index.ts";
import { addressKey } from "../kit/address.ts";
import { storeKey } from "../kit/key.ts";

/** Conversations that moved to another address: known in this process, kept in the store. A platform moves a room once, so they are few. */
export interface Moves {
  load(): Promise<void>;
  get(address: Address): Address | undefined;
  set(from: Address, to: Address): Promise<void>;
}

const prefix = "moved/";

export function createMoves(store: Store): Moves {
  const known = new Map<string, Address>();
  const nameOf = (address: Address): string => storeKey(addressKey(address));
  return {
    async load() {
      for (const { key, value } of await store.kv.list(prefix))
        known.set(key.slice(prefix.length), JSON.parse(new TextDecoder().decode(value)) as Address);
    },
    get: (address) => (known.size === 0 ? undefined : known.get(nameOf(address))),
    async set(from, to) {
      known.set(nameOf(from), to);
      // What is said last is true: a room that moved back has not moved.
      if (known.delete(nameOf(to))) await store.kv.delete(prefix + nameOf(to));
      await store.kv.set(prefix + nameOf(from), new TextEncoder().encode(JSON.stringify(to)));
    },
  };
}
