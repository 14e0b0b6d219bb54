import { fileCard, h, link } from "./dom.js";

/** @typedef {{ [name: string]: any }} Json */

/**
 * A message as Discord's client shows it: Markdown, embeds, files, and rows of components.
 *
 * @param {Json} body
 * @param {readonly Json[]} files
 */
export function drawDiscord(body, files) {
  const { content = "", embeds = [], components = [] } = body.message ?? {};
  const head = h("p", { className: "from" }, h("b", {}, "DevFlow"), h("span", { className: "app" }, "APP"), h("time", {}, "now"));
  return h(
    "div",
    { className: "discord" },
    h("span", { className: "avatar" }, "D"),
    h(
      "div",
      { className: "said" },
      head,
      ...discordMarkdown(String(content)),
      ...embeds.map(drawEmbed),
      ...files.map(({ name, kind }) => fileCard(name ?? kind)),
      ...components.map(drawComponent),
    ),
  );
}

/** @param {Json} embed */
function drawEmbed({ title, description, fields = [] }) {
  return h(
    "div",
    { className: "embed" },
    title && h("b", {}, ...inline(String(title))),
    ...discordMarkdown(String(description ?? "")),
    ...fields.map((/** @type {Json} */ { name, value }) =>
      h("div", {}, h("b", {}, ...inline(String(name))), ...discordMarkdown(String(value))),
    ),
  );
}

const styles = /** @type {{ [style: number]: string }} */ ({ 1: "primary", 3: "success", 4: "danger" });

/**
 * @param {Json} component
 * @returns {HTMLElement}
 */
function drawComponent(component) {
  const { type, label, style, url, placeholder, content, components = [] } = component;
  if (type === 1) return h("div", { className: "row" }, ...components.map(drawComponent));
  if (type === 2) return h("span", { className: `control ${styles[style] ?? ""}` }, String(label ?? ""), url ? " ↗" : "");
  if (type === 3) return h("span", { className: "control menu" }, String(placeholder ?? "Make a selection"));
  if (type === 10) return h("div", {}, ...discordMarkdown(String(content ?? "")));
  return h("p", { className: "hint" }, `A component of type ${type}`);
}

const item = /^( *)([-*]|\d{1,9}\.) /;
const begins = /^(?: *```| *(?:[-*]|\d{1,9}\.) |>(?: |$)|#{1,3} |-# )/;

/**
 * Discord's Markdown as nodes of our own.
 *
 * @param {string} text
 * @returns {Node[]}
 */
export function discordMarkdown(text) {
  const lines = text.split("\n");
  /** @type {Node[]} */
  const nodes = [];
  /** @param {(line: string) => boolean} belongs */
  const take = (belongs) => {
    const end = lines.findIndex((line) => !belongs(line));
    return lines.splice(0, end === -1 ? lines.length : end);
  };
  while (lines.length > 0) {
    const line = lines[0] ?? "";
    if (/^ *```/.test(line) && lines.slice(1).some((other) => /^ *```$/.test(other))) {
      lines.shift();
      nodes.push(h("pre", {}, take((other) => !/^ *```$/.test(other)).join("\n")));
      lines.shift();
    } else if (/^>(?: |$)/.test(line)) {
      const quoted = take((other) => /^>(?: |$)/.test(other)).map((other) => other.slice(2));
      nodes.push(h("blockquote", {}, ...discordMarkdown(quoted.join("\n"))));
    } else if (item.test(line)) nodes.push(list(take));
    else if (/^(?:#{1,3}|-#) /.test(line)) {
      const [mark = "", ...rest] = (lines.shift() ?? "").split(" ");
      nodes.push(h("p", { className: mark === "-#" ? "subtext" : `heading h${mark.length}` }, ...inline(rest.join(" "))));
    } else if (line === "") lines.shift();
    else {
      const first = lines.shift() ?? "";
      nodes.push(h("p", {}, ...inline([first, ...take((other) => other !== "" && !begins.test(other))].join("\n"))));
    }
  }
  return nodes;
}

/**
 * A list, with whatever is indented below its items.
 *
 * @param {(belongs: (line: string) => boolean) => string[]} take
 */
function list(take) {
  /** @type {{ start: string, lines: string[] }[]} */
  const items = [];
  let indent = -1;
  take((line) => {
    const [lead = "", space = "", start = ""] = item.exec(line) ?? [];
    if (indent === -1) indent = space.length;
    if (start !== "" && space.length <= indent) {
      // Numbers after dots are a list of their own.
      if (items.length > 0 && /\d/.test(start) !== /\d/.test(items[0]?.start ?? "")) return false;
      items.push({ start, lines: [line.slice(lead.length)] });
    } else if (start !== "" || /^(?: {2}|$)/.test(line)) items.at(-1)?.lines.push(line.slice(indent + 2));
    else return false;
    return true;
  });
  const start = Number.parseInt(items[0]?.start ?? "", 10);
  const ordered = Number.isSafeInteger(start);
  return h(
    ordered ? "ol" : "ul",
    ordered ? { start } : {},
    ...items.map((one) => h("li", {}, ...discordMarkdown(one.lines.join("\n")))),
  );
}

const token = new RegExp(
  [
    String.raw`\\(?<escaped>[^\p{L}\p{N}\s])`,
    String.raw`(?<ticks>\x60+)(?<code>[^\n]+?)(?<!\x60)\k<ticks>(?!\x60)`,
    String.raw`\[(?<label>(?:\\[^]|[^\]\\])+)\]\((?<url>(?:[^\s()]|\([^\s()]*\))+)\)`,
    String.raw`<(?<kind>@[!&]?|#)(?<id>\d{1,20})>`,
    String.raw`<a?:(?<emoji>\w{1,32}):\d{1,20}>`,
    String.raw`(?<address>https?:\/\/[^\s<>]*[^\s<>.,;:!?)])`,
    String.raw`\*\*(?<strong>(?:\\[^]|[^\\])+?)\*\*(?!\*)`,
    String.raw`\*(?<em>(?:\\[^]|\*\*|[^\\*])+?)\*(?!\*)`,
    String.raw`__(?<u>(?:\\[^]|[^\\])+?)__(?!_)`,
    String.raw`_(?<slanted>(?:\\[^]|[^\\_])+?)_(?![\p{L}\p{N}_])`,
    String.raw`~~(?<del>(?:\\[^]|[^\\])+?)~~`,
    String.raw`\|\|(?<spoiler>(?:\\[^]|[^\\])+?)\|\|`,
  ].join("|"),
  "gu",
);

/**
 * @param {string} text
 * @returns {(Node | string)[]}
 */
function inline(text) {
  /** @type {(Node | string)[]} */
  const nodes = [];
  let from = 0;
  for (const match of text.matchAll(token)) {
    nodes.push(text.slice(from, match.index), drawToken(match.groups ?? {}));
    from = match.index + match[0].length;
  }
  return [...nodes, text.slice(from)];
}

/** @param {{ [name: string]: string | undefined }} groups */
function drawToken({ escaped, code, label, url, kind, id, emoji, address, strong, em, u, slanted, del, spoiler }) {
  if (escaped !== undefined) return escaped;
  if (code !== undefined) return h("code", {}, code.trim());
  if (url !== undefined) return link(url, ...inline(label ?? ""));
  if (id !== undefined) return h("span", { className: "mention" }, `${kind === "#" ? "#" : "@"}${id}`);
  if (emoji !== undefined) return `:${emoji}:`;
  if (address !== undefined) return link(address, address);
  if (strong !== undefined) return h("strong", {}, ...inline(strong));
  if (u !== undefined) return h("u", {}, ...inline(u));
  if (del !== undefined) return h("del", {}, ...inline(del));
  if (spoiler !== undefined) return h("span", { className: "spoiler", title: "Hidden until clicked" }, ...inline(spoiler));
  return h("em", {}, ...inline(em ?? slanted ?? ""));
}
