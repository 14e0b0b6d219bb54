import { cleanText } from "@devflow/gateway/kit";

/** Zero width space: between `<` or `@` and what follows, nothing is read into them. */
const apart = "\u200b";
const address = /https?:\/\/[^\s<>]+/g;
const marker = /[\\*_~`]/g;
/** What Discord reads as a mention, a command, an emoji, a time or a guide, and no backslash stops. */
const macro = /<(?=[@#:]|a:|t:|id:|\/[^<>\n]{1,120}:\d+>)/g;
const broadcast = /@(?=everyone|here)/g;

/** Text to be read as it is written, of one line or several. Beginnings of lines are {@link escapeLine}'s. */
export function literal(text: string): string {
  let out = "";
  let from = 0;
  for (const match of text.matchAll(address)) {
    out += escape(text.slice(from, match.index)) + inert(match[0]);
    from = match.index + match[0].length;
  }
  return out + escape(text.slice(from));
}

function escape(text: string): string {
  return inert(text.replace(marker, "\\$&").replace(/\|(?=\|)|(?<=\|)\|/g, "\\|"));
}

function inert(text: string): string {
  return text.replace(macro, `<${apart}`).replace(broadcast, `@${apart}`);
}

/** The beginning of a line that would begin a heading, a quote or a list. */
const opening = /^(\s*)(#{1,3}(?=\s|$)|-#(?=\s|$)|>(?:>>)?(?=\s|$)|[-+](?=\s|$)|(\d{1,9})\.(?=\s|$))/;

/** A line that begins with text, so that it is text to its end. */
export function escapeLine(line: string): string {
  return line.replace(opening, (all, space: string, sign: string, digits: string | undefined) =>
    digits === undefined ? `${space}\\${sign}` : `${space}${digits}\\.${all.slice(space.length + sign.length)}`,
  );
}

/** Text of a line without what cannot be shown. */
export function lineOf(value: string): string {
  return cleanText(value).replace(/\r\n?|[\u2028\u2029]/g, "\n");
}

/** Code between delimiters that do not occur in it. */
export function code(value: string): string {
  const clean = lineOf(value).replace(/\s*\n\s*/g, " ");
  if (clean.trim() === "") return clean;
  if (!clean.includes("`")) return `\`${clean}\``;
  return `\`\` ${clean.replace(/`(?=`)/g, `\`${apart}`)} \`\``;
}

/** Code on lines of its own. What would end it is broken. */
export function fence(value: string, lang = ""): string {
  const body = lineOf(value).replace(/``(?=`)/g, `\`\`${apart}`);
  if (body.trim() === "") return "";
  const name = /^[\w+#.-]+/.exec(lang)?.[0] ?? "";
  return `\`\`\`${name}\n${body}\n\`\`\``;
}
