import type { Address, Event, KvWrite, Message, Receipt, Store } from "../contract/index.ts";
import { addressKey } from "../kit/address.ts";
import type { Item } from "../outbox/index.ts";

/** A message as the transcript keeps it. */
type Line = Pick<Message, "id" | "author" | "text" | "sentAt">;

const ttlMs = 7 * 86_400_000;

/** Keeps what was said on platforms that cannot tell afterwards. A message each, for a week. */
export const transcript = {
  heard(event: Event): readonly KvWrite[] {
    if (event.kind !== "message.created") return [];
    const { id, author, text, sentAt } = event.message;
    return [write(event.conversation.address, { id, author, text, sentAt }, event.id)];
  },

  said(item: Item, receipt: Receipt): readonly KvWrite[] {
    if (!item.text || (item.kind !== "message.post" && item.kind !== "stream.end")) return [];
    const author = { id: "", kind: "bot", self: true } as const;
    return [
      write(
        item.to,
        { id: receipt.messageId ?? "", author, text: item.text, sentAt: receipt.at },
        receipt.messageId ?? String(receipt.at),
      ),
    ];
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
    key: `${prefix(address)}${String(line.sentAt).padStart(15, "0")}-${id.slice(-64)}`,
    value: new TextEncoder().encode(JSON.stringify(line)),
    ttlMs,
  };
}

/** A thread's key begins with its room's: the mark after it keeps a room's history from listing its threads. */
function prefix(address: Address): string {
  return `history/${addressKey(address)}/:`;
}
