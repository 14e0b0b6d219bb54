// A character without width between the sign and what follows: GitHub looks for references in the rendered text, so a backslash
// does not stop it, and in code it does not look at all.
const gap = "\u200b";

// What a reference of the printer's own must not lose is its `#`. At the end of a text a link may follow, or a mark.
const signs = /(?<!\\)&#(?:\d{1,7}|x[\da-f]{1,6});|@(?=[\w-]|$)|#(?=\d|$)|\bgh-(?=\d|$)/gi;
const closing = /\b(close[sd]?|fix(?:e[sd])?|resolve[sd]?)(?=:?\s*(?:$|https?:|\\?#|\S{1,140}#|gh-))/gi;

/** Text, as it is printed, in which nothing notifies anybody, refers to anything, or closes an issue. */
export function inert(text: string): string {
  if (!/[@#]|gh-|clos|fix|resolv/i.test(text)) return text;
  return text.replace(closing, `$1${gap}`).replace(signs, (found) => (found.startsWith("&#") ? found : found + gap));
}
