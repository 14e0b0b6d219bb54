import { renderActions } from "./controls.js";
import { across, h, linkUrl } from "./dom.js";

/** @import { Block, Content, Inline, Link, List, Table } from "@devflow/gateway/contract" */

/**
 * What content needs from its surroundings.
 *
 * @typedef {object} Scene
 * @property {URL} base Address of the chat; relative addresses start there, and its images may be shown.
 * @property {(press: import("./controls.js").Press) => Promise<void>} press
 * @property {(field: string, query: string) => Promise<readonly import("@devflow/gateway/contract").SelectOption[]>} suggest
 */

/**
 * Shows a content tree in an element. Blocks that did not change keep their nodes, so a growing message stays calm: selected
 * text stays selected and a revealed spoiler stays open.
 *
 * @param {HTMLElement} target
 * @param {Content} content
 * @param {Scene} scene
 */
export function showContent(target, content, scene) {
  const blocks = content.map((block) => JSON.stringify(block));
  const shown = keys.get(target) ?? [];
  let same = 0;
  while (same < blocks.length && blocks[same] === shown[same]) same++;
  while (target.childNodes.length > same) target.lastChild?.remove();
  for (const block of content.slice(same)) target.append(renderBlock(block, scene));
  keys.set(target, blocks);
}

/** @type {WeakMap<HTMLElement, string[]>} */
const keys = new WeakMap();

/**
 * @param {Block} block
 * @param {Scene} scene
 * @returns {HTMLElement}
 */
function renderBlock(block, scene) {
  const inline = (/** @type {readonly Inline[]} */ nodes) => renderInline(nodes, scene);
  switch (block.type) {
    case "paragraph":
      return h("p", {}, ...inline(block.children));
    case "heading":
      return h(
        "p",
        { className: `heading depth-${block.depth}`, role: "heading", "aria-level": Math.min(6, block.depth + 1) },
        ...inline(block.children),
      );
    case "list":
      return renderList(block, scene);
    case "blockquote":
      return h("blockquote", {}, ...block.children.map((child) => renderBlock(child, scene)));
    case "code":
      return renderCode(block.value, block.lang ?? "");
    case "table":
      return renderTable(block, scene);
    case "thematicBreak":
      return h("hr");
    case "fields":
      return h(
        "dl",
        { className: "fields" },
        ...block.items.flatMap(({ name, value }) => [h("dt", {}, name), h("dd", {}, ...inline(value))]),
      );
    case "actions":
      return renderActions(block.items, scene);
    default:
      return h("p", { className: "unknown" }, "This part of the message cannot be shown here.");
  }
}

/**
 * @param {List} list
 * @param {Scene} scene
 */
function renderList(list, scene) {
  const items = list.children.map(({ checked, children }) => {
    const task = typeof checked === "boolean";
    const box = task && h("input", { type: "checkbox", checked, disabled: true, "aria-label": checked ? "Done" : "Not done" });
    return h("li", { className: task ? "task" : "" }, box, h("div", {}, ...children.map((child) => renderBlock(child, scene))));
  });
  return list.ordered ? h("ol", { start: list.start ?? 1 }, ...items) : h("ul", {}, ...items);
}

/**
 * @param {string} value
 * @param {string} lang
 */
function renderCode(value, lang) {
  const copy = h("button", { type: "button", className: "copy", onclick: () => void copied() }, "Copy");
  const copied = async () => {
    try {
      await navigator.clipboard.writeText(value);
      copy.textContent = "Copied";
    } catch {
      // No clipboard on a page without https: select it instead, so that one key press copies.
      getSelection()?.selectAllChildren(code);
      copy.textContent = "Selected";
    }
    setTimeout(() => (copy.textContent = "Copy"), 2_000);
  };
  const code = h("code", {}, value);
  return h(
    "figure",
    { className: "code" },
    h("figcaption", {}, h("span", {}, lang), copy),
    h("pre", { tabIndex: 0, "aria-label": lang === "" ? "Code" : `Code, ${lang}` }, code),
  );
}

/**
 * @param {Table} table
 * @param {Scene} scene
 */
function renderTable({ align, children }, scene) {
  const [head, ...rows] = children;
  const cells = (/** @type {"th" | "td"} */ tag, /** @type {Table["children"][number]} */ row) =>
    row.children.map((cell, column) => h(tag, { className: align?.[column] ?? "" }, ...renderInline(cell.children, scene)));
  const table = h(
    "table",
    {},
    head !== undefined && h("thead", {}, h("tr", {}, ...cells("th", head))),
    h("tbody", {}, ...rows.map((row) => h("tr", {}, ...cells("td", row)))),
  );
  return h("div", { className: "table", tabIndex: 0, role: "region", "aria-label": "Table" }, table);
}

/**
 * @param {readonly Inline[]} nodes
 * @param {Scene} scene
 * @returns {(Node | string)[]}
 */
function renderInline(nodes, scene) {
  return nodes.map((node) => {
    switch (node.type) {
      case "text":
        return node.value;
      case "strong":
        return h("strong", {}, ...renderInline(node.children, scene));
      case "emphasis":
        return h("em", {}, ...renderInline(node.children, scene));
      case "delete":
        return h("del", {}, ...renderInline(node.children, scene));
      case "spoiler":
        return renderSpoiler(renderInline(node.children, scene));
      case "inlineCode":
        return h("code", {}, node.value);
      case "link":
        return renderLink(node, scene);
      case "image":
        return renderImage(node.url, node.alt ?? "", scene);
      case "break":
        return h("br");
      case "mention":
        return h("span", { className: "mention" }, `${node.target === "channel" ? "#" : "@"}${node.name ?? node.id}`);
      case "emoji":
        return node.value ?? `:${node.name}:`;
      default:
        return "";
    }
  });
}

/** @param {(Node | string)[]} children */
function renderSpoiler(children) {
  const inner = h("span", { "aria-hidden": "true" }, ...children);
  const reveal = () => {
    spoiler.classList.add("open");
    inner.removeAttribute("aria-hidden");
    for (const name of ["role", "tabindex", "aria-label"]) spoiler.removeAttribute(name);
  };
  const spoiler = h(
    "span",
    {
      className: "spoiler",
      role: "button",
      tabIndex: 0,
      "aria-label": "Hidden text. Press to show it.",
      onclick: reveal,
      onkeydown: (/** @type {KeyboardEvent} */ event) => {
        if (event.key !== "Enter" && event.key !== " ") return;
        event.preventDefault();
        reveal();
      },
    },
    inner,
  );
  return spoiler;
}

/**
 * @param {Link} link
 * @param {Scene} scene
 */
function renderLink({ url, title, children }, scene) {
  const inner = renderInline(children, scene);
  const href = linkUrl(url, scene.base);
  if (href === undefined) return h("span", {}, ...inner);
  return h("a", { href, title: title ?? "", target: "_blank", rel: "noopener noreferrer nofollow" }, ...inner);
}

/**
 * Pictures from elsewhere would tell their server who reads this: they are links.
 *
 * @param {string} url
 * @param {string} alt
 * @param {Scene} scene
 */
function renderImage(url, alt, scene) {
  const inline = /^data:image\/(?:png|jpeg|gif|webp|avif);base64,[A-Za-z0-9+/=]+$/.test(url);
  const href = linkUrl(url, scene.base);
  const own = href !== undefined && new URL(href).origin === scene.base.origin;
  if (inline || own) return h("img", { src: inline ? url : href, alt, loading: "lazy", ...across(scene.base) });
  const words = alt === "" ? "Picture" : alt;
  return href === undefined ? words : h("a", { href, target: "_blank", rel: "noopener noreferrer nofollow" }, words);
}
