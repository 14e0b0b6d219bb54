import type { Block, Inline } from "@devflow/gateway/contract";
import type { AlertKind } from "../wire/alert.ts";

/** A panel as Markdown has it: a quote that begins with the kind of the alert. */
export function alertQuote(kind: AlertKind, children: readonly Block[]): Block {
  const mark = `[!${kind}]`;
  const [first, ...rest] = children;
  if (first?.type !== "paragraph") {
    return { type: "blockquote", children: [{ type: "paragraph", children: [{ type: "text", value: mark }] }, ...children] };
  }
  const [text, ...more] = first.children;
  const line: Inline[] =
    text?.type === "text"
      ? [{ ...text, value: `${mark}\n${text.value}` }, ...more]
      : [{ type: "text", value: `${mark}\n` }, ...first.children];
  return { type: "blockquote", children: [{ ...first, children: line }, ...rest] };
}
