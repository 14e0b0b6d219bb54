import type { Emoji, Inline, Mention } from "@devflow/gateway/contract";
import { mentionText } from "@devflow/gateway/kit";
import { userName, accountId } from "../../wire/person.ts";
import { runsOf, shown, type LinkTo, type MarkName, type Run } from "../runs.ts";
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
  const runs = spelled(runsOf(children), place.oneLine === true);
  const texts = runs.map(({ node }) => ("value" in node && node.type !== "emoji" ? node.value : " "));
  const used = runs.flatMap(({ marks }) => marks.map((mark) => signs[mark]));
  const escaping: Escaping = { active: activeSigns(texts, used), boxed: place.inCell === true };
  return writeMarks(pieces(runs, place, escaping))
    .split("\n")
    .map((line) => escapeLineStart(line.trim()))
    .join("\n");
}

/** Without breaks at the ends; a line feed that would leave a line empty, or may not be one, as a break. */
function spelled(runs: readonly Run[], oneLine: boolean): Run[] {
  const ends = ({ node }: Run): boolean => node.type === "feed" || node.type === "break";
  const idle = (run: Run): boolean => ends(run) || (run.node.type === "text" && run.node.value.trim() === "");
  const from = runs.findIndex((run) => !idle(run));
  const kept = from < 0 ? [] : runs.slice(from, runs.findLastIndex((run) => !idle(run)) + 1);
  let begun = true;
  return kept.map((run) => {
    const feeds = run.node.type === "feed" && begun && !oneLine;
    begun = ends(run) ? false : begun || !idle(run);
    return run.node.type === "feed" && !feeds ? { ...run, node: { type: "break" } } : run;
  });
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
    out.push(link(run.link, runs.slice(at, end), { place, escaping, after: runs[end] }));
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
    case "feed":
      return { marks: [], text: "\n" };
    case "break":
      return { marks: [], text: "\\\\" };
    case "mention":
      return mention(node, marks, place, escaping);
    case "emoji":
      return { marks, text: emojiText(node), write: (text) => escapeText(text, escaping) };
  }
}

function emojiText({ name, value }: Emoji): string {
  return shown(value ?? `:${name}:`).replaceAll("\n", " ");
}

function mention(node: Mention, marks: readonly MarkName[], { dialect }: Place, escaping: Escaping): Piece {
  const known = dialect === "cloud" ? accountId : userName;
  if (node.target === "user" && known.test(node.id))
    return { marks, text: `[~${dialect === "cloud" ? "accountid:" : ""}${node.id}]` };
  return { marks, text: nameOf(node), write: (text) => escapeText(text, escaping) };
}

function nameOf(node: Mention): string {
  return shown(mentionText(node)).replaceAll("\n", " ");
}

const bareUrl = /^https?:\/\/[\w.~:/?#@&=+,;%$-]*[\w/=&%$]$/;

/** What may follow a bare address without becoming a part of it. */
const follows = /^(?:$|\s|[.,;:!?](?:$|\s))/;

function link(
  to: LinkTo,
  runs: readonly Run[],
  { place, escaping, after }: { readonly place: Place; readonly escaping: Escaping; readonly after: Run | undefined },
): Piece {
  const marks = runs[0]?.marks.slice(0, to.outer) ?? [];
  const url = to.url.replace(/[[\]!]/g, encodeURIComponent).replaceAll("!", "%21");
  const [only, ...more] = runs;
  const said = only?.node.type === "text" && more.length === 0 ? only.node.value : undefined;
  const next = after === undefined ? "" : after.node.type === "text" && after.link === undefined ? after.node.value : "*";
  const free = after === undefined || after.node.type === "feed" || after.node.type === "break" || follows.test(next);
  const plain = said === to.url && only?.marks.length === to.outer;
  if (plain && to.outer === 0 && bareUrl.test(url) && !url.includes("--") && free) return { marks, text: url, bare: true };
  if (plain) return { marks, text: `[${url}]` };
  const label = writeMarks(
    pieces(
      runs.map((run) => labelled(run, to.outer)),
      place,
      { ...escaping, boxed: true },
    ),
  ).trim();
  return { marks, text: label === "" ? `[${url}]` : `[${label.replace(/^[~^!@$]/, "\u200b$&")}|${url}]` };
}

/** What stands in a link's label, which is one line and names nobody. */
function labelled({ marks, node }: Run, outer: number): Run {
  const inner = marks.slice(outer);
  if (node.type === "feed" || node.type === "break") return { marks: inner, node: { type: "text", value: " " } };
  return { marks: inner, node: node.type === "mention" ? { type: "text", value: nameOf(node) } : node };
}
