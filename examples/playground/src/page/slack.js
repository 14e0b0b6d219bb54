import { fileCard, h, link } from "./dom.js";

/** @typedef {{ [name: string]: any }} Json */

/**
 * A message as Slack's client shows it: Block Kit if there are blocks, else the text as mrkdwn.
 *
 * @param {Json} body
 * @param {readonly Json[]} files
 */
export function drawSlack(body, files) {
  const args = body.args ?? {};
  const text = args.initial_comment ?? args.text ?? "";
  const blocks = Array.isArray(args.blocks)
    ? args.blocks.map(drawBlock)
    : [h("div", { className: "mrkdwn" }, ...mrkdwn(String(text)))];
  const uploads = files.map(({ name, kind }) => fileCard(name ?? kind));
  const head = h("p", { className: "from" }, h("b", {}, "DevFlow"), h("span", { className: "app" }, "APP"), h("time", {}, "now"));
  return h(
    "div",
    { className: "slack" },
    h("span", { className: "avatar" }, "D"),
    h("div", { className: "said" }, head, ...blocks, ...uploads),
  );
}

/** @param {Json} block */
function drawBlock(block) {
  switch (block.type) {
    case "section": {
      const fields = (block.fields ?? []).map((/** @type {Json} */ field) =>
        h("div", { className: "mrkdwn" }, ...drawText(field)),
      );
      const text = block.text && h("div", { className: "mrkdwn" }, ...drawText(block.text));
      return h(
        "div",
        { className: fields.length > 0 ? "columns" : "section" },
        text,
        ...fields,
        block.accessory && drawElement(block.accessory),
      );
    }
    case "header":
      return h("p", { className: "headline" }, block.text?.text ?? "");
    case "markdown":
      return h("div", { className: "mrkdwn" }, block.text ?? "");
    case "divider":
      return h("hr");
    case "context":
      return h("div", { className: "context" }, ...(block.elements ?? []).flatMap(drawText));
    case "actions":
      return h("div", { className: "row" }, ...(block.elements ?? []).map(drawElement));
    case "image":
      return fileCard(block.alt_text ?? "Image");
    default:
      return h("p", { className: "hint" }, `A block of type ${block.type}`);
  }
}

/** @param {Json} text */
function drawText(text) {
  return text.type === "mrkdwn" ? mrkdwn(String(text.text ?? "")) : [String(text.text ?? "")];
}

/** @param {Json} element */
function drawElement(element) {
  const label = element.text?.text ?? element.placeholder?.text ?? "";
  return h("span", { className: `control ${element.style ?? ""} ${/select/.test(element.type) ? "menu" : ""}` }, label);
}

/**
 * Slack's mrkdwn as nodes.
 *
 * @param {string} text
 * @returns {(Node | string)[]}
 */
export function mrkdwn(text) {
  const parts = text.split(/```([\s\S]+?)```/);
  return parts.flatMap((part, index) => {
    if (index % 2 === 1) return [h("pre", {}, unescape(part.replace(/^\n/, "")))];
    if (index > 0) part = part.replace(/^\n{1,2}/, "");
    if (index < parts.length - 1) part = part.replace(/\n{1,2}$/, "");
    return lines(part);
  });
}

/**
 * Lines that begin with `>` are a quote.
 *
 * @param {string} text
 */
function lines(text) {
  /** @type {(Node | string)[]} */
  const nodes = [];
  /** @type {string[]} */
  let run = [];
  let quote = false;
  const flush = () => {
    if (run.length > 0)
      nodes.push(quote ? h("blockquote", {}, ...inline(run.join("\n"))) : h("p", {}, ...inline(run.join("\n"))));
    run = [];
  };
  for (const line of text === "" ? [] : text.split("\n")) {
    const quoted = /^(?:&gt;|>) ?/.exec(line)?.[0];
    if ((quoted !== undefined) !== quote) flush();
    quote = quoted !== undefined;
    // A quote has lines of its own; the empty one after it is the space between.
    if (line === "" && run.length === 0 && nodes.length > 0) continue;
    run.push(line.slice(quoted?.length ?? 0));
  }
  flush();
  return nodes;
}

const marks = /** @type {const} */ ({ "*": "strong", _: "em", "~": "del" });

/**
 * @param {string} text
 * @returns {(Node | string)[]}
 */
function inline(text) {
  const found = /`([^`\n]+)`|<([^<>\n]+)>|(?<![\p{L}\p{N}])([*_~])(?=\S)((?:(?!\3)[^\n])*?\S)\3(?![\p{L}\p{N}])/u.exec(text);
  if (found === null) return text === "" ? [] : [unescape(text)];
  const [whole, code, angle, mark, marked] = found;
  const before = inline(text.slice(0, found.index));
  const after = inline(text.slice(found.index + whole.length));
  if (code !== undefined) return [...before, h("code", {}, unescape(code)), ...after];
  if (angle !== undefined) return [...before, reference(angle), ...after];
  return [...before, h(marks[/** @type {keyof typeof marks} */ (mark)], {}, ...inline(marked ?? "")), ...after];
}

/** @param {string} inner */
function reference(inner) {
  const [target = "", label] = inner.split("|", 2);
  if (/^[@#!]/.test(target))
    return h(
      "span",
      { className: "mention" },
      `${target[0] === "#" ? "#" : "@"}${unescape(label ?? target.slice(1).replace(/^subteam\^/, ""))}`,
    );
  return link(unescape(target), ...(label === undefined ? [unescape(target)] : inline(label)));
}

/** @param {string} text */
function unescape(text) {
  return text.replace(/&(lt|gt|amp);/g, (_, name) => (name === "lt" ? "<" : name === "gt" ? ">" : "&"));
}
