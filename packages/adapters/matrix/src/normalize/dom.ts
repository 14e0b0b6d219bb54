/** An element or a text of a message's HTML. */
export type Node = string | Element;

/** An element; its attributes have lower-case names. */
export interface Element {
  readonly tag: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: Node[];
}

/** Deeper elements lose their tags, so that no message can exhaust the stack. */
const depthLimit = 60;
const voids: ReadonlySet<string> = new Set(["br", "hr", "img", "input", "wbr"]);
/** Elements that end with the next of their kind. */
const implied: ReadonlySet<string> = new Set(["p", "li", "tr", "td", "th"]);
/** Nothing inside of these is for readers. */
const hidden: ReadonlySet<string> = new Set(["script", "style", "mx-reply"]);
/** A comment that does not end hides the rest, as in browsers: else each beginning of one would be looked for to the end again. */
const token = /<!--[^>]*(?:>|$)|<(\/?)([A-Za-z][A-Za-z0-9-]*)([^<>]*)>|[^<]+|</g;
const attribute = /([A-Za-z][A-Za-z0-9-]*)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+)))?/g;
const names: Readonly<Record<string, string>> = { lt: "<", gt: ">", amp: "&", quot: '"', apos: "'", nbsp: "\u00a0" };

/** Reads HTML as mildly as browsers do: whatever it is, it becomes a tree. */
export function readHtml(html: string): readonly Node[] {
  const root: Element = { tag: "", attributes: {}, children: [] };
  const open: Element[] = [root];
  for (const match of html.matchAll(token)) {
    const [whole, slash, name, rest = ""] = match;
    const tag = name?.toLowerCase();
    const top = open.at(-1) ?? root;
    if (tag === undefined) {
      if (!whole.startsWith("<!--")) top.children.push(decoded(whole));
    } else if (slash === "/") close(open, tag);
    else {
      if (implied.has(tag) && top.tag === tag) open.pop();
      const element: Element = { tag, attributes: attributesOf(rest), children: [] };
      (open.at(-1) ?? root).children.push(element);
      if (!voids.has(tag) && !rest.endsWith("/") && open.length < depthLimit) open.push(element);
    }
  }
  return root.children;
}

/** Closes the innermost element of that name; a tag that closes nothing is nothing. */
function close(open: Element[], tag: string): void {
  const at = open.findLastIndex((element) => element.tag === tag);
  if (at > 0) open.length = at;
}

function attributesOf(text: string): Readonly<Record<string, string>> {
  if (text.trim() === "") return {};
  const found = Array.from(
    text.slice(0, 4_000).matchAll(attribute),
    ([, name = "", a, b, c]) => [name.toLowerCase(), decoded(a ?? b ?? c ?? "")] as const,
  );
  return Object.fromEntries(found);
}

function decoded(text: string): string {
  return text.replace(
    /&(?:#(\d{1,7})|#[xX]([0-9a-fA-F]{1,6})|([a-z]{2,4}));/g,
    (all, decimal?: string, hex?: string, name?: string) => {
      if (name !== undefined) return names[name] ?? all;
      const code = decimal === undefined ? Number.parseInt(hex ?? "", 16) : Number(decimal);
      return code > 0 && code <= 0x10ffff && !(code >= 0xd800 && code <= 0xdfff) ? String.fromCodePoint(code) : "\ufffd";
    },
  );
}

/** True for elements whose content is not shown. */
export function isHidden(node: Node): boolean {
  return typeof node !== "string" && hidden.has(node.tag);
}

/** The text in an element, as it stands there. */
export function textOf(nodes: readonly Node[]): string {
  return nodes
    .filter((node) => !isHidden(node))
    .map((node) => (typeof node === "string" ? node : node.tag === "br" ? "\n" : textOf(node.children)))
    .join("");
}
