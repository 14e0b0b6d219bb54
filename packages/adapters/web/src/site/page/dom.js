/** @typedef {Node | string | null | undefined | false} Child */
/** @typedef {string | number | boolean | null | undefined | ((event: never) => unknown)} Property */

/**
 * An element with properties and children. Text is always text: nothing here parses markup.
 *
 * @template {keyof HTMLElementTagNameMap} K
 * @param {K} tag
 * @param {{ [name: string]: Property }} [properties] Names with a dash, and `role`, are attributes; `on…` are listeners.
 * @param {...Child} children
 * @returns {HTMLElementTagNameMap[K]}
 */
export function h(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === undefined || value === null) continue;
    if (name.startsWith("on") && typeof value === "function") {
      element.addEventListener(name.slice(2), /** @type {EventListener} */ (/** @type {unknown} */ (value)));
    } else if (name.includes("-") || name === "role" || name === "for" || name === "colspan") {
      element.setAttribute(name, String(value));
    } else {
      Reflect.set(element, name, value);
    }
  }
  element.append(...children.filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

const paths = {
  attach: "M15.5 7.5 9 14a2.1 2.1 0 0 0 3 3l7-7a4.2 4.2 0 0 0-6-6l-7.2 7.2a6.3 6.3 0 0 0 8.9 8.9l5.8-5.8",
  send: "M12 19V5m0 0-6 6m6-6 6 6",
  close: "m6 6 12 12M18 6 6 18",
  stop: "M8 8h8v8H8z",
  check: "m5 12.5 4.5 4.5L19 7.5",
  down: "m6 9 6 6 6-6",
  file: "M14 3H7a2 2 0 0 0-2 2v14a2 2 0 0 0 2 2h10a2 2 0 0 0 2-2V8zm0 0v5h5",
  pin: "M12 21s7-6.1 7-11a7 7 0 1 0-14 0c0 4.9 7 11 7 11zm0-8.5a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5z",
  person: "M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8zm-7 8a7 7 0 0 1 14 0",
};

/**
 * @param {keyof typeof paths} name
 * @returns {SVGSVGElement}
 */
export function icon(name) {
  const space = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(space, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  svg.setAttribute("class", "icon");
  const path = document.createElementNS(space, "path");
  path.setAttribute("d", paths[name]);
  svg.append(path);
  return svg;
}

/** An id that nobody guesses. `randomUUID` is missing where the page is neither https nor localhost. */
export function newId() {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** @param {number} bytes */
export function sizeText(bytes) {
  if (bytes < 1_000) return `${bytes} B`;
  if (bytes < 1_000_000) return `${Math.round(bytes / 1_000)} kB`;
  return `${(bytes / 1_000_000).toFixed(1)} MB`;
}

/**
 * An address that a press may open, or nothing.
 *
 * @param {string} url
 * @param {URL} base
 * @returns {string | undefined}
 */
export function linkUrl(url, base) {
  if (!URL.canParse(url, base.href)) return undefined;
  const parsed = new URL(url, base);
  return ["http:", "https:", "mailto:", "tel:"].includes(parsed.protocol) ? parsed.href : undefined;
}

/**
 * Media from a chat on another origin needs its cookie.
 *
 * @param {URL} base
 * @returns {{ crossOrigin?: string }}
 */
export function across(base) {
  return base.origin === location.origin ? {} : { crossOrigin: "use-credentials" };
}
