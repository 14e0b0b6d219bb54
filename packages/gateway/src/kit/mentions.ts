import type { Block, Content, Inline } from "../contract/index.ts";
import { foreign } from "./inline.ts";

/** A name with an `@` before it, as somebody typed it. */
export interface NamedMention {
  /** Without the `@`. */
  readonly name: string;
  /** Index of the `@`. */
  readonly from: number;
  readonly end: number;
}

// A name may hold dots and hyphens but does not end with them: `@ada.` ends a sentence, and `@bot-dev` is not `@bot`.
const candidate = /@([\p{L}\p{N}_]+(?:[.-]+[\p{L}\p{N}_]+)*)/gu;
// In front: part of an address or path. Behind: the rest of an address, or of a package's name.
const joined = /[\p{L}\p{N}_@./+%~=:-]$/u;
const going = /^(?:@|\/[\p{L}\p{N}_@])/u;

/**
 * The one scanner for `@name` in text: `jane@acme.com` mentions nobody, and neither does the package `@acme/tools`. The time
 * is linear in the text's length.
 */
export function scanMentions(text: string): NamedMention[] {
  const found: NamedMention[] = [];
  if (!text.includes("@")) return found;
  for (const match of text.matchAll(candidate)) {
    const from = match.index;
    const end = from + match[0].length;
    if (joined.test(text.slice(Math.max(0, from - 2), from)) || going.test(text.slice(end, end + 3))) continue;
    found.push({ name: match[1] ?? "", from, end });
  }
  return found;
}

/** True when the words mention `name` (compared without case): in a tree, what stands in code or in a link is not a mention. */
export function mentionsName(said: string | Content, name: string): boolean {
  const wanted = name.toLowerCase();
  const within = (text: string): boolean => scanMentions(text).some((mention) => mention.name.toLowerCase() === wanted);
  return typeof said === "string" ? within(said) : texts(said).some(within);
}

/** The literal text of a tree, run by run. */
function texts(nodes: readonly (Block | Inline)[]): string[] {
  return nodes.flatMap((node): string[] => {
    switch (node.type) {
      case "text":
        return [node.value];
      case "code":
      case "inlineCode":
      case "link":
      case "image":
      case "actions":
        return [];
      case "fields":
        return node.items.flatMap((item) => texts(item.value));
      default: {
        const other = foreign(node);
        return "value" in other ? [] : texts(other.children);
      }
    }
  });
}
