import type { Block, Content, Inline } from "@devflow/gateway/contract";
import { emojiOf } from "../wire/index.ts";

/** The name of a user, where it is known. */
export type Names = (user: string) => { readonly name?: string };

/** Reads Slack's own markup. Never throws: what is no markup is text. */
export function parseMrkdwn(source: string, names?: Names): Content {
  const blocks: Block[] = [];
  for (const [index, part] of source.split("```").entries()) {
    if (index % 2 === 1) blocks.push({ type: "code", value: unescape(part.replace(/^\n|\n$/g, "")) });
    else readLines(part, blocks, names);
  }
  return blocks;
}

/** The same within one line of blocks, such as a field. */
export function parseInline(source: string, names?: Names): Inline[] {
  const frames: Frame[] = [{ marker: "", nodes: [] }];
  let from = 0;
  for (const match of source.matchAll(tokens)) {
    const { 0: token, 1: angle, 2: code, 3: emoji, index } = match;
    if (index > from) add(frames, { type: "text", value: unescape(source.slice(from, index)) });
    from = index + token.length;
    if (angle !== undefined) add(frames, readAngle(angle, names));
    else if (code !== undefined) add(frames, { type: "inlineCode", value: unescape(code) });
    else if (emoji !== undefined) add(frames, readEmoji(emoji));
    else mark(frames, token, source[index - 1], source[from]);
  }
  if (from < source.length) add(frames, { type: "text", value: unescape(source.slice(from)) });
  while (frames.length > 1) spill(frames);
  return frames[0]?.nodes ?? [];
}

/** Restores the three characters that Slack escapes. */
function unescape(text: string): string {
  return text.includes("&") ? text.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&") : text;
}

/** An open mark with what has come since. */
interface Frame {
  readonly marker: string;
  readonly nodes: Inline[];
}

const tokens = /<([^<>\n]+)>|`([^`\n]+)`|:([a-z0-9_+'-]+(?:::skin-tone-[2-6])?):|[*_~]/g;
const marks = { "*": "strong", _: "emphasis", "~": "delete" } as const;
const word = /[\p{L}\p{N}]/u;

function readLines(part: string, blocks: Block[], names: Names | undefined): void {
  let quote: string[] = [];
  let lines: string[] = [];
  const flush = (): void => {
    const text = lines.join("\n").trim();
    if (text !== "") blocks.push({ type: "paragraph", children: parseInline(text, names) });
    if (quote.length > 0) blocks.push({ type: "blockquote", children: parseQuote(quote, names) });
    lines = [];
    quote = [];
  };
  for (const line of part.split("\n")) {
    const quoted = /^(?:&gt;|>) ?(.*)$/.exec(line)?.[1];
    if ((quoted === undefined) !== (quote.length === 0) || line.trim() === "") flush();
    if (quoted === undefined) lines.push(line);
    else quote.push(quoted);
  }
  flush();
}

function parseQuote(lines: readonly string[], names: Names | undefined): Block[] {
  return [{ type: "paragraph", children: parseInline(lines.join("\n"), names) }];
}

function readAngle(inner: string, names: Names | undefined): Inline {
  const bar = inner.indexOf("|");
  const target = bar < 0 ? inner : inner.slice(0, bar);
  const label = bar < 0 ? "" : unescape(inner.slice(bar + 1));
  const named = label === "" ? {} : { name: label.replace(/^[@#]/, "") };
  if (target.startsWith("@"))
    return { type: "mention", target: "user", id: target.slice(1), ...named, ...names?.(target.slice(1)) };
  if (target.startsWith("#")) return { type: "mention", target: "channel", id: target.slice(1), ...named };
  if (target.startsWith("!subteam^")) return { type: "mention", target: "group", id: target.slice(9), ...named };
  if (/^!(?:here|channel|everyone)$/.test(target))
    return { type: "mention", target: "room", id: target.slice(1), name: `@${target.slice(1)}` };
  if (target.startsWith("!")) return { type: "text", value: label === "" ? `<${unescape(inner)}>` : label };
  if (!/^[a-z][a-z0-9+.-]*:/i.test(target)) return { type: "text", value: `<${unescape(inner)}>` };
  const url = unescape(target);
  return { type: "link", url, children: [{ type: "text", value: label === "" ? url.replace(/^mailto:/, "") : label }] };
}

/** Times such as `10:30:00` look like emoji, so an unknown name stays text. */
function readEmoji(name: string): Inline {
  const value = emojiOf(name);
  return value === undefined ? { type: "text", value: `:${name}:` } : { type: "emoji", name, value };
}

/** Opens, closes or leaves as text: Slack's marks count at the borders of words alone. */
function mark(frames: Frame[], marker: string, before: string | undefined, after: string | undefined): void {
  const open = frames.findLastIndex((frame) => frame.marker === marker);
  const closes = open > 0 && before !== undefined && !/\s/.test(before) && (after === undefined || !word.test(after));
  if (closes) {
    while (frames.length - 1 > open) spill(frames);
    const children = frames.pop()?.nodes ?? [];
    if (children.length > 0) return add(frames, { type: marks[marker as keyof typeof marks], children });
    return add(frames, { type: "text", value: marker + marker });
  }
  const opens = open < 0 && after !== undefined && !/\s/.test(after) && (before === undefined || !word.test(before));
  if (opens) frames.push({ marker, nodes: [] });
  else add(frames, { type: "text", value: marker });
}

/** A mark that was never closed is the character itself. */
function spill(frames: Frame[]): void {
  const frame = frames.pop();
  if (frame === undefined) return;
  add(frames, { type: "text", value: frame.marker });
  for (const node of frame.nodes) add(frames, node);
}

function add(frames: readonly Frame[], node: Inline): void {
  const nodes = frames.at(-1)?.nodes;
  const last = nodes?.at(-1);
  if (node.type === "text" && last?.type === "text") nodes?.splice(-1, 1, { type: "text", value: last.value + node.value });
  else nodes?.push(node);
}
