/** The three characters that mrkdwn escapes; there is no other escape. */
export function escape(text: string): string {
  if (!/[&<>]/.test(text)) return text;
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

const markers = /[*_~`]/;
const runs = /\*+|_+|~+|`+/g;
const word = /[\p{L}\p{N}]/u;

/** True when the character is part of a word: next to it Slack reads no mark. */
export function isWord(char: string): boolean {
  return char !== "" && word.test(char);
}

/**
 * Text of one line that is to be read as it is written. A marker that could begin or end a style gets a zero width space
 * between itself and what it touches, where Slack then finds no word. `before` and `after` are the characters around the text, empty at the
 * line's ends.
 */
export function literal(text: string, before: string, after: string): string {
  if (!markers.test(text)) return escape(text);
  let out = "";
  let from = 0;
  for (const match of text.matchAll(runs)) {
    const end = match.index + match[0].length;
    const left = match.index === 0 ? before : lastChar(text.slice(0, match.index));
    const right = end === text.length ? after : firstChar(text.slice(end, end + 2));
    const fence = match[0].startsWith("```");
    // Between letters a marker is no marker; elsewhere it must not touch a word, on whichever side.
    const apart = fence || !isWord(left) || !isWord(right);
    out += escape(text.slice(from, match.index)) + (apart && !isSpace(left) ? "\u200b" : "");
    out += fence ? match[0].replace(/``(?=`)/g, "``\u200b") : match[0];
    if (apart && !isSpace(right)) out += "\u200b";
    from = end;
  }
  return out + escape(text.slice(from));
}

function isSpace(char: string): boolean {
  return char === "" || /\s/.test(char);
}

export function firstChar(text: string): string {
  const code = text.codePointAt(0);
  return code === undefined ? "" : String.fromCodePoint(code);
}

export function lastChar(text: string): string {
  const low = text.charCodeAt(text.length - 1);
  return low >= 0xdc00 && low <= 0xdfff ? text.slice(-2) : text.slice(-1);
}
