import type { Adapter, Address, Blobs, Content, Draft, Operation, Outgoing, PreparedDraft, Sayable } from "../contract/index.ts";
import { GatewayError } from "../error.ts";
import { parseMarkdown } from "../kit/markdown/index.ts";
import { plainText } from "../kit/text.ts";
import type { Item } from "./item.ts";

/** An operation that still needs an id. */
export type Unsent = Omit<Item, "at" | "cause">;

/** Refuses an address that no platform could have, before a key is made of it. */
export function checkAddress(to: Address): void {
  if ([to?.platform, to?.account, to?.room].every((part) => typeof part === "string" && part !== "")) return;
  throw new GatewayError(
    "options.invalid",
    'An address needs a platform, an account and a room, such as { platform: "slack", account: "T1", room: "C1" }.',
  );
}

/** Reads anything sayable as a draft with a tree; attached bytes go into the store. */
export async function readDraft(sayable: Sayable, blobs: Blobs): Promise<PreparedDraft> {
  const draft: Draft = typeof sayable === "string" || isContent(sayable) ? { content: sayable } : sayable;
  const { content = [], attachments = [], ...rest } = draft ?? { content: null };
  if (typeof content !== "string" && !Array.isArray(content))
    throw new GatewayError(
      "options.invalid",
      "This cannot be said. Say Markdown, a tree, a draft of them, or a stream of text such as `textStream` of a model's answer.",
    );
  const stored = await Promise.all(
    attachments.map(async (input) => {
      if (!("data" in input)) return input;
      const data = typeof input.data === "string" ? new TextEncoder().encode(input.data) : input.data;
      const kind = input.mediaType?.startsWith("image/") ? ("image" as const) : ("file" as const);
      const { data: _, ...named } = input;
      return { ...named, kind, bytes: data.byteLength, source: { type: "stored" as const, key: await blobs.put(data) } };
    }),
  );
  return { ...rest, content: typeof content === "string" ? parseMarkdown(content) : content, attachments: stored };
}

/** Formats one operation. Message ids stay out of the body: they may not be known yet. */
export function unsent(
  adapter: Adapter,
  operation: Operation,
  to: Address,
  target: Pick<Item, "messageId" | "ref"> = {},
): Unsent {
  const draft = "draft" in operation ? operation.draft : undefined;
  return {
    kind: operation.kind,
    to,
    body: adapter.formatter.format(operation, to),
    ...target,
    ...(draft && draft.attachments.length > 0 ? { attachments: draft.attachments } : {}),
    ...(draft ? { text: plainText(draft.content) } : {}),
  };
}

/** An operation that goes out directly, past the queue. */
export function outgoing(key: string, item: Unsent): Outgoing {
  const { kind, to, body, messageId, attachments } = item;
  return {
    key,
    kind,
    to,
    body,
    attempt: 1,
    ...(messageId === undefined ? {} : { messageId }),
    ...(attachments ? { attachments } : {}),
  };
}

function isContent(sayable: Content | Draft): sayable is Content {
  return Array.isArray(sayable);
}
