import { entityAt } from "../entity.ts";

const suspects = /[\\`*_~|<&]|\]\(/g;
const alphanumeric = /[\p{L}\p{N}]/u;

/**
 * Text with a backslash before everything that Markdown would read as markup. What cannot be markup where it stands (a star
 * between spaces, an underscore within a word) is left as people write it.
 */
export function escapeText(text: string, inCell = false, html = false): string {
  return text.replace(suspects, (found, at: number) => {
    // A cell ends at a pipe, even at one behind a backslash if that is behind another.
    if (found === "|" && inCell) return html && /^[^|\\]\|[^|]$/.test(text.slice(Math.max(0, at - 1), at + 2)) ? "\\|" : "&#124;";
    if (harmless(text, found, at)) return found;
    return found === "](" ? "]\\(" : `\\${found}`;
  });
}

function harmless(text: string, found: string, at: number): boolean {
  const before = text.charAt(at - 1);
  const after = text.charAt(at + 1);
  switch (found) {
    case "\\":
      return alphanumeric.test(after);
    case "<":
      return after !== "" && !/[a-zA-Z/!?]/.test(after);
    case "&":
      return after !== "" && entityAt(text, at) === undefined;
    case "|":
      return before !== "" && after !== "" && before !== "|" && after !== "|";
    case "*":
    case "~":
      return isApart(text, at);
    case "_":
      return (alphanumeric.test(before) && alphanumeric.test(after)) || isApart(text, at);
    default:
      return false;
  }
}

/** True between words, with a space on either side that stays one: those at the ends of a line do not. */
function isApart(text: string, at: number): boolean {
  return /^\S[^\S\n].[^\S\n]\S$/.test(text.slice(Math.max(0, at - 2), at + 3));
}

const blockStart =
  /^(?:(?=#{1,6}(?:\s|$)|>|[-+*](?:\s|$)|_(?=[_ \t]*$)|=+\s*$|\[(?:[ xX]\]\s|(?:\\.|[^\]\\])+\]:))|(\d{1,9})(?=[.)](?:\s|$)))/;
const ruleLine = /^[-|:][-|: \t]*$/;

/** A finished line, with a backslash before what would begin a block. */
export function escapeLineStart(line: string): string {
  // Of a line that might be a table's rule or underline a heading, the first dash is enough.
  if (ruleLine.test(line)) return line.replace("-", "\\-");
  return line.replace(blockStart, (found: string, digits?: string) => (digits === undefined ? `\\${found}` : `${digits}\\`));
}

/** The address and title of a link, as they stand between the parentheses. */
export function printTarget(url: string, title: string | null | undefined): string {
  const clean = url.replaceAll("\n", "%0A").replaceAll("\r", "%0D").replaceAll("\\", "\\\\");
  const safe = clean.replace(/&/g, (_, at: number) => (entityAt(clean, at) === undefined ? "&" : "&amp;"));
  const plain = safe !== "" && !/[\s()<>\p{Cc}]/u.test(safe);
  const target = plain ? safe : `<${safe.replace(/[<>]/g, "\\$&")}>`;
  if (!title) return plain || url !== "" ? target : "";
  const quoted = title.replace(/[\\"]/g, "\\$&").replace(/\n\s*/g, " ");
  return `${target} "${quoted.replace(/&/g, (_, at: number) => (entityAt(quoted, at) === undefined ? "&" : "&amp;"))}"`;
}

/** Code between as many backticks as it takes. */
export function printCode(value: string): string {
  const code = value.replaceAll("\n", " ");
  const longest = Math.max(0, ...Array.from(code.matchAll(/`+/g), (run) => run[0].length));
  const ticks = "`".repeat(longest + 1);
  const padded = /^`|`$/.test(code) || (/^ .* $/.test(code) && code.trim() !== "") ? ` ${code} ` : code;
  return ticks + padded + ticks;
}
