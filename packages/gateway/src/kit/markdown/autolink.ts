/** An address found in plain text: where it begins and ends, and what it leads to. */
export interface Found {
  readonly from: number;
  readonly end: number;
  readonly url: string;
}

// Fullwidth and CJK punctuation, and zero-width spaces, end an address: in such scripts no space follows it.
const address = /[^\s<>\u200b\u2060\u3000-\u303f\uff01-\uff0f\uff1a-\uff20\uff3b-\uff40\uff5b-\uff65]+/y;
const bracketedAddress = new RegExp(address.source.replace("<", "<\\]"), "y");
const first = /[\p{L}\p{N}_[]/uy;
const tail = /[?!.,:;*_~'"|`\])]|&[a-zA-Z\d]{1,31};$/;

/**
 * An address whose `https://` or `www.` begins at `from`, without the punctuation that belongs to the sentence around it:
 * the rules of GitHub's Markdown. `bracketed`: it stands in what may be a link's text, which a `]` ends.
 */
export function urlAt(source: string, from: number, scheme: string, bracketed: boolean): Found | undefined {
  const bare = scheme.toLowerCase() === "www.";
  const before = source.charAt(from - 1);
  if (before !== "" && (bare ? !/[\s*_~(|>]/.test(before) : /[a-zA-Z]/.test(before))) return undefined;
  const host = from + scheme.length;
  first.lastIndex = host;
  if (!first.test(source)) return undefined;
  const pattern = bracketed ? bracketedAddress : address;
  pattern.lastIndex = host;
  pattern.exec(source);
  const end = trimmed(source, host, pattern.lastIndex);
  if (end <= host) return undefined;
  const text = source.slice(from, end);
  if (bare && !text.slice(4).includes(".")) return undefined;
  return { from, end, url: bare ? `http://${text}` : text };
}

function trimmed(source: string, from: number, to: number): number {
  let open = 0;
  for (let at = from; at < to; at++) {
    const code = source.charCodeAt(at);
    if (code === 0x28) open++;
    else if (code === 0x29) open--;
  }
  let end = to;
  while (end > from) {
    const last = source.charAt(end - 1);
    if (last === ")") {
      if (open >= 0) break;
      open++;
    } else if (last === ";") {
      const start = source.lastIndexOf("&", end);
      const entity =
        start >= Math.max(from, end - 33) &&
        tail.test(source.slice(start, end)) &&
        /^&[a-zA-Z\d]+;$/.test(source.slice(start, end));
      end = entity ? start : end - 1;
      continue;
    } else if (last === "(") {
      open--;
    } else if (!tail.test(last)) break;
    end--;
  }
  return end;
}

const local = /[a-zA-Z\d.+_-]/;
const domain = /@[a-zA-Z\d_-]+(?:\.[a-zA-Z\d_-]+)+/y;

/** The mail address around the `@` at `at`, no part of it before `floor`. */
export function emailAt(source: string, at: number, floor: number): Found | undefined {
  domain.lastIndex = at;
  const match = domain.exec(source);
  if (match === null || /[_-]$/.test(match[0])) return undefined;
  let from = at;
  while (from > floor && local.test(source.charAt(from - 1))) from--;
  if (from === at) return undefined;
  const end = domain.lastIndex;
  const prefixed = from - 7 >= floor && source.slice(from - 7, from).toLowerCase() === "mailto:";
  return { from: prefixed ? from - 7 : from, end, url: `mailto:${source.slice(from, end)}` };
}
