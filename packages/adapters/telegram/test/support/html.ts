/** Text as the server reads it out of HTML, and what it makes of its tags. */
export interface Read {
  readonly text: string;
  readonly entities: readonly { readonly tag: string; readonly href?: string; readonly text: string }[];
}

const opening = /^(?:(b|i|s|tg-spoiler|code|pre|blockquote)|(a) href="([^"<>]*)"|(code) class="language-([\w+#.-]+)")$/;
const names: Readonly<Record<string, string>> = { lt: "<", gt: ">", amp: "&", quot: '"' };
const alone = new Set(["code", "pre"]);

/**
 * Reads HTML as strictly as the Bot API documents it: known tags, closed in order, code and quotes nested as allowed, the
 * four named entities, no character that the server would drop or refuse. Throws where a message would be rejected.
 */
export function readHtml(html: string): Read {
  const open: { tag: string; href?: string; from: number }[] = [];
  const entities: { tag: string; href?: string; text: string }[] = [];
  let text = "";
  const bad = (why: string): never => {
    throw new Error(`can't parse entities: ${why} in ${JSON.stringify(html)}`);
  };
  for (const part of html.match(/<[^<>]*>|&\w*;?|[^<&]+|</g) ?? []) {
    if (part.startsWith("&")) text += names[part.slice(1, -1)] ?? bad(`entity ${part}`);
    else if (part.startsWith("</")) {
      const last = open.pop();
      if (last === undefined || last.tag !== part.slice(2, -1)) return bad(`${part} closes ${last?.tag}`);
      if (last.from === text.length) bad(`empty <${last.tag}>`);
      entities.push({ tag: last.tag, ...(last.href === undefined ? {} : { href: last.href }), text: text.slice(last.from) });
    } else if (part.startsWith("<")) {
      const match = opening.exec(part.slice(1, -1));
      if (match === null) return bad(`tag ${part}`);
      const tag = match[1] ?? match[2] ?? match[4] ?? "";
      const around = open.map((each) => each.tag);
      if (around.includes(tag)) bad(`<${tag}> in itself`);
      const inPre = match[4] !== undefined && around.at(-1) === "pre";
      if (alone.has(tag) && !inPre && around.some((each) => each !== "blockquote")) bad(`<${tag}> in <${around.join("><")}>`);
      if (around.some((each) => alone.has(each)) && !inPre) bad(`<${tag}> in code`);
      if (tag === "blockquote" && around.length > 0) bad("a quote within something");
      if (match[4] !== undefined && !inPre) bad("a language without pre");
      const href = match[3]?.replace(/&(\w+);/g, (found, name: string) => names[name] ?? bad(found));
      if (href !== undefined && !/^(?:https?:\/\/[^/]*\.|tg:|ton:|tonsite:)/i.test(href)) bad(`link to ${href}`);
      open.push({ tag, ...(href === undefined ? {} : { href }), from: text.length });
    } else text += part.includes(">") ? bad("a bare >") : part;
  }
  if (open.length > 0) bad(`<${open.at(-1)?.tag}> does not end`);
  if (!text.isWellFormed() || /(?!\n)\p{Cc}|[\u2028-\u202e]|\u030a|\u0333|\u033f/u.test(text))
    bad("a character the server drops");
  return { text, entities };
}
