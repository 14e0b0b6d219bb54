import type { Address, Event, KvWrite, Message, Receipt, Store } from "../contract/index.ts";
import { addressKey } from "../kit/address.ts";
import { storeKey } from "../kit/key.ts";
import type { Item } from "../outbox/index.ts";

/** A message as the transcript keeps it. */
type Line = Pick<Message, "id" | "author" | "text" | "sentAt">;

const ttlMs = 7 * 86_400_000;
/** UTF-16 units of a message that are kept: a value of the store has its bounds, and a reader of histories too. */
const longest = 32_768;

/** Keeps what was said on platforms that cannot tell afterwards. A message each, for a week. */
export const transcript = {
  heard(event: Event): readonly KvWrite[] {
    if (event.kind !== "message.created") return [];
    const { id, author, text, sentAt } = event.message;
    return [write(event.conversation.address, { id, author, text, sentAt }, event.id)];
  },

  /** `about` is the receipt of the message that an edit changes: its line then reads as the message does. */
  said(item: Item, receipt: Receipt, about?: Receipt): readonly KvWrite[] {
    const { at, messageId } = about ?? receipt;
    const known = item.kind === "message.post" || item.kind === "stream.end" || (item.kind === "message.edit" && about);
    if (!item.text || !known) return [];
    const author = { id: "", kind: "bot", self: true } as const;
    return [write(item.to, { id: messageId ?? "", author, text: item.text, sentAt: at }, messageId ?? String(at))];
  },

  /** Newest last. */
  async read(store: Store, address: Address, limit: number): Promise<readonly Message[]> {
    const entries = await store.kv.list(prefix(address), { limit, reverse: true });
    return entries.toReversed().map(({ value }) => {
      const line = JSON.parse(new TextDecoder().decode(value)) as Line;
      return {
        ...line,
        content: [{ type: "paragraph", children: [{ type: "text", value: line.text }] }],
        attachments: [],
        addressed: false,
      };
    });
  },
};

function write(address: Address, line: Line, id: string): KvWrite {
  return {
    key: `${prefix(address)}${String(line.sentAt).padStart(15, "0")}-${storeKey(id).slice(-64).toWellFormed()}`,
    value: new TextEncoder().encode(JSON.stringify({ ...line, text: line.text.slice(0, longest) })),
    ttlMs,
  };
}

/** A thread's key begins with its room's: the mark after it keeps a room's history from listing its threads. */
function prefix(address: Address): string {
  return `history/${storeKey(addressKey(address))}/:`;
}
