/**
 * Cuts Markdown that is still being written in two, at most `limit` UTF-16 units before the cut: between paragraphs, else
 * lines, else words. A code fence that the cut divides is closed in the head and opened again in the tail.
 */
export function cutMarkdown(text: string, limit: number): { readonly head: string; readonly tail: string } {
  if (text.length <= limit) return { head: text, tail: "" };
  const at = cutPosition(text, Math.max(1, limit));
  const head = text.slice(0, at);
  const tail = text.slice(at);
  const fence = openFence(head);
  if (fence === undefined) return { head, tail };
  const marker = /^ {0,3}(`+|~+)/.exec(fence)?.[1] ?? "```";
  return { head: `${head.endsWith("\n") ? head : `${head}\n`}${marker}`, tail: `${fence}\n${tail}` };
}

function cutPosition(text: string, limit: number): number {
  for (const border of ["\n\n", "\n", " "]) {
    const at = text.lastIndexOf(border, limit - border.length);
    if (at > limit / 2) return at + border.length;
  }
  const code = text.charCodeAt(limit);
  return code >= 0xdc00 && code <= 0xdfff && limit > 1 ? limit - 1 : limit;
}

/** The line that opened the fence in which the text ends. */
function openFence(text: string): string | undefined {
  let open: string | undefined;
  let opening = "";
  for (const line of text.split("\n")) {
    const marker = /^ {0,3}(`{3,}|~{3,})/.exec(line)?.[1];
    if (marker === undefined) continue;
    if (open === undefined) [open, opening] = [line, marker];
    // A fence is closed by one of its own kind that is at least as long.
    else if (line.trim() === marker && marker.startsWith(opening)) open = undefined;
  }
  return open;
}
