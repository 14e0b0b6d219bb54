const punctuation = /[\p{P}\p{S}]/u;
const eastAsian = /[\p{sc=Han}\p{sc=Hira}\p{sc=Kana}\p{sc=Hang}]/u;

/** Whether the run of `char` from `at` to `end` may open or close a mark: CommonMark's rules of what stands around it. */
export function flank(
  source: string,
  at: number,
  end: number,
  char: string,
): { readonly opens: boolean; readonly closes: boolean } {
  const before = at === 0 ? " " : codePointBefore(source, at);
  const after = end >= source.length ? " " : String.fromCodePoint(source.codePointAt(end) ?? 0x20);
  const spaceBefore = isSpace(before);
  const spaceAfter = isSpace(after);
  if (char === "|") return { opens: !spaceAfter, closes: !spaceBefore };
  const markBefore = isPunctuation(before);
  const markAfter = isPunctuation(after);
  // In scripts without spaces between words a mark may end at punctuation and a letter may follow at once.
  const opens = !spaceAfter && (!markAfter || spaceBefore || markBefore || eastAsian.test(before));
  const closes = !spaceBefore && (!markBefore || spaceAfter || markAfter || eastAsian.test(after));
  return char === "_" && opens && closes ? { opens: markBefore, closes: markAfter } : { opens, closes };
}

/** The character that ends at `at`. */
export function codePointBefore(source: string, at: number): string {
  const low = source.charCodeAt(at - 1);
  return low >= 0xdc00 && low <= 0xdfff && at > 1 ? source.slice(at - 2, at) : source.charAt(at - 1);
}

/** White space, as marks see it. */
export function isSpace(char: string): boolean {
  const code = char.charCodeAt(0);
  return code < 0x80 ? code === 0x20 || (code >= 0x09 && code <= 0x0d) : /\s/.test(char);
}

/** Punctuation and symbols, as marks see them. */
export function isPunctuation(char: string): boolean {
  const code = char.charCodeAt(0);
  if (code >= 0x80) return punctuation.test(char);
  return (
    (code > 0x20 && code < 0x30) || (code > 0x39 && code < 0x41) || (code > 0x5a && code < 0x61) || (code > 0x7a && code < 0x7f)
  );
}
