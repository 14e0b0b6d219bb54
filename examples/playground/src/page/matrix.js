import { fileCard, h, link, readHtml } from "./dom.js";

/** @typedef {{ [name: string]: any }} Json */

/**
 * Events as a Matrix client shows them: the formatted body where there is one, else the plain one.
 *
 * @param {Json} body
 */
export function drawMatrix(body) {
  return h(
    "div",
    { className: "matrix" },
    h("span", { className: "avatar" }, "D"),
    h(
      "div",
      { className: "said" },
      h("p", { className: "from" }, h("b", {}, "DevFlow"), h("time", {}, "now")),
      ...(body.events ?? []).flatMap((/** @type {Json} */ event) => drawEvent(event.content ?? {})),
    ),
  );
}

/** @param {Json} content */
function drawEvent({ msgtype, body, filename, formatted_body: html }) {
  const file = filename !== undefined || msgtype === "m.location";
  const captioned = !file || (filename !== undefined && body !== filename);
  const text = typeof html === "string" ? matrixHtml(html) : [String(body ?? "")];
  return [
    file && fileCard(String(filename ?? body)),
    captioned && h("div", { className: typeof html === "string" ? "html" : "html plain" }, ...text),
  ];
}

/** What clients show of the tags that the specification allows; the rest leaves its text alone. */
const shown = new Set(
  "p h1 h2 h3 h4 h5 h6 blockquote ul ol li pre code strong b em i u s del sub sup hr br table thead tbody tr th td".split(" "),
);
const dropped = new Set(["mx-reply", "script", "style", "template", "title"]);

/**
 * Matrix's HTML as nodes of our own.
 *
 * @param {string} html
 * @returns {(Node | string)[]}
 */
export function matrixHtml(html) {
  return readHtml(html, (element, children) => {
    const tag = element.localName;
    if (dropped.has(tag)) return [];
    if (tag === "a") return [drawLink(element.getAttribute("href") ?? "", children)];
    if (element.hasAttribute("data-mx-spoiler"))
      return [h("span", { className: "spoiler", title: "Hidden until clicked" }, ...children)];
    if (!shown.has(tag)) return children;
    return [h(tag, tag === "ol" ? { start: Number.parseInt(element.getAttribute("start") ?? "1", 10) || 1 } : {}, ...children)];
  });
}

/**
 * @param {string} url
 * @param {(Node | string)[]} children
 */
function drawLink(url, children) {
  return url.startsWith("https://matrix.to/#/") ? h("span", { className: "mention" }, ...children) : link(url, ...children);
}
