import type { Content, Inline } from "@devflow/gateway/contract";
import { mapInlines, type JsonObject } from "@devflow/gateway/kit";
import { renderBody } from "./body.ts";
import { isUnstyled, mentioned, renderHtml } from "./html.ts";

/** How a text is said. */
export interface Manner {
  readonly account: string;
  /** Whether `@room` may ping everybody. */
  readonly broadcast: boolean;
}

/** Text fields of `m.room.message`: `body`, and `format` with `formatted_body` where the body does not say it all. */
export function textFields(content: Content): JsonObject {
  const body = renderBody(content);
  const html = renderHtml(content);
  return isUnstyled(html) ? { body } : { body, format: "org.matrix.custom.html", formatted_body: html };
}

/**
 * `m.mentions`: only what it names is pinged. It is sent even when it is empty, or older servers would search the body for
 * names and `@room`.
 */
export function mentionsOf(content: Content, { account, broadcast }: Manner): JsonObject {
  const users = new Set<string>();
  let room = false;
  mapInlines(content, (node: Inline) => {
    if (node.type === "mention") {
      const id = node.target === "user" ? mentioned(node) : undefined;
      if (id !== undefined && id !== account) users.add(id);
      room ||= node.target === "room" && broadcast;
    }
    return [node];
  });
  return { ...(users.size === 0 ? {} : { user_ids: [...users] }), ...(room ? { room: true } : {}) };
}

/** Bytes that a text takes in an event: those of its fields as JSON. */
export function measure(content: Content): number {
  if (content.length === 0) return 0;
  const { body, formatted_body: html } = textFields(content);
  return bytes(body) + bytes(html);
}

function bytes(text: unknown): number {
  return typeof text === "string" ? Buffer.byteLength(JSON.stringify(text)) - 2 : 0;
}
