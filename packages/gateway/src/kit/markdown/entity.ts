import { characterEntities } from "character-entities";

const reference = /&(?:#[xX]([\da-fA-F]{1,6})|#(\d{1,7})|([a-zA-Z][a-zA-Z\d]{1,31}));/y;

/** The character reference that begins at `at` (an ampersand): what it stands for, and where it ends. */
export function entityAt(source: string, at: number): { readonly value: string; readonly end: number } | undefined {
  reference.lastIndex = at;
  const match = reference.exec(source);
  if (match === null) return undefined;
  const [, hex, decimal, name] = match;
  const value = name === undefined ? character(hex === undefined ? Number(decimal) : Number.parseInt(hex, 16)) : named(name);
  return value === undefined ? undefined : { value, end: reference.lastIndex };
}

function named(name: string): string | undefined {
  return Object.hasOwn(characterEntities, name) ? characterEntities[name] : undefined;
}

const escapes = /\\([!-/:-@[-`{-~])|&/g;

/** Resolves backslash escapes and character references, as in a link's destination. */
export function unescape(source: string): string {
  if (!source.includes("\\") && !source.includes("&")) return source;
  let out = "";
  let from = 0;
  escapes.lastIndex = 0;
  for (let match = escapes.exec(source); match !== null; match = escapes.exec(source)) {
    const entity = match[1] === undefined ? entityAt(source, match.index) : { value: match[1], end: escapes.lastIndex };
    if (entity === undefined) continue;
    out += source.slice(from, match.index) + entity.value;
    from = escapes.lastIndex = entity.end;
  }
  return out + source.slice(from);
}

const hidden = /[\u202a-\u202e]/g;
const unfit = /[\u202a-\u202e\ud800-\udfff]/;

/**
 * Text fit to be shown: lone surrogates and U+0000 become U+FFFD, and the characters U+202A to U+202E, which make text read
 * as something else than it is, are gone.
 */
export function cleanText(text: string): string {
  if (!unfit.test(text) && !text.includes("\0")) return text;
  return text.toWellFormed().replaceAll("\0", "\ufffd").replace(hidden, "");
}

function character(code: number): string {
  const none = code === 0 || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff);
  return none ? "\ufffd" : cleanText(String.fromCodePoint(code));
}
