import type { Block, Inline, List } from "@devflow/gateway/contract";

/** Levels of lists; deeper markers are as deep as that. */
const maxDepth = 10;

/** Lines of one paragraph, a list within, or another block. */
type Part = string[] | Level | { readonly block: Block };

interface Item {
  readonly checked: boolean | undefined;
  readonly parts: Part[];
}

interface Level {
  readonly ordered: boolean;
  readonly items: Item[];
}

const marker = /^\s*([*#-]+)\s(.*)$/s;
const box = /^\((\/|x)\)(?:\s+|$)/;

/** The marker of a list's line and what follows it. */
export function listLine(line: string): { readonly levels: string; readonly text: string } | undefined {
  const [, levels, text = ""] = marker.exec(line) ?? [];
  return levels === undefined ? undefined : { levels: levels.slice(0, maxDepth), text: text.trim() };
}

/** Lists in the making, as long as their lines follow each other. */
export interface Lists {
  /** Adds a line with its marker, a letter for each level. */
  add(levels: string, text: string): void;
  /** Adds a line that has no marker, or a block, to the last item. */
  attach(more: string | { readonly block: Block }): void;
  /** `read` makes content of a paragraph's lines. */
  finish(read: (text: string) => Inline[]): Block[];
}

/** No list yet. */
export function newLists(): Lists {
  const all: Level[] = [];
  const open: Level[] = [];
  const begin = (depth: number, ordered: boolean): void => {
    open.length = depth;
    const level: Level = { ordered, items: [] };
    const parent: Part[] = open.at(-1)?.items.at(-1)?.parts ?? [];
    if (depth === 0) all.push(level);
    else parent.push(level);
    open.push(level);
  };
  return {
    add(levels, text) {
      for (const [depth, sign] of [...levels].entries()) {
        const ordered = sign === "#";
        if (open[depth]?.ordered !== ordered) begin(depth, ordered);
        const level = open[depth];
        const deepest = depth === levels.length - 1;
        if (deepest) open.length = depth + 1;
        if (deepest) level?.items.push(itemOf(text));
        else if (level?.items.length === 0) level.items.push({ checked: undefined, parts: [] });
      }
    },
    attach(more) {
      const parts = open.at(-1)?.items.at(-1)?.parts;
      const last = parts?.at(-1);
      if (typeof more !== "string") parts?.push(more);
      else if (Array.isArray(last)) last.push(more.trim());
      else parts?.push([more.trim()]);
    },
    finish: (read) => all.map((level) => listOf(level, read)),
  };
}

function itemOf(text: string): Item {
  const state = box.exec(text);
  const said = state === null ? text : text.slice(state[0].length);
  return { checked: state === null ? undefined : state[1] === "/", parts: said === "" ? [] : [[said]] };
}

function listOf({ ordered, items }: Level, read: (text: string) => Inline[]): List {
  const children = items.map(({ checked, parts }) => ({
    type: "listItem" as const,
    ...(checked === undefined ? {} : { checked }),
    children: parts.map((part): Block => {
      if (Array.isArray(part)) return { type: "paragraph", children: read(part.join("\n")) };
      return "block" in part ? part.block : listOf(part, read);
    }),
  }));
  return { type: "list", ordered, ...(ordered ? { start: 1 } : {}), children };
}
