/** Signs of marks that act only in pairs, each at the edge of a word: `+new+`. */
const paired = "-+^~!";

/** Letters and digits: a mark does not begin right after one, nor end right before one. */
const word = /[\p{L}\p{N}\p{M}]/u;

/** True for a character within words. The empty string is none. */
export function isWord(char: string): boolean {
  return word.test(char);
}

/** How text is escaped where it stands. */
export interface Escaping {
  /** Signs among {@link paired} that could pair with another one nearby. */
  readonly active: ReadonlySet<string>;
  /** Signs that marks nearby are written with. */
  readonly used: ReadonlySet<string>;
  /** In a table's cell or a link's label, which a bare pipe would end. */
  readonly boxed: boolean;
}

/** The paired signs that begin something in these texts and end it later, or that the texts' own marks are written with. */
export function activeSigns(texts: readonly string[], used: Iterable<string>): ReadonlySet<string> {
  const active = new Set(used);
  const begun = new Set<string>();
  // White space at a text's ends may come to stand outside of its marks.
  for (const text of texts.map((one) => one.trim())) {
    for (const match of text.matchAll(/[-+^~!]/g)) {
      const [sign] = match;
      const { begins, ends } = edges(text, match.index);
      if (ends && begun.has(sign)) active.add(sign);
      if (begins) begun.add(sign);
    }
  }
  return active;
}

/** Whether a mark could begin or end at a sign. The ends of a text may touch anything. */
function edges(text: string, at: number): { readonly begins: boolean; readonly ends: boolean } {
  const before = text.charAt(at - 1);
  const after = text.charAt(at + 1);
  const next = after === "" ? "" : String.fromCodePoint(text.codePointAt(at + 1) ?? 0);
  return {
    begins: !isWord(before) && !/[ \n]/.test(after),
    // An image's end may be followed by anything.
    ends: (text[at] === "!" || !isWord(next)) && !/[ \n]/.test(before),
  };
}

const suspects =
  /[{}[\]*_|\\]|&(?=#?\w{1,32};)|\((?=(?:\/|x|!|\?|y|n|i|on|off|\*[rgby]?|\+|-)\))|[:;](?=[()DP])|-+|[+^~!]|\?{2,}/g;

/**
 * Text that Jira's wiki markup shows as it is. A backslash stands before what could be markup; where none works, a character
 * reference or a zero width space does its work. Source: Jira's text formatting notation, and Atlassian's own parser.
 */
export function escapeText(text: string, { active, used, boxed }: Escaping): string {
  const escaped = text.replace(suspects, (found, at: number) => {
    const after = text.charAt(at + found.length);
    switch (found) {
      case "\\":
        // Before a letter it is just that; before all else it would escape, or break the line.
        return /^[\p{L}\p{N}]/u.test(after) && text[at - 1] !== "\\" ? found : "&#92;";
      case "|":
        return boxed ? "&#124;" : found;
      case "&":
        return "&amp;";
      case ":":
      case ";":
        return /^[DP][A-Za-z\d]/.test(text.slice(at + 1, at + 3)) ? found : `${found}\u200b`;
      case "~":
        // `[~name` is no mention once the bracket is escaped.
        if (text[at - 1] === "[" && isWord(after) && !used.has(found)) return found;
        return acts(text, at, active) ? `\\${found}` : found;
      case "-":
      case "+":
      case "^":
      case "!":
        return acts(text, at, active) ? `\\${found}` : found;
      default:
        return found.replace(/[^]/g, "\\$&");
    }
  });
  // The end of a reference may begin a face as well.
  return escaped.replaceAll(";)", ";\u200b)");
}

function acts(text: string, at: number, active: ReadonlySet<string>): boolean {
  if (!active.has(text.charAt(at)) || !paired.includes(text.charAt(at))) return false;
  const { begins, ends } = edges(text, at);
  return begins || ends;
}

/** An escaped line, so that it begins no list, heading, quote, rule or table. */
export function escapeLineStart(line: string): string {
  return line
    .replace(/^(h[1-6]|bq)\./i, "$1\u200b.")
    .replace(/^-(?=\s|$)/, "\\-")
    .replace(/^[*#-]+(?=\s|$)/, "\u200b$&")
    .replace(/^\|/, "&#124;");
}
