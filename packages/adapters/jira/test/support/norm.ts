import type { Block, Content, Inline, List, ListItem } from "@devflow/gateway/contract";
import { detailsOf, flattened, mentionText, plainText } from "@devflow/gateway/kit";
import { alertOf } from "../../src/format/alert.ts";
import { fitted, type Target } from "../../src/format/place.ts";
import { encoded, imageUrl, runsOf, type LinkTo, type Run } from "../../src/format/runs.ts";
import { holdsTasks } from "../../src/format/task.ts";
import { accountId, userName } from "../../src/wire/person.ts";

/**
 * Content reduced to what a format can carry, so that what comes back can be compared with what went out. Lost in both: what a
 * place cannot hold (`fitted`); white space at the ends of lines, and marks over white space; the order in which marks nest;
 * addresses that are not safe; empty blocks. Lost in ADF: marks over code, raised text within lowered, the numbers of a list
 * of tasks. Lost in the wiki: the first number of a list, titles of links, names of those who are mentioned, languages that it
 * does not know, which of an emoji's names was used, a list's items without words of their own, and where in an item a text
 * stands that follows a list in it.
 */
export function norm(content: Content, target: Target): unknown {
  return blocks(fitted(content, target), target);
}

function blocks(content: readonly Block[], target: Target): unknown[] {
  return content.flatMap((block) => blockForm(block, target));
}

function blockForm(block: Block, target: Target): unknown[] {
  switch (block.type) {
    case "paragraph":
      return paragraph(block.children, target);
    case "heading": {
      const said = line(block.children, target);
      return target === "wiki" && said.length === 0 ? [] : [{ heading: block.depth, said }];
    }
    case "code":
      return [{ code: block.value, lang: target === "adf" ? (block.lang ?? null) : (languages[block.lang ?? ""] ?? null) }];
    case "thematicBreak":
      return ["rule"];
    case "list":
      return target === "adf" ? list(block) : wikiList(block);
    case "table": {
      const columns = Math.max(0, ...block.children.map((row) => row.children.length));
      const rows = block.children.map((row) =>
        Array.from({ length: columns }, (_, i) => line(row.children[i]?.children ?? [], target)),
      );
      return [{ rows }];
    }
    case "fields": {
      const nameOf = (name: string): string => plainText([{ type: "paragraph", children: [{ type: "text", value: name }] }]);
      const items = block.items.map(({ name, value }) => [trimmedLines(nameOf(name)), line(value, target)]);
      return [{ fields: items }];
    }
    case "blockquote": {
      const alert = alertOf(block);
      if (alert !== undefined) return [{ alert: alert.kind, inner: blocks(alert.children, target) }];
      return [{ quote: blocks(block.children, target) }];
    }
    default: {
      const { summary, children } = detailsOf(block) ?? { summary: [], children: [] };
      const title = flattened(summary);
      return [
        {
          title: target === "adf" ? title.replaceAll("\n", " ") : title.replace(/\s+/g, " ").trim(),
          inner: blocks(children, target),
        },
      ];
    }
  }
}

/** The languages among those of `trees` that the wiki has. */
const languages: Readonly<Record<string, string>> = { ts: "javascript", javascript: "javascript", python: "python" };

function paragraph(children: readonly Inline[], target: Target): unknown[] {
  const [only, ...more] = children.filter((node) => node.type !== "text" || node.value.trim() !== "");
  const url = only?.type === "image" && more.length === 0 ? imageUrl(only.url) : undefined;
  if (url !== undefined && only?.type === "image") {
    const alt = (only.alt ?? "").replaceAll("\n", " ");
    return [{ image: target === "adf" ? url : wikiUrl(url), alt: target === "adf" ? alt : alt.replace(/\s+/g, " ").trim() }];
  }
  const said = line(children, target);
  return said.length === 0 ? [] : [{ said }];
}

function list(node: List): unknown[] {
  const tasks = holdsTasks(node);
  const items = node.children.map((item) => (tasks ? task(item) : blocks(item.children, "adf")));
  return [{ kind: tasks ? "tasks" : node.ordered ? (node.start ?? 1) : "bullets", items }];
}

function task(item: ListItem): unknown {
  const lines = item.children.flatMap((block) => (block.type === "paragraph" ? [block.children] : []));
  const text = lines.flatMap((one, i): readonly Inline[] => (i === 0 ? one : [{ type: "break" }, ...one]));
  const below = item.children.filter((block) => block.type === "list");
  return { checked: item.checked, said: line(text, "adf"), below: blocks(below, "adf") };
}

/** A list as the lines that the wiki has for it. */
function wikiList(node: List): unknown[] {
  /** Texts of a line that other blocks stand between come one by one. */
  const lines: { levels?: string; checked?: boolean | null; said: Inline[][]; block?: unknown }[] = [];
  const walk = (one: List, outer: string): void => {
    const levels = outer + (one.ordered ? "#" : "*");
    for (const item of one.children) {
      const first = lines.length;
      let going = false;
      const begin = (said: readonly Inline[]): void => {
        lines.push({ levels, checked: item.checked ?? null, said: [[...said]] });
      };
      if (item.checked != null) begin([]);
      for (const block of item.children) {
        if (block.type === "list") walk(block, levels);
        else if (block.type !== "paragraph") {
          if (lines.length === first) begin([]);
          lines.push({ said: [], block: blockForm(block, "wiki") });
        } else if (line(block.children, "wiki").length > 0) {
          const last = lines.at(-1);
          if (lines.length === first) begin(block.children);
          else if (going) last?.said.at(-1)?.push({ type: "break" }, ...block.children);
          else if (last?.block === undefined) last?.said.push([...block.children]);
          else lines.push({ said: [[...block.children]] });
          going = true;
          continue;
        } else continue;
        going = false;
      }
    }
  };
  walk(node, "");
  return lines.length === 0 ? [] : [{ list: lines.map((one) => ({ ...one, said: together(one.said) })) }];
}

function together(texts: readonly (readonly Inline[])[]): readonly Form[] {
  const lines = texts.map((text) => line(text, "wiki")).filter((text) => text.length > 0);
  return joined(lines.flatMap((text, i): readonly Form[] => (i === 0 ? text : [["\n"], ...text])));
}

function trimmedLines(text: string): string {
  return text
    .split("\n")
    .map((one) => one.trim())
    .join("\n")
    .trim();
}

type Form = readonly [text: string, ...how: readonly string[]];

/** A line as texts with what lies over each, in order; white space is under nothing. */
function line(children: readonly Inline[], target: Target): readonly Form[] {
  return trimmed(joined(runsOf(children).flatMap((run) => runForms(run, target))));
}

/** Neighbours under the same marks are one. */
function joined(forms: readonly Form[]): Form[] {
  const out: Form[] = [];
  for (const form of forms) {
    const [text, ...how] = form;
    const last = out.at(-1);
    const same = last !== undefined && JSON.stringify(last.slice(1)) === JSON.stringify(how);
    if (same) out[out.length - 1] = [last[0] + text, ...how];
    else out.push(form);
  }
  return out;
}

function runForms(run: Run, target: Target): Form[] {
  const { node } = run;
  const link = node.type === "code" && target === "adf" && node.value.trim() === "" ? undefined : run.link;
  const over = [...marksOf(run, target), ...(link === undefined ? [] : [linkOf(link, target)])];
  switch (node.type) {
    case "text":
      // The wiki shows an address as it writes it.
      if (link !== undefined && target === "wiki" && encoded(node.value) === link.url) return [[wikiUrl(link.url), ...over]];
      return node.value.split(/(\s+)/).flatMap((part): Form[] => {
        if (part === "") return [];
        return /^\s/.test(part) ? [[part]] : [[part, ...over]];
      });
    case "code":
      return [[node.value, ...over, "code"]];
    case "feed":
    case "break":
      return [[link !== undefined && target === "wiki" ? " " : "\n"]];
    case "emoji": {
      const said = node.value ?? `:${node.name}:`;
      return target === "adf" && link === undefined ? [[node.name, node.value ?? "", "emoji"]] : [[said, ...over]];
    }
    case "mention": {
      const known = (target === "adf" ? accountId : userName).test(node.id) && link === undefined;
      const name = mentionText(node).replaceAll("\n", " ");
      if (!known) return runForms({ ...run, node: { type: "text", value: name } }, target);
      return target === "adf" ? [[name.replace(/^@+/, "") || node.id, node.id, "mention"]] : [[node.id, ...over, "mention"]];
    }
  }
}

function linkOf({ url, title = "" }: LinkTo, target: Target): string {
  if (target === "adf") return `link ${url} ${title}`;
  return `link ${wikiUrl(url)}`;
}

function wikiUrl(url: string): string {
  return url.replace(/[[\]!]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);
}

function marksOf({ marks, node }: Run, target: Target): string[] {
  if (target === "wiki") return [...marks].toSorted();
  if (node.type === "code") return [];
  const low = marks.find((mark) => mark.endsWith("script"));
  return marks.filter((mark) => !mark.endsWith("script") || mark === low).toSorted();
}

/** Without white space around the line feeds and at the ends. */
function trimmed(forms: readonly Form[]): readonly Form[] {
  const texts = forms.filter((form) => form.length > 1 || form[0] !== "");
  const blank = (form: Form | undefined): boolean => form !== undefined && form.length === 1 && form[0].trim() === "";
  let [from, to] = [0, texts.length];
  while (from < to && blank(texts[from])) from++;
  while (to > from && blank(texts[to - 1])) to--;
  return texts.slice(from, to).map(([text, ...how], i, all): Form => {
    if (how.length > 0) return [text, ...how];
    const tidy = text.replace(/[^\S\n]*\n[^\S\n]*/g, "\n");
    const started = i === 0 ? tidy.trimStart() : tidy;
    return [i === all.length - 1 ? started.trimEnd() : started];
  });
}
