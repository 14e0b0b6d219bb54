const tags: Readonly<Record<string, readonly string[]>> = {
  span: ["data-mx-bg-color", "data-mx-color", "data-mx-spoiler", "data-mx-maths"],
  a: ["target", "href"],
  img: ["width", "height", "alt", "title", "src"],
  ol: ["start"],
  code: ["class"],
  div: ["data-mx-maths"],
  ...Object.fromEntries(
    "del h1 h2 h3 h4 h5 h6 blockquote p ul sup sub li b i u strong em s hr br table thead tbody tr th td caption pre details summary"
      .split(" ")
      .map((tag) => [tag, []]),
  ),
};
const names: Readonly<Record<string, string>> = { lt: "<", gt: ">", amp: "&", quot: '"' };

/**
 * Reads HTML as strictly as the specification lists it: known tags and attributes, closed in order, at most 100 deep, links
 * with allowed schemes, no bare sign. Throws at anything else. Resolves to the text and the tags that it saw.
 */
export function strict(html: string): { readonly text: string; readonly tags: readonly string[] } {
  const open: string[] = [];
  const seen: string[] = [];
  let text = "";
  const bad = (why: string): never => {
    throw new Error(`${why} in ${JSON.stringify(html)}`);
  };
  const decode = (value: string): string =>
    value.replace(/&(\w*);?/g, (all, name: string) => names[name] ?? bad(`entity ${all}`));
  for (const part of html.match(/<[^<>]*>|[^<]+|</g) ?? []) {
    if (!part.startsWith("<")) text += part.includes(">") ? bad("a bare >") : decode(part);
    else if (part.startsWith("</")) {
      const last = open.pop();
      if (last !== part.slice(2, -1)) bad(`${part} closes ${last}`);
    } else {
      const [, tag = "", rest = ""] = /^<([a-z0-9]+)((?: [a-z-]+(?:="[^"<>]*")?)*)>$/.exec(part) ?? bad(`tag ${part}`);
      const allowed = tags[tag] ?? bad(`tag ${tag}`);
      for (const [, name = "", value = ""] of rest.matchAll(/ ([a-z-]+)(?:="([^"]*)")?/g)) {
        if (!allowed.includes(name)) bad(`attribute ${name} of ${tag}`);
        if (name === "href" && !/^(?:https?|ftp|mailto|magnet):/i.test(decode(value))) bad(`link to ${value}`);
        if (name === "src" && !value.startsWith("mxc://")) bad(`image from ${value}`);
        if (name === "class" && !/^language-[\w+#.-]+$/.test(value)) bad(`class ${value}`);
      }
      if (tag === "a" && open.includes("a")) bad("a link in a link");
      seen.push(tag);
      if (tag === "br") text += "\n";
      if (!["br", "hr", "img"].includes(tag)) open.push(tag);
      if (open.length > 100) bad("more than 100 levels");
    }
  }
  if (open.length > 0) bad(`<${open.at(-1)}> does not end`);
  if (!text.isWellFormed() || /(?![\n\t])\p{Cc}|[\u202a-\u202e]/u.test(text)) bad("a character that is none");
  return { text, tags: seen };
}
