import { across, h, icon, linkUrl, sizeText } from "./dom.js";

/** @import { WebFile } from "../../wire.ts" */

/**
 * @param {WebFile} file
 * @param {URL} base
 * @returns {HTMLElement}
 */
export function renderFile(file, base) {
  const { kind, name = "File", mediaType = "", bytes, alt, location, contact } = file;
  const own = file.file === undefined ? undefined : `${base.href}/files/${file.file}`;
  if (own !== undefined && (kind === "image" || kind === "sticker") && /^image\/(?:png|jpeg|gif|webp|avif)$/.test(mediaType)) {
    const image = h("img", { src: own, alt: alt ?? name, loading: "lazy", className: kind, ...across(base) });
    return h("a", { href: own, target: "_blank", rel: "noopener", className: "picture" }, image);
  }
  if (own !== undefined && (kind === "audio" || kind === "voice")) {
    return h("audio", { src: own, controls: true, preload: "metadata", "aria-label": alt ?? name, ...across(base) });
  }
  if (own !== undefined && kind === "video") {
    return h("video", { src: own, controls: true, preload: "metadata", "aria-label": alt ?? name, ...across(base) });
  }
  if (location !== undefined) {
    const { latitude, longitude, title } = location;
    const href = `https://www.openstreetmap.org/?mlat=${latitude}&mlon=${longitude}#map=15/${latitude}/${longitude}`;
    return card("pin", title ?? "Location", `${latitude.toFixed(5)}, ${longitude.toFixed(5)}`, href);
  }
  if (contact !== undefined) {
    return card(
      "person",
      contact.name,
      contact.phone ?? "",
      contact.phone === undefined ? undefined : `tel:${contact.phone.replace(/[^\d+]/g, "")}`,
    );
  }
  if (kind === "unsupported") return card("file", alt ?? name, "Cannot be shown here", undefined);
  const href = own ?? (file.url === undefined ? undefined : linkUrl(file.url, base));
  const details = [typeOf(name, mediaType), bytes === undefined ? "" : sizeText(bytes)].filter((part) => part !== "").join(" · ");
  return card("file", name, details, href);
}

/**
 * @param {"file" | "pin" | "person"} sign
 * @param {string} title
 * @param {string} details
 * @param {string | undefined} href
 */
function card(sign, title, details, href) {
  const inner = [icon(sign), h("span", { className: "words" }, h("span", { className: "name" }, title), h("small", {}, details))];
  if (href === undefined) return h("span", { className: "file" }, ...inner);
  return h("a", { className: "file", href, target: "_blank", rel: "noopener noreferrer" }, ...inner);
}

/**
 * @param {string} name
 * @param {string} mediaType
 */
function typeOf(name, mediaType) {
  const extension = /\.([A-Za-z0-9]{1,5})$/.exec(name)?.[1];
  return (extension ?? mediaType.split("/")[1] ?? "").toUpperCase().slice(0, 12);
}
