import type { Block, Blockquote, Inline } from "@devflow/gateway/contract";
import type { AlertKind } from "../wire/alert.ts";

const head = /^\[!(note|tip|important|warning|caution)\][ \t]*(?:\n|$)/i;

/** A quote whose first line is `[!NOTE]` or one of its kin: what it alerts to. */
export interface Alert {
  readonly kind: AlertKind;
  readonly children: readonly Block[];
}

/** The alert that a quote is, if it is one. */
export function alertOf({ children }: Blockquote): Alert | undefined {
  const [first, ...rest] = children;
  if (first?.type !== "paragraph") return undefined;
  const [text, ...more] = first.children;
  if (text?.type !== "text") return undefined;
  const found = head.exec(text.value);
  const ends = text.value.length === found?.[0].length && !found[0].endsWith("\n");
  if (found === null || (ends && more.length > 0 && more[0]?.type !== "break")) return undefined;
  const said = text.value.slice(found[0].length);
  const after = more[0]?.type === "break" && said === "" ? more.slice(1) : more;
  const line: readonly Inline[] = said === "" ? after : [{ ...text, value: said }, ...after];
  return {
    kind: (found[1] ?? "").toUpperCase() as AlertKind,
    children: line.length === 0 ? rest : [{ ...first, children: line }, ...rest],
  };
}
