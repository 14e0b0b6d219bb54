import { hash } from "node:crypto";

/** Longest {@link marked} adds to a text. */
export const markerLength = 64;

const marker = /\n*<!-- devflow ([0-9a-f]{16}) ([0-9a-f]{16}) -->\s*$/;

/**
 * The text with a comment at its end that nobody sees: a digest of our key, by which a second attempt finds what the first has made,
 * and one of the text, by which we know our own words again, but not what somebody made of them.
 */
export function marked(said: string, key: string): string {
  return `${said}${said === "" ? "" : "\n\n"}<!-- devflow ${digest(key)} ${digest(plain(said))} -->`;
}

/** True when the text is as {@link marked} wrote it, under whatever key. */
export function isMarked(said: string): boolean {
  const found = find(said);
  return found !== undefined && found.text === digest(plain(said.slice(0, found.at)));
}

/** True when {@link marked} made the text under this key, edited since or not. */
export function isMarkedBy(said: string, key: string): boolean {
  return find(said)?.key === digest(key);
}

/** The text without the marker, its lines ended as elsewhere. */
export function unmarked(said: string): string {
  const found = find(said);
  return (found === undefined ? said : said.slice(0, found.at)).replaceAll("\r\n", "\n");
}

function find(said: string): { readonly at: number; readonly key: string; readonly text: string } | undefined {
  // The end alone is searched, which keeps the time linear.
  const from = said.lastIndexOf("<!-- devflow ");
  if (from < 0) return undefined;
  const start = Math.max(0, from - 8);
  const match = marker.exec(said.slice(start));
  return match === null ? undefined : { at: start + match.index, key: match[1] ?? "", text: match[2] ?? "" };
}

/** GitHub's editor ends lines with two characters, and nobody sees blanks at the end. */
function plain(said: string): string {
  return said.replaceAll("\r\n", "\n").trim();
}

function digest(value: string): string {
  return hash("sha256", value, "hex").slice(0, 16);
}
