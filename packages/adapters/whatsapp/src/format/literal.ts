const markers = /[*_~`]/;
const runs = /\*+|_+|~+|`+/g;
const word = /[\p{L}\p{N}]/u;

/** True when the character is part of a word: next to it WhatsApp reads no mark. */
export function isWord(char: string): boolean {
  return char !== "" && word.test(char);
}

/**
 * Text of one line that is to be read as it is written. WhatsApp has no escape, so a marker that could begin or end a style
 * is held apart from what it touches by a zero width space. `before` and `after` are the characters around the text.
 */
export function literal(text: string, before: string, after: string): string {
  if (!markers.test(text)) return text;
  let out = "";
  let from = 0;
  for (const { 0: run, index } of text.matchAll(runs)) {
    const end = index + run.length;
    const left = index === 0 ? before : lastChar(text.slice(Math.max(0, index - 2), index));
    const right = end === text.length ? after : firstChar(text.slice(end, end + 2));
    const fence = run.startsWith("```");
    // Between letters a marker is a letter too; a backtick is not, wherever it stands.
    const live = run.startsWith("`") || !isWord(left) || !isWord(right);
    out += text.slice(from, index) + (live && !isSpace(left) ? "\u200b" : "");
    out += fence ? run.replace(/``(?=`)/g, "``\u200b") : run;
    if (live && !isSpace(right)) out += "\u200b";
    from = end;
  }
  return out + text.slice(from);
}

function isSpace(char: string): boolean {
  return char === "" || /\s/.test(char);
}

/** The first character, whole. */
export function firstChar(text: string): string {
  const code = text.codePointAt(0);
  return code === undefined ? "" : String.fromCodePoint(code);
}

/** The last character, whole. */
export function lastChar(text: string): string {
  const low = text.charCodeAt(text.length - 1);
  return low >= 0xdc00 && low <= 0xdfff ? text.slice(-2) : text.slice(-1);
}
