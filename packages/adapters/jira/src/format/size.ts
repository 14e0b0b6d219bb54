import type { Content } from "@devflow/gateway/contract";
import { splitContent } from "@devflow/gateway/kit";
import { toWiki } from "./wiki/index.ts";

/**
 * Characters of a text, as both APIs are measured: those of its wiki markup. Whether Cloud counts what is seen or the whole
 * document is not documented; the markup lies between the two, and {@link textLimit} leaves room.
 */
export function measure(content: Content): number {
  return toWiki(content).length;
}

/** Characters that Jira takes in a comment or a description. */
export const hardLimit = 32_767;

/** Longest text to write, by {@link measure}: with room for what Jira may count and we do not. */
export const textLimit = 30_000;

/** As much of a content as fits into `limit`, whole blocks or words, with a link to all of it below when something is missing. */
export function clip(content: Content, url: string, limit: number = textLimit): Content {
  if (measure(content) <= limit) return content;
  const more: Content = [
    {
      type: "paragraph",
      children: [
        { type: "text", value: "Full text: " },
        { type: "link", url, children: [{ type: "text", value: url }] },
      ],
    },
  ];
  const [first = []] = splitContent(content, limit - measure(more) - 2, measure);
  return [...first, ...more];
}
