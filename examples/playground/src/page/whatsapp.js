import { fileCard, h, link } from "./dom.js";

/** @typedef {{ [name: string]: any }} Json */

/**
 * Messages as WhatsApp's client shows them: a bubble for each request, what can be pressed below it.
 *
 * @param {Json} body
 */
export function drawWhatsApp(body) {
  return h("div", { className: "whatsapp" }, ...(body.calls ?? []).map(drawCall));
}

const media = ["image", "video", "audio", "document", "sticker"];

/** @param {Json} call */
function drawCall(call) {
  const { type, interactive } = call;
  const content = call[type] ?? {};
  const text = content.body?.text ?? content.body ?? content.caption;
  const bubble = h(
    "div",
    { className: "bubble" },
    cardOf(type, content),
    typeof text === "string" && h("div", { className: "text" }, ...whatsappText(text)),
    h("time", {}, "now"),
  );
  return h("div", { className: "call" }, bubble, ...(interactive === undefined ? [] : drawAction(interactive.action ?? {})));
}

/**
 * @param {string} type
 * @param {Json} content
 */
function cardOf(type, content) {
  if (media.includes(type)) return fileCard(String(content.filename ?? content.id?.name ?? type));
  if (type === "location") return fileCard(String(content.name ?? "Location"));
  if (type === "contacts") return fileCard(String(content[0]?.name?.formatted_name ?? "Contact"));
  return type === "template" && fileCard(`Template ${content.name}`);
}

/** @param {Json} action */
function drawAction({ buttons = [], button, sections = [], parameters }) {
  const rows = sections.flatMap((/** @type {Json} */ section) => section.rows ?? []);
  return [
    ...buttons.map((/** @type {Json} */ { reply }) => h("div", { className: "key" }, "↩ ", String(reply?.title ?? ""))),
    button !== undefined && h("div", { className: "key" }, "☰ ", String(button)),
    rows.length > 0 && h("ul", { className: "sheet" }, ...rows.map(drawRow)),
    parameters?.display_text !== undefined && h("div", { className: "key" }, "↗ ", String(parameters.display_text)),
  ];
}

/** @param {Json} row */
function drawRow({ title, description }) {
  return h("li", {}, String(title), description !== undefined && h("small", {}, String(description)));
}

/**
 * WhatsApp's markup as nodes of our own.
 *
 * @param {string} text
 * @returns {(Node | string)[]}
 */
export function whatsappText(text) {
  return text.split(/```([^]+?)```/).flatMap((part, index, parts) => {
    if (index % 2 === 1) return [h("pre", {}, part.replace(/^\n|\n$/g, ""))];
    if (index > 0) part = part.replace(/^\n{1,2}/, "");
    if (index < parts.length - 1) part = part.replace(/\n{1,2}$/, "");
    return part === "" ? [] : lines(part);
  });
}

/**
 * Lines that begin with `>` are a quote.
 *
 * @param {string} text
 */
function lines(text) {
  /** @type {{ quote: boolean, lines: string[] }[]} */
  const runs = [];
  for (const line of text.split("\n")) {
    const quote = /^>(?: |$)/.test(line);
    const last = runs.at(-1);
    const said = quote ? line.slice(2) : line.replace(/^( *)[-*] (?=\S)/, "$1• ");
    if (last?.quote === quote) last.lines.push(said);
    else runs.push({ quote, lines: [said] });
  }
  return runs.map((run) => h(run.quote ? "blockquote" : "p", {}, ...inline(run.lines.join("\n").replace(/^\n|\n$/g, ""))));
}

const marks = /** @type {{ [sign: string]: string }} */ ({ "*": "strong", _: "em", "~": "del" });
const token =
  /`(?<code>[^`\n]+)`|(?<address>https?:\/\/[^\s<>]*[^\s<>.,;:!?)])|(?<![\p{L}\p{N}])(?<sign>[*_~])(?=\S)(?<marked>(?:(?!\k<sign>)[^\n])*?\S)\k<sign>(?![\p{L}\p{N}])/gu;

/**
 * @param {string} text
 * @returns {(Node | string)[]}
 */
function inline(text) {
  /** @type {(Node | string)[]} */
  const nodes = [];
  let from = 0;
  for (const match of text.matchAll(token)) {
    const { code, address, sign = "", marked = "" } = match.groups ?? {};
    nodes.push(text.slice(from, match.index));
    if (code !== undefined) nodes.push(h("code", {}, code));
    else if (address !== undefined) nodes.push(link(address, address));
    else nodes.push(h(marks[sign] ?? "span", {}, ...inline(marked)));
    from = match.index + match[0].length;
  }
  return [...nodes, text.slice(from)];
}
