import type { Claim, KvWrite, Queue, Store } from "../contract/index.ts";
import { storeKey } from "../kit/key.ts";

/** What to do about a delivery that is part of a group. */
export type Grouping =
  /** Others may still come. */
  | { readonly waitMs: number }
  /** It was handled together with the first of its group. */
  | { readonly done: true }
  /** Handle it with these, and keep this note of it. */
  | { readonly together: readonly Pick<Claim, "id" | "key" | "payload" | "headers">[]; readonly note: readonly KvWrite[] };

const dayMs = 86_400_000;

/** Collects the parts of an album: the first waits out the window at the head of its lane, takes the others along, and leaves their names. */
export async function gather(store: Store, queue: Queue, claim: Claim): Promise<Grouping> {
  const group = { id: claim.headers["group"] ?? "", windowMs: Number(claim.headers["window"]) };
  const key = storeKey(`group/${claim.key}/${group.id}`);
  const taken = await store.kv.get(key);
  if (taken && (JSON.parse(new TextDecoder().decode(taken.value)) as string[]).includes(claim.id)) return { done: true };
  const waitMs = claim.enqueuedAt + group.windowMs - (await store.now());
  if (waitMs > 0) return { waitMs };
  const waiting = await queue.peek(claim.key, 64);
  const others = waiting.filter((job) => job.id !== claim.id && job.headers["group"] === group.id);
  const note = { key, value: new TextEncoder().encode(JSON.stringify(others.map((job) => job.id))), ttlMs: dayMs };
  return { together: [claim, ...others], note: others.length > 0 ? [note] : [] };
}
