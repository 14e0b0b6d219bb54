import { cleanText } from "./markdown/entity.ts";

// What browsers skip when they read an address: with it inside, `java\nscript:` would pass for something harmless.
const skipped = /[\s\p{Cc}\u00ad\u200b-\u200f\u2060]/gu;
const scheme = /^([a-zA-Z][a-zA-Z\d+.-]*):/;

/** The address, when its scheme is one of `schemes` (lower case, without colon); else undefined. It holds no control characters. */
export function safeUrl(url: string, schemes: readonly string[]): string | undefined {
  const shown = cleanText(url).trim();
  const bare = shown.replace(skipped, "");
  const name = scheme.exec(bare)?.[1]?.toLowerCase();
  if (name === undefined || !schemes.includes(name)) return undefined;
  // Within the address a space may be meant as one; before the scheme's end it cannot be.
  const clean = shown.replace(/\p{Cc}/gu, "");
  return scheme.exec(clean)?.[1]?.toLowerCase() === name ? clean : bare;
}

/** How a link is to be shown. */
export type LinkForm =
  /** The label alone: the address is not one to lead to. */
  | { readonly form: "label" }
  /** The address alone: it says what the label says, or the label says another one. */
  | { readonly form: "url"; readonly url: string }
  | { readonly form: "link"; readonly url: string };

/**
 * Decides for all renderers how a link is shown. A label that is itself an address of another host would tell a reader
 * that the link leads elsewhere than it does: then the true address is all that is shown.
 */
export function linkForm(url: string, label: string, schemes: readonly string[]): LinkForm {
  const safe = safeUrl(url, schemes);
  if (safe === undefined) return { form: "label" };
  const words = label.replace(skipped, " ").trim();
  if (words === "" || words === safe) return { form: "url", url: safe };
  const claimed = hostOf(words);
  return claimed !== undefined && claimed !== hostOf(safe) ? { form: "url", url: safe } : { form: "link", url: safe };
}

const addressed = /^(?:[a-z][a-z\d+.-]*:\/\/|\/\/|www\.)\S+$/i;

/** Host of what looks like an address, without `www.`; undefined for other text. */
function hostOf(text: string): string | undefined {
  if (!addressed.test(text)) return undefined;
  const full = /^www\./i.test(text) ? `http://${text}` : text.startsWith("//") ? `http:${text}` : text;
  return URL.canParse(full) ? new URL(full).host.replace(/^www\./, "") : text;
}
