import type { Inline, Mention } from "@devflow/gateway/contract";
import { mentionText } from "@devflow/gateway/kit";
import { userName, accountId } from "../../wire/person.ts";
import { encoded, joinText, runsOf, shown, type LinkTo, type Run } from "../runs.ts";
import { activeSigns, escapeLineStart, escapeText, type Escaping } from "./escape.ts";
import { signs, writeMarks, type Piece } from "./marks.ts";

/** Which users a text can name: those of a server by name, those of Cloud's older API by account. */
export type Dialect = "data-center" | "cloud";

/** Where a line stands. */
export interface Place {
  readonly dialect: Dialect;
  /** In a table's cell, which ends at a pipe. */
  readonly inCell?: boolean;
  /** In a place of one line, where a line feed is spelled as a break. */
  readonly oneLine?: boolean;
}

/** Inline content as wiki markup; no line of it begins a block. */
export function writeInline(children: readonly Inline[], place: Place): string {
  const runs = spelled(runsOf(children), place);
  const texts = runs.map(wordsOf);
  const used = new Set(runs.flatMap(({ marks }) => marks.map((mark) => signs[mark])));
  // An image's address may reach over the border of cells.
  const active = activeSigns(texts, place.inCell ? [...used, "!"] : used);
  const escaping: Escaping = { active, used, boxed: place.inCell === true };
  return writeMarks(pieces(runs, place, escaping))
    .split("\n")
    .map((line) => escapeLineStart(line.trim()))
    .join("\n");
}

/** What a stretch says, as far as it is written as text. */
function wordsOf({ node }: Run): string {
  return node.type === "text" || node.type === "code" ? node.value : " ";
}

/**
 * As they can be written: what there is no markup for as text, without breaks at the ends, and a line feed that would leave a
 * line empty, or may not be one, as a break.
 */
function spelled(runs: readonly Run[], place: Place): Run[] {
  const ends = ({ node }: Run): boolean => node.type === "feed" || node.type === "break";
  const idle = (run: Run): boolean => ends(run) || (run.node.type === "text" && run.node.value.trim() === "");
  const written = joinText(runs.map((run) => textual(run, place)));
  const from = written.findIndex((run) => !idle(run));
  const kept = from < 0 ? [] : written.slice(from, written.findLastIndex((run) => !idle(run)) + 1);
  let begun = true;
  return kept.map((run) => {
    const feeds = run.node.type === "feed" && begun && place.oneLine !== true;
    begun = ends(run) ? false : begun || !idle(run);
    return run.node.type === "feed" && !feeds ? { ...run, node: { type: "break" } } : run;
  });
}

/** What Cloud's parser would read anew: within marks it forgets escapes. */
const fragile: Escaping = { active: new Set("-+^~!"), used: new Set("~"), boxed: true };

/** Pictures as text, and so are people that cannot be named here. In a link nobody is named, and nothing breaks the line. */
function textual(run: Run, { dialect }: Place): Run {
  const { node } = run;
  const bare = dialect === "cloud" && run.marks.length > 0 && (node.type === "text" || node.type === "code");
  if (bare && escapeLineStart(escapeText(node.value, fragile)) !== node.value) return { ...run, marks: [] };
  if (node.type === "emoji") return said(run, shown(node.value ?? `:${node.name}:`).replaceAll("\n", " "));
  if (node.type === "mention") {
    const known = (dialect === "cloud" ? accountId : userName).test(node.id);
    return node.target === "user" && known && run.link === undefined ? run : said(run, nameOf(node));
  }
  return run.link !== undefined && (node.type === "feed" || node.type === "break") ? said(run, " ") : run;
}

function said(run: Run, value: string): Run {
  return { ...run, node: { type: "text", value } };
}

/** Stretches as they are written; those of a link are one. */
function pieces(runs: readonly Run[], place: Place, escaping: Escaping): Piece[] {
  const out: Piece[] = [];
  for (let at = 0; at < runs.length; at++) {
    const run = runs[at] as Run;
    if (run.link === undefined) {
      out.push(piece(run, place, escaping));
      continue;
    }
    let end = at + 1;
    while (runs[end]?.link === run.link) end++;
    const free = stands(runs[at - 1], runs.slice(end, end + 2));
    out.push(...link(run.link, runs.slice(at, end), { place, escaping, free }));
    at = end - 1;
  }
  return out;
}

function piece({ node, marks }: Run, place: Place, escaping: Escaping): Piece {
  switch (node.type) {
    case "text":
      return { marks, text: node.value, write: (text) => escapeText(text, escaping) };
    case "code":
      return { marks, text: `{{${escapeText(node.value, escaping)}}}` };
    case "mention":
      return { marks, text: `[~${place.dialect === "cloud" ? "accountid:" : ""}${node.id}]` };
    case "feed":
      return { marks: [], text: "\n" };
    default:
      return { marks: [], text: "\\\\" };
  }
}

function nameOf(node: Mention): string {
  return shown(mentionText(node)).replaceAll("\n", " ");
}

const bareUrl = /^https?:\/\/[\w.~:/?#@&=+,;%$-]*[\w/=&%$]$/;

/** True when an address between these stretches is read as far as it goes, and no further. */
function stands(before: Run | undefined, [after, more]: readonly Run[]): boolean {
  if (before?.link !== undefined || (before?.node.type === "text" && !/[\s(]$/.test(before.node.value))) return false;
  if (before !== undefined && !["text", "feed", "break"].includes(before.node.type)) return false;
  if (after === undefined) return true;
  if (after.node.type === "feed" || after.node.type === "break") return true;
  if (after.node.type !== "text" || after.link !== undefined) return false;
  return /^[.,;:!?]*\s/.test(after.node.value) || (more === undefined && /^[.,;:!?]*$/.test(after.node.value));
}

interface Around {
  readonly place: Place;
  readonly escaping: Escaping;
  /** True where an address needs no brackets. */
  readonly free: boolean;
}

function link(to: LinkTo, runs: readonly Run[], { place, escaping, free }: Around): Piece[] {
  const marks = runs[0]?.marks.slice(0, to.outer) ?? [];
  const url = to.url.replace(/[[\]!]/g, encodeURIComponent).replaceAll("!", "%21");
  const [only, ...more] = runs;
  const label = only?.node.type === "text" && more.length === 0 ? only.node.value : undefined;
  const plain = label !== undefined && encoded(label) === to.url && only?.marks.length === to.outer;
  if (plain && free && to.outer === 0 && bareUrl.test(url) && !url.includes("--")) return [{ marks, text: url }];
  if (plain) return [{ marks, text: `[${url}]` }];
  const inner = runs.map(({ marks: all, node }) => ({ marks: all.slice(to.outer), node }));
  const inside = writeMarks(pieces(inner, place, { ...escaping, boxed: true }));
  const words = inside.trim();
  // Spaces at a label's ends are not shown, so they stand outside.
  const blank = (text: string): Piece[] => (text === "" ? [] : [{ marks, text, write: (same) => same }]);
  const lead = inside.length - inside.trimStart().length;
  const text = words === "" ? `[${url}]` : `[${escapeLineStart(words).replace(/^[~^!@$]/, "\u200b$&")}|${url}]`;
  return [...blank(inside.slice(0, lead)), { marks, text }, ...blank(inside.slice(lead + words.length))];
}
