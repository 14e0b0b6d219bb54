/** @typedef {string | number | boolean | undefined | ((event: never) => unknown)} Property */

/**
 * An element with properties and children. Text stays text: nothing here parses markup.
 *
 * @param {string} tag
 * @param {{ [name: string]: Property }} [properties] Names with a dash, and `role`, are attributes; `on…` are listeners.
 * @param {...(Node | string | null | undefined | false)} children
 * @returns {HTMLElement}
 */
export function h(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === undefined) continue;
    if (name.startsWith("on") && typeof value === "function")
      element.addEventListener(name.slice(2), /** @type {EventListener} */ (/** @type {unknown} */ (value)));
    else if (name.includes("-") || name === "role") element.setAttribute(name, String(value));
    else Reflect.set(element, name, value);
  }
  element.append(...children.filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

/**
 * A link to the web, or plain text for any other address.
 *
 * @param {string} url
 * @param {...(Node | string)} children
 */
export function link(url, ...children) {
  const safe = URL.canParse(url) && ["http:", "https:", "mailto:", "tel:"].includes(new URL(url).protocol);
  return safe ? h("a", { href: url, target: "_blank", rel: "noopener noreferrer" }, ...children) : h("span", {}, ...children);
}

/** @param {string} label */
export function fileCard(label) {
  return h("div", { className: "upload" }, label);
}

/**
 * Markup as nodes of our own: what is parsed is read, never inserted. `draw` says what becomes of an element with what its
 * inside became.
 *
 * @param {string} html
 * @param {(element: Element, children: (Node | string)[]) => (Node | string)[]} draw
 * @returns {(Node | string)[]}
 */
export function readHtml(html, draw) {
  /**
   * @param {Node} parent
   * @returns {(Node | string)[]}
   */
  const inside = (parent) =>
    [...parent.childNodes].flatMap((node) => {
      if (node.nodeType === Node.TEXT_NODE) return [node.textContent ?? ""];
      return node instanceof Element ? draw(node, inside(node)) : [];
    });
  return inside(new DOMParser().parseFromString(html, "text/html").body);
}
