import { cleanText } from "./markdown/entity.ts";

// What browsers skip when they read an address: with it inside, `java\nscript:` would pass for something harmless.
const skipped = /[\s\p{Cc}\u00ad\u200b-\u200f\u2060]/gu;
const scheme = /^([a-zA-Z][a-zA-Z\d+.-]*):/;

const tidy = /^[!-~]*$/;

/** The address, when its scheme is one of `schemes` (lower case, without colon); else undefined. It holds no control characters. */
export function safeUrl(url: string, schemes: readonly string[]): string | undefined {
  if (tidy.test(url)) return schemes.includes(schemeOf(url)) ? url : undefined;
  const shown = cleanText(url).trim();
  const bare = shown.replace(skipped, "");
  if (!schemes.includes(schemeOf(bare))) return undefined;
  // Within the address a space may be meant as one; before the scheme's end it cannot be.
  const clean = shown.replace(/\p{Cc}/gu, "");
  return schemeOf(clean) === schemeOf(bare) ? clean : bare;
}

function schemeOf(url: string): string {
  return scheme.exec(url)?.[1]?.toLowerCase() ?? "";
}

/** How a link is to be shown. */
export type LinkForm =
  /** The label alone: the address is not one to lead to. */
  | { readonly form: "label" }
  /** The address alone: it says what the label says, or the label says another one. */
  | { readonly form: "url"; readonly url: string }
  | { readonly form: "link"; readonly url: string };

/**
 * Decides for all renderers how a link is shown. A label with an address of another host would tell a reader that the link
 * leads elsewhere than it does: then the true address is all that is shown.
 */
export function linkForm(url: string, label: string, schemes: readonly string[]): LinkForm {
  const safe = safeUrl(url, schemes);
  if (safe === undefined) return { form: "label" };
  const words = label.trim();
  if (words === "" || words === safe) return { form: "url", url: safe };
  if (!suspicious.test(words)) return { form: "link", url: safe };
  if (safeUrl(words, schemes) === safe) return { form: "url", url: safe };
  const visible = words.replace(skipped, " ").trim();
  const host = hostOf(safe);
  const honest =
    visible !== "" && Array.from(visible.matchAll(address), (match) => hostOf(match[0])).every((claimed) => claimed === host);
  return honest ? { form: "link", url: safe } : { form: "url", url: safe };
}

/** Labels worth a look: others name no host, and can be seen. */
const suspicious = /\/\/|www|[^!-~\s]/i;
const address = /(?:[a-z][a-z\d+.-]*:)?\/\/[^\s/]\S*|www\.\S+/gi;

/** Host of an address, without `www.`. */
function hostOf(text: string): string {
  const full = text.startsWith("//") ? `http:${text}` : /^www\./i.test(text) ? `http://${text}` : text;
  return URL.canParse(full) ? new URL(full).host.replace(/^www\./, "") : text;
}
