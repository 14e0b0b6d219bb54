// A character without width between the sign and what follows: GitHub looks for references in the rendered text, so a backslash
// does not stop it, and in code it does not look at all.
const gap = "\u200b";

const mention = /@(?=[\w-]|$)/g;
const reference = /#(?=\d|$)|\b(?:GH|gh)-(?=\d|$)/g;
// At the end of a text a link may follow.
const closing = /\b(close[sd]?|fix(?:e[sd])?|resolve[sd]?)(?=:?\s*(?:$|https?:|\S*(?:#|GH-)\u200b?\d?))/gi;

/** Text in which nothing notifies anybody, refers to anything, or closes an issue. */
export function inert(text: string): string {
  if (!/[@#]|gh-|clos|fix|resolv/i.test(text)) return text;
  return text.replace(mention, `@${gap}`).replace(reference, `$&${gap}`).replace(closing, `$1${gap}`);
}
