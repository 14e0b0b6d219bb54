import type { Address, Clock, Event, KvWrite, Store } from "../contract/index.ts";
import { addressKey } from "../kit/address.ts";
import type { Choice } from "../kit/degrade.ts";
import { storeKey } from "../kit/key.ts";

const prefix = "choices/";
const ttlMs = 3_600_000;
/** Longer texts are no answer to a numbered list. */
const longest = 200;
/** When this many conversations have choices open, those whose hour is over are forgotten. */
const sweepAt = 1000;

/** Remembers, per conversation, what a number or label sent back stands for: buttons, where a platform shows none. */
export function createFallback(
  store: Store,
  clock: Clock,
): {
  load(): Promise<void>;
  /** The write that offers these choices; they replace earlier ones, and expire after an hour. */
  offer(address: Address, choices: readonly Choice[]): KvWrite;
  /** The event as `action.invoked` when its text is one of the choices offered, with the write that takes the offer back. */
  read(event: Event): Promise<{ readonly event: Event; readonly kv: readonly KvWrite[] } | undefined>;
} {
  // One process alone knows where choices are open, and until when; it spares every other message the question.
  const open = store.caps.multiProcess ? undefined : new Map<string, number>();
  let swept = 0;
  const remember = (key: string): void => {
    if (!open) return;
    open.set(key, clock.now() + ttlMs);
    if (open.size < Math.max(sweepAt, swept * 2)) return;
    for (const [known, until] of open) if (until <= clock.now()) open.delete(known);
    swept = open.size;
  };
  const keyOf = (address: Address): string => prefix + storeKey(addressKey(address));
  return {
    async load() {
      for (const { key } of await store.kv.list(prefix)) remember(key);
    },
    offer(address, choices) {
      const key = keyOf(address);
      remember(key);
      return { key, value: new TextEncoder().encode(JSON.stringify(choices)), ttlMs };
    },
    async read(event) {
      if (event.kind !== "message.created" || open?.size === 0) return undefined;
      const key = keyOf(event.conversation.address);
      // Asked for last: a text may have to be worked out first.
      if ((open && !open.has(key)) || event.message.text.length > longest) return undefined;
      const entry = await store.kv.get(key);
      if (!entry) return undefined;
      const said = event.message.text.trim().toLowerCase();
      const bare = said.replace(/[.)]$/, "");
      const choices = JSON.parse(new TextDecoder().decode(entry.value)) as readonly Choice[];
      const choice =
        choices.find(({ number }) => String(number) === bare) ??
        choices.find(({ label }) => [said, bare].includes(label.trim().toLowerCase()));
      if (!choice) return undefined;
      const { message, ...envelope } = event;
      const invoked: Event = {
        ...envelope,
        kind: "action.invoked",
        action: choice.action,
        messageId: message.id,
        ...(choice.value === undefined ? {} : { value: choice.value }),
      };
      return { event: invoked, kv: [{ key, value: undefined }] };
    },
  };
}
