import type { Block, Content, Inline } from "@devflow/gateway/contract";
import type { JsonObject } from "@devflow/gateway/kit";
import { id, number, object, objects, string } from "../wire/index.ts";
import type { Self } from "./people.ts";

/** A stretch of text with a meaning. Telegram counts UTF-16 units, as JavaScript does. */
interface Span {
  readonly from: number;
  readonly to: number;
  readonly type: string;
  readonly entity: JsonObject;
}

/** More than this is no message of Telegram's, which keeps about a hundred. */
const spanLimit = 1_000;
const quotes: ReadonlySet<string> = new Set(["blockquote", "expandable_blockquote"]);

/** The text as a tree. Entities that cross, overhang or lack their fields lose their meaning and never a character. */
export function contentOf(text: string, entities: unknown, self: Self): Content {
  return blocks({ text, self }, 0, text.length, spansOf(text, entities));
}

/** True when an entity of the text names us: `@` and our name, or our id. Text that merely looks so does not count. */
export function mentionsSelf(text: string, entities: unknown, self: Self): boolean {
  return spansOf(text, entities).some((span) => isSelf(text, span, self));
}

/** The command at the very beginning of the text, as it stands there: `/name` or `/name@bot`. */
export function commandAt(text: string, entities: unknown): string | undefined {
  const span = spansOf(text, entities).find(({ type, from }) => type === "bot_command" && from === 0);
  return span && text.slice(0, span.to);
}

interface Source {
  readonly text: string;
  readonly self: Self;
}

function spansOf(text: string, entities: unknown): readonly Span[] {
  return objects(entities)
    .slice(0, spanLimit)
    .flatMap((entity): Span[] => {
      const from = Math.trunc(number(entity.offset) ?? -1);
      const to = Math.min(text.length, from + Math.trunc(number(entity.length) ?? 0));
      const type = string(entity.type);
      return type === undefined || from < 0 || to <= from ? [] : [{ from, to, type, entity }];
    })
    .toSorted((a, b) => a.from - b.from || b.to - a.to);
}

/** Code and quotes are blocks; what is between them are paragraphs. */
function blocks(source: Source, from: number, to: number, spans: readonly Span[]): readonly Block[] {
  const found: Block[] = [];
  let at = from;
  for (const [index, span] of spans.entries()) {
    if (span.from < at || (span.type !== "pre" && !quotes.has(span.type))) continue;
    const end = Math.min(span.to, to);
    found.push(...paragraphs(source, at, span.from, spans));
    if (span.type === "pre") {
      found.push({ type: "code", lang: string(span.entity.language) ?? null, value: source.text.slice(span.from, end) });
    } else {
      const inner = spans.filter((other, place) => place > index && other.from < end && !quotes.has(other.type));
      found.push({ type: "blockquote", children: blocks(source, span.from, end, inner) });
    }
    at = end;
  }
  return [...found, ...paragraphs(source, at, to, spans)];
}

function paragraphs(source: Source, from: number, to: number, spans: readonly Span[]): readonly Block[] {
  const found: Block[] = [];
  const add = (start: number, end: number): void => {
    let [a, b] = [start, end];
    while (a < b && source.text[a] === "\n") a++;
    while (b > a && source.text[b - 1] === "\n") b--;
    if (b > a) found.push({ type: "paragraph", children: inlines(source, a, b, spans) });
  };
  let at = from;
  for (const gap of source.text.slice(from, to).matchAll(/\n{2,}/g)) {
    const start = from + gap.index;
    const end = start + gap[0].length;
    // A style that spans the gap keeps its paragraphs together.
    if (spans.some((span) => span.from < start && span.to > end && span.type !== "pre" && !quotes.has(span.type))) continue;
    add(at, start);
    at = end;
  }
  add(at, to);
  return found;
}

function inlines(source: Source, from: number, to: number, spans: readonly Span[]): readonly Inline[] {
  const found: Inline[] = [];
  const text = (start: number, end: number): void => {
    if (end > start) found.push({ type: "text", value: source.text.slice(start, end) });
  };
  let at = from;
  for (const [index, span] of spans.entries()) {
    const start = Math.max(span.from, at);
    const end = Math.min(span.to, to);
    if (start >= end || quotes.has(span.type)) continue;
    text(at, start);
    found.push(...inline(source, { ...span, from: start, to: end }, spans.slice(index + 1)));
    at = end;
  }
  text(at, to);
  return found;
}

function inline(source: Source, span: Span, rest: readonly Span[]): readonly Inline[] {
  const value = source.text.slice(span.from, span.to);
  const children = (): readonly Inline[] =>
    inlines(
      source,
      span.from,
      span.to,
      rest.filter((other) => other.from < span.to),
    );
  const { entity } = span;
  switch (span.type) {
    case "bold":
      return [{ type: "strong", children: children() }];
    case "italic":
      return [{ type: "emphasis", children: children() }];
    case "strikethrough":
      return [{ type: "delete", children: children() }];
    case "spoiler":
      return [{ type: "spoiler", children: children() }];
    case "code":
    case "pre":
      return [{ type: "inlineCode", value }];
    case "text_link":
      return typeof entity.url === "string" ? [{ type: "link", url: entity.url, children: children() }] : children();
    case "url":
      return [{ type: "link", url: /^[a-z][a-z0-9+.-]*:/i.test(value) ? value : `http://${value}`, children: children() }];
    case "email":
      return [{ type: "link", url: `mailto:${value}`, children: children() }];
    case "custom_emoji":
      return [{ type: "emoji", name: id(entity.custom_emoji_id) ?? value, value }];
    case "mention":
      // Another person's `@name` says no id; it stays the text that names them wherever it goes.
      return isSelf(source.text, span, source.self) ? [mention(source.self.id, value)] : [{ type: "text", value }];
    case "text_mention": {
      const user = id(object(entity.user).id);
      return user === undefined ? children() : [mention(user, value)];
    }
    default:
      return children();
  }
}

function mention(user: string, text: string): Inline {
  return { type: "mention", target: "user", id: user, name: text.replace(/^@/, "") };
}

function isSelf(text: string, { type, from, to, entity }: Span, self: Self): boolean {
  if (type === "text_mention") return id(object(entity.user).id) === self.id;
  return (
    type === "mention" && self.handle !== undefined && text.slice(from, to).toLowerCase() === `@${self.handle.toLowerCase()}`
  );
}
