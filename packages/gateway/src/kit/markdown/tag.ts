const lineBreak = /<br[ \t]*\/?>/iy;
const open = /<[a-zA-Z][a-zA-Z\d-]*(?:\s+[a-zA-Z_:][\w.:-]*(?:\s*=\s*(?:"[^"]*"|'[^']*'|[^\s"'=<>`]+))?)*\s*\/?>/y;
const close = /<\/[a-zA-Z][a-zA-Z\d-]*\s*>/y;

/** Where the line break tag at `at` ends, if there is one. */
export function lineBreakEnd(source: string, at: number): number | undefined {
  return ends(lineBreak, source, at);
}

/** HTML constructs that end with a fixed string, and the string. */
const fixed: readonly (readonly [string, string])[] = [
  ["<!--", "-->"],
  ["<?", "?>"],
  ["<![CDATA[", "]]>"],
  ["<!", ">"],
];

/**
 * Where the piece of raw HTML at `at` ends, if it is one. It is shown as it is written; to know it keeps the marks within
 * its attributes from having a meaning. `missing` collects the endings that the source has no more of.
 */
export function tagEnd(source: string, at: number, missing: Set<string>): number | undefined {
  for (const [start, end] of fixed) {
    if (!source.startsWith(start, at)) continue;
    if (start === "<!" && !/[a-zA-Z]/.test(source.charAt(at + 2))) return undefined;
    if (missing.has(end)) return undefined;
    const found = source.indexOf(end, at + start.length);
    if (found >= 0) return found + end.length;
    missing.add(end);
    return undefined;
  }
  return source.charCodeAt(at + 1) === 0x2f ? ends(close, source, at) : ends(open, source, at);
}

function ends(pattern: RegExp, source: string, at: number): number | undefined {
  pattern.lastIndex = at;
  return pattern.test(source) ? pattern.lastIndex : undefined;
}
