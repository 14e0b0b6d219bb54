import type { Address, Event, KvWrite, Store } from "../contract/index.ts";
import { addressKey } from "../kit/address.ts";
import type { Choice } from "../kit/degrade.ts";

const ttlMs = 3_600_000;
/** Longer texts are no answer to a numbered list. */
const longest = 200;

/** Remembers, per conversation, what a number or label sent back stands for: buttons, where a platform shows none. */
export function createFallback(store: Store): {
  load(): Promise<void>;
  /** The write that offers these choices; they replace earlier ones, and expire after an hour. */
  offer(address: Address, choices: readonly Choice[]): KvWrite;
  /** The event as `action.invoked` when its text is one of the choices offered, with the write that takes the offer back. */
  read(event: Event): Promise<{ readonly event: Event; readonly kv: readonly KvWrite[] } | undefined>;
} {
  // One process alone knows where choices are open, and spares every other message the question.
  const open = store.caps.multiProcess ? undefined : new Set<string>();
  return {
    async load() {
      for (const { key } of await store.kv.list("choices/")) open?.add(key);
    },
    offer(address, choices) {
      const key = `choices/${addressKey(address)}`;
      open?.add(key);
      return { key, value: new TextEncoder().encode(JSON.stringify(choices)), ttlMs };
    },
    async read(event) {
      if (event.kind !== "message.created" || event.message.text.length > longest) return undefined;
      const key = `choices/${addressKey(event.conversation.address)}`;
      if (open && !open.has(key)) return undefined;
      const entry = await store.kv.get(key);
      if (!entry) {
        open?.delete(key);
        return undefined;
      }
      const said = event.message.text.trim().toLowerCase().replace(/[.)]$/, "");
      const choices = JSON.parse(new TextDecoder().decode(entry.value)) as readonly Choice[];
      const choice =
        choices.find(({ number }) => String(number) === said) ?? choices.find(({ label }) => label.toLowerCase() === said);
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
