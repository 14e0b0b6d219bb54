import { fileCard, h, link, readHtml } from "./dom.js";

/** @typedef {{ [name: string]: any }} Json */

/**
 * A comment as GitHub shows it.
 *
 * @param {Json} _
 * @param {readonly Json[]} __
 * @param {string} html
 */
export function drawGithub(_, __, html) {
  const head = h("p", { className: "from" }, h("b", {}, "devflow"), h("span", { className: "app" }, "bot"), h("time", {}, "now"));
  return h(
    "div",
    { className: "github" },
    h("span", { className: "avatar" }, "D"),
    h("div", { className: "said" }, head, h("div", { className: "gfm" }, ...gfmHtml(html))),
  );
}

/**
 * A note as GitLab shows it. Files are uploaded first and stand below as links or pictures.
 *
 * @param {Json} _
 * @param {readonly Json[]} files
 * @param {string} html
 */
export function drawGitlab(_, files, html) {
  const head = h("p", { className: "from" }, h("b", {}, "DevFlow"), h("span", {}, "@devflow"), h("time", {}, "· just now"));
  const uploads = files.map(({ name, kind }) => fileCard(name ?? kind));
  return h(
    "div",
    { className: "gitlab" },
    h("span", { className: "avatar" }, "D"),
    h("div", { className: "said" }, head, h("div", { className: "gfm" }, ...gfmHtml(html)), ...uploads),
  );
}

/** What both leave of the tags in a text; what is inside the others is shown without them. */
const shown = new Set(
  "p h1 h2 h3 h4 h5 h6 blockquote ul ol li pre code strong em del s sub sup br hr table thead tbody tr th td details summary kbd ins".split(
    " ",
  ),
);
const dropped = new Set([
  "script",
  "style",
  "template",
  "title",
  "iframe",
  "textarea",
  "noembed",
  "noframes",
  "xmp",
  "plaintext",
]);

/**
 * The HTML of Markdown as nodes of our own.
 *
 * @param {string} html
 * @returns {(Node | string)[]}
 */
export function gfmHtml(html) {
  return readHtml(html, (element, children) => {
    const tag = element.localName;
    if (dropped.has(tag)) return [];
    if (tag === "a") return [link(element.getAttribute("href") ?? "", ...children)];
    if (tag === "img") return [fileCard(element.getAttribute("alt") || "Image")];
    if (tag === "input") return [h("input", { type: "checkbox", checked: element.hasAttribute("checked"), disabled: true })];
    if (!shown.has(tag)) return children;
    const align = element.getAttribute("align");
    const ofTasks =
      element.firstElementChild?.localName === "input" || element.firstElementChild?.firstElementChild?.localName === "input";
    return [
      h(
        tag,
        {
          ...(tag === "ol" && { start: Number.parseInt(element.getAttribute("start") ?? "1", 10) || 1 }),
          ...((tag === "th" || tag === "td") && { className: align === "right" || align === "center" ? align : "left" }),
          ...(tag === "li" && ofTasks && { className: "task" }),
        },
        ...children,
      ),
    ];
  });
}
