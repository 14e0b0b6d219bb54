import { fileCard, h, link, readHtml } from "./dom.js";

/** @typedef {{ [name: string]: any }} Json */

/**
 * A message as Telegram's client shows it: bubbles of HTML, media above its caption, the keyboard below.
 *
 * @param {Json} body
 */
export function drawTelegram(body) {
  return h(
    "div",
    { className: "telegram" },
    ...(body.calls ?? []).map((/** @type {Json} */ { method, params }) => drawCall(method, params ?? {})),
  );
}

/**
 * @param {string} method
 * @param {Json} params
 */
function drawCall(method, params) {
  const media = mediaOf(method, params);
  const text = params.text ?? params.caption ?? params.media?.[0]?.caption;
  const rows = params.reply_markup?.inline_keyboard ?? [];
  const bubble = h(
    "div",
    { className: "bubble" },
    ...media,
    typeof text === "string" && h("div", { className: "html" }, ...telegramHtml(text)),
    h("time", {}, "now"),
  );
  const keyboard = rows.map((/** @type {Json[]} */ row) =>
    h(
      "div",
      { className: "keys" },
      ...row.map(({ text: label, url }) => h("span", { className: "key" }, label, url ? " ↗" : "")),
    ),
  );
  return h("div", { className: "call" }, bubble, ...keyboard);
}

/**
 * @param {string} method
 * @param {Json} params
 */
function mediaOf(method, params) {
  const list = Array.isArray(params.media) ? params.media : [];
  if (list.length > 0) return list.map((one) => fileCard(nameOf(one.media) ?? one.type ?? "Media"));
  if (params.latitude !== undefined) return [fileCard("Location")];
  const kind = /^send(Photo|Document|Video|Audio|Voice|Animation|Sticker)$/.exec(method)?.[1];
  return kind === undefined ? [] : [fileCard(nameOf(params[kind.toLowerCase()]) ?? kind)];
}

/** @param {unknown} source */
function nameOf(source) {
  return typeof source === "object" && source !== null && "name" in source ? String(source.name) : undefined;
}

const plain = new Map([
  ["b", "strong"],
  ["strong", "strong"],
  ["i", "em"],
  ["em", "em"],
  ["u", "u"],
  ["ins", "u"],
  ["s", "del"],
  ["strike", "del"],
  ["del", "del"],
  ["code", "code"],
  ["pre", "pre"],
  ["blockquote", "blockquote"],
]);

/**
 * Telegram's HTML as nodes of our own: what is parsed is read, never inserted, and unknown tags leave only their text.
 *
 * @param {string} html
 * @returns {(Node | string)[]}
 */
export function telegramHtml(html) {
  const nodes = readHtml(html, drawElement);
  // The client gives blocks lines of their own, and swallows the line feeds around them.
  return nodes.map((node, index) => {
    if (typeof node !== "string") return node;
    const text = isBlock(nodes[index - 1]) ? node.replace(/^\n+/, "") : node;
    return isBlock(nodes[index + 1]) ? text.replace(/\n+$/, "") : text;
  });
}

/** @param {Node | string | undefined} node */
function isBlock(node) {
  return node instanceof HTMLElement && (node.localName === "pre" || node.localName === "blockquote");
}

/**
 * @param {Element} element
 * @param {(Node | string)[]} children
 * @returns {(Node | string)[]}
 */
function drawElement(element, children) {
  const tag = element.localName;
  if (tag === "a") return [link(element.getAttribute("href") ?? "", ...children)];
  if (tag === "tg-spoiler" || (tag === "span" && element.classList.contains("tg-spoiler")))
    return [h("span", { className: "spoiler", title: "Hidden until tapped" }, ...children)];
  const known = plain.get(tag);
  return known === undefined ? children : [h(known, {}, ...children)];
}
