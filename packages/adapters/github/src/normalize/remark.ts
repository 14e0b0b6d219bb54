const fence = /^ {0,3}(`{3,}|~{3,})/;

/** Markdown without the comments of HTML outside code: templates of issues are full of them, and nobody is shown them. */
export function withoutComments(body: string): string {
  if (!body.includes("<!--")) return body;
  const out: string[] = [];
  let open: string | undefined;
  let inside = false;
  for (const line of body.split("\n")) {
    const mark = inside ? undefined : fence.exec(line)?.[1];
    if (open !== undefined) {
      if (mark?.startsWith(open) === true && line.trim() === mark) open = undefined;
      out.push(line);
    } else if (mark !== undefined) {
      open = mark;
      out.push(line);
    } else {
      const { rest, still } = strip(line, inside);
      const gone = (inside || rest !== line) && rest.trim() === "";
      inside = still;
      if (!gone) out.push(rest);
    }
  }
  return out.join("\n");
}

function strip(line: string, inside: boolean): { readonly rest: string; readonly still: boolean } {
  let rest = "";
  let at = 0;
  let within = inside;
  while (at < line.length) {
    if (within) {
      const end = line.indexOf("-->", at);
      if (end < 0) return { rest, still: true };
      at = end + 3;
      within = false;
    } else {
      const start = line.indexOf("<!--", at);
      const ticked = start >= 0 && inCode(line.slice(at, start));
      if (start < 0 || ticked) return { rest: rest + line.slice(at), still: false };
      rest += line.slice(at, start);
      at = start + 4;
      within = true;
    }
  }
  return { rest, still: within };
}

/** True when code has begun in the line and not ended. */
function inCode(text: string): boolean {
  return (text.split("`").length - 1) % 2 === 1;
}
