let segmenter: Intl.Segmenter | undefined;

/** What a reader takes for single characters. */
export function graphemes(text: string): string[] {
  segmenter ??= new Intl.Segmenter(undefined, { granularity: "grapheme" });
  return Array.from(segmenter.segment(text), (part) => part.segment);
}

const simple = /^[\n\u0020-\u02ff\u0370-\u0482\u048a-\u0590]*$/;
/** Text in which several characters may be one. */
const joined = /[\p{M}\p{Cf}\p{Cc}\p{Emoji_Modifier}\p{Regional_Indicator}\u1100-\u11ff]/u;
const wide =
  /[\u1100-\u115f\u231a\u231b\u2329\u232a\u23e9-\u23ec\u23f0\u23f3\u25fd\u25fe\u2614\u2615\u2648-\u2653\u267f\u2693\u26a1\u26aa\u26ab\u26bd\u26be\u26c4\u26c5\u26ce\u26d4\u26ea\u26f2\u26f3\u26f5\u26fa\u26fd\u2705\u270a\u270b\u2728\u274c\u274e\u2753-\u2755\u2757\u2795-\u2797\u27b0\u27bf\u2b1b\u2b1c\u2b50\u2b55\u2e80-\u303e\u3041-\u33ff\u3400-\u4dbf\u4e00-\u9fff\ua000-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe10-\ufe19\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6]|[\u{16fe0}-\u{18cff}\u{1aff0}-\u{1b2ff}\u{1f004}\u{1f0cf}\u{1f18e}\u{1f191}-\u{1f19a}\u{1f1e6}-\u{1f202}\u{1f210}-\u{1f23b}\u{1f240}-\u{1f265}\u{1f300}-\u{1f64f}\u{1f680}-\u{1f6ff}\u{1f7e0}-\u{1f7eb}\u{1f90c}-\u{1faff}\u{20000}-\u{3fffd}]/u;
const zero = /^[\p{M}\p{Cf}\p{Cc}]/u;

/** Cells that text takes in a fixed-width font: two for East Asian wide characters and emoji, none for marks alone. */
export function displayWidth(text: string): number {
  if (simple.test(text)) return text.length;
  let width = 0;
  for (const grapheme of joined.test(text) ? graphemes(text) : text) {
    if (zero.test(grapheme)) continue;
    width += wide.test(grapheme) || grapheme.includes("\ufe0f") ? 2 : 1;
  }
  return width;
}

/** The last border between graphemes at or before `at`; 0 when one grapheme reaches further than that. */
export function graphemeFloor(text: string, at: number): number {
  if (at >= text.length) return text.length;
  if (at <= 0) return 0;
  const before = text.charCodeAt(at - 1);
  const after = text.charCodeAt(at);
  if (before < 0x300 && after < 0x300 && !(before === 0x0d && after === 0x0a)) return at;
  segmenter ??= new Intl.Segmenter(undefined, { granularity: "grapheme" });
  return segmenter.segment(text.slice(0, at + 2)).containing(at)?.index ?? 0;
}
