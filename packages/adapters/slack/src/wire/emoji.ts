import { shortNames } from "./emoji-table.ts";

interface Tables {
  readonly byName: ReadonlyMap<string, string>;
  readonly byEmoji: ReadonlyMap<string, string>;
}
let read: Tables | undefined;

const tones = ["🏻", "🏼", "🏽", "🏾", "🏿"];
const regionalA = 0x1f1e6;

/** Unicode of a Slack emoji name without colons, skin tone (`+1::skin-tone-3`) included. Undefined for custom emoji. */
export function emojiOf(name: string): string | undefined {
  const [base = "", tone] = name.split("::skin-tone-");
  const emoji = tables().byName.get(base) ?? flagOf(base);
  if (emoji === undefined || tone === undefined) return emoji;
  return bare(emoji) + (tones[Number(tone) - 2] ?? "");
}

/** Slack's name of an emoji, without colons; a name is returned as it is. */
export function emojiName(emoji: string): string {
  const named = /^:?([^:\s]+(?:::skin-tone-[2-6])?):?$/.exec(emoji)?.[1] ?? emoji;
  const known = tables().byEmoji.get(bare(named));
  if (known !== undefined) return known;
  for (const [index, tone] of tones.entries()) {
    const base = named.includes(tone) ? tables().byEmoji.get(bare(named.replaceAll(tone, ""))) : undefined;
    if (base !== undefined) return `${base}::skin-tone-${index + 2}`;
  }
  const letters = Array.from(named, (c) => (c.codePointAt(0) ?? 0) - regionalA);
  if (letters.length === 2 && letters.every((n) => n >= 0 && n < 26)) return `flag-${letters.map(letter).join("")}`;
  return named;
}

/** Flags follow from their country code; the ten oldest have a name without the prefix too. */
function flagOf(name: string): string | undefined {
  const code = /^flag-([a-z]{2})$/.exec(name)?.[1] ?? (/^(?:cn|de|es|fr|gb|it|jp|kr|ru|us)$/.test(name) ? name : undefined);
  if (code === undefined) return name === "uk" ? flagOf("gb") : undefined;
  return String.fromCodePoint(...Array.from(code, (c) => regionalA + c.charCodeAt(0) - 97));
}

function letter(n: number): string {
  return String.fromCharCode(97 + n);
}

/** Without the variation selector, which some senders add and others leave out. */
function bare(emoji: string): string {
  return emoji.replaceAll("\uFE0F", "");
}

/** Read on first use: importing the adapter costs nothing. */
function tables(): Tables {
  if (read !== undefined) return read;
  const byName = new Map<string, string>();
  const byEmoji = new Map<string, string>();
  for (const entry of shortNames.split(",")) {
    const [emoji = "", ...names] = entry.trim().split(" ");
    for (const name of names) byName.set(name, emoji);
    if (names[0] !== undefined) byEmoji.set(bare(emoji), names[0]);
  }
  return (read = { byName, byEmoji });
}
