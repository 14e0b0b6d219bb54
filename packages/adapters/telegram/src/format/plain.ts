const entities: Readonly<Record<string, string>> = { "&lt;": "<", "&gt;": ">", "&quot;": '"', "&amp;": "&" };

/** The text that our own HTML shows: what is left to send when Telegram, against our tests, does not accept the markup. */
export function plainOf(html: string): string {
  return html.replaceAll(/<[^<>]*>/g, "").replaceAll(/&(?:lt|gt|quot|amp);/g, (entity) => entities[entity] ?? entity);
}
