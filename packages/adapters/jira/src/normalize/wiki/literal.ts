import { cleanText } from "@devflow/gateway/kit";

const reference = /&(?:#(\d{1,7})|#[xX]([\da-fA-F]{1,6})|(amp|lt|gt|quot|apos|nbsp));/y;
const names: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'", nbsp: "\u00a0" };

/** The character reference that begins at `at`: what it stands for, and where it ends. */
export function entityAt(source: string, at: number): { readonly value: string; readonly end: number } | undefined {
  reference.lastIndex = at;
  const match = reference.exec(source);
  if (match === null) return undefined;
  const [, decimal, hex, name = ""] = match;
  const code = decimal === undefined ? Number.parseInt(hex ?? "", 16) : Number(decimal);
  const value = names[name] ?? (code > 0 && code <= 0x10ffff ? cleanText(String.fromCodePoint(code)) : "\ufffd");
  const end = reference.lastIndex;
  return { value, end: source.startsWith("\u200b)", end) ? end + 1 : end };
}

/** True for a character before which a backslash is an escape. */
export function isEscaped(char: string): boolean {
  return /^[!-/:-@[-`{-~]$/.test(char);
}

/** Text in which nothing but escapes and references has a meaning: code, titles. */
export function plain(source: string): string {
  let out = "";
  let from = 0;
  for (const { index } of source.matchAll(/[\\&]/g)) {
    if (index < from) continue;
    const next = source.charAt(index + 1);
    if (source[index] === "\\") {
      if (!isEscaped(next)) continue;
      out += source.slice(from, index) + next;
      from = index + 2;
    } else {
      const entity = entityAt(source, index);
      if (entity === undefined) continue;
      out += source.slice(from, index) + entity.value;
      from = entity.end;
    }
  }
  return visible(out + source.slice(from));
}

/** Text without the zero width spaces that kept a face from being one. */
export function visible(text: string): string {
  return text.replace(/([:;])\u200b(?=[()DP])/g, "$1");
}

/** A line without the zero width space that kept it from being a heading, a quote or a list's item. */
export function bareLine(line: string): string {
  return line.replace(/^\u200b(?=[*#-]+(?:\s|$)|[~^!@$])/, "").replace(/^(h[1-6]|bq)\u200b(?=\.)/i, "$1");
}
