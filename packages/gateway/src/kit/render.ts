import type { Content } from "../contract/index.ts";

/** For formatters: the rendered items with `separator` between them, those that show nothing left out. */
export function joined<T>(items: readonly T[], separator: string, render: (item: T) => string): string {
  let out = "";
  for (const item of items) {
    const part = render(item);
    if (part !== "") out += out === "" ? part : separator + part;
  }
  return out;
}

/** For formatters of platforms whose quotes do not nest: the content with the quotes inside it opened. */
export function unquoted(content: Content): Content {
  return content.flatMap((block) => (block.type === "blockquote" ? unquoted(block.children) : [block]));
}
