import { fileCard, h, link } from "./dom.js";

/** @typedef {{ [name: string]: any }} Json */

/**
 * A comment as Jira Cloud shows it, read from its document.
 *
 * @param {Json} body
 * @param {readonly Json[]} files
 */
export function drawJira(body, files) {
  const head = h("p", { className: "from" }, h("b", {}, "DevFlow"), h("time", {}, "just now"));
  const uploads = files.map(({ name, kind }) => fileCard(name ?? kind));
  return h(
    "div",
    { className: "jira" },
    h("span", { className: "avatar" }, "D"),
    h("div", { className: "said" }, head, h("div", { className: "adf" }, ...adf(body.body)), ...uploads),
  );
}

/** @type {{ [type: string]: string }} */
const tags = {
  paragraph: "p",
  bulletList: "ul",
  listItem: "li",
  blockquote: "blockquote",
  codeBlock: "pre",
  tableRow: "tr",
  tableHeader: "th",
  tableCell: "td",
};

/**
 * Atlassian's document format as nodes. What is unknown shows what is inside it.
 *
 * @param {Json | undefined} node
 * @returns {(Node | string)[]}
 */
export function adf(node) {
  const { type = "", attrs = {}, text } = node ?? {};
  const inside = () => (Array.isArray(node?.content) ? node.content.flatMap(adf) : []);
  const tag = Object.hasOwn(tags, type) ? tags[type] : undefined;
  if (tag !== undefined) return [h(tag, {}, ...inside())];
  switch (type) {
    case "text":
      return [marked(String(text ?? ""), Array.isArray(node?.marks) ? node.marks : [])];
    case "heading":
      return [h(`h${Math.min(6, Math.max(1, Number(attrs.level) || 1))}`, {}, ...inside())];
    case "orderedList":
      return [h("ol", { start: Number(attrs.order) || 1 }, ...inside())];
    case "taskList":
      return [h("div", { className: "tasks" }, ...inside())];
    case "taskItem":
      return [
        h(
          "p",
          { className: "task" },
          h("input", { type: "checkbox", checked: attrs.state === "DONE", disabled: true }),
          ...inside(),
        ),
      ];
    case "table":
      return [h("table", {}, h("tbody", {}, ...inside()))];
    case "rule":
      return [h("hr")];
    case "hardBreak":
      return [h("br")];
    case "panel":
      return [h("div", { className: "panel" }, ...inside())];
    case "expand":
    case "nestedExpand":
      return [h("div", { className: "panel" }, h("b", {}, `› ${String(attrs.title ?? "")}`), ...inside())];
    case "mention":
      return [h("span", { className: "mention" }, String(attrs.text ?? `@${attrs.id}`))];
    case "emoji":
      return [String(attrs.text ?? attrs.shortName ?? "")];
    case "media":
      return [fileCard(String(attrs.alt ?? "Image"))];
    case "inlineCard":
    case "blockCard":
      return [link(String(attrs.url ?? ""), String(attrs.url ?? ""))];
    default:
      return inside();
  }
}

/** @type {{ [mark: string]: string }} */
const marks = { strong: "strong", em: "em", strike: "del", code: "code", underline: "u" };

/**
 * @param {string} text
 * @param {Json[]} over
 * @returns {Node | string}
 */
function marked(text, over) {
  return over.reduce((/** @type {Node | string} */ inner, { type, attrs = {} }) => {
    if (type === "link") return link(String(attrs.href ?? ""), inner);
    if (type === "subsup") return h(attrs.type === "sub" ? "sub" : "sup", {}, inner);
    const tag = Object.hasOwn(marks, type) ? marks[type] : undefined;
    return tag === undefined ? inner : h(tag, {}, inner);
  }, text);
}
