import { posix } from "node:path";
import { table } from "../lib/markdown.ts";
import type { Generator } from "../lib/generator.ts";

/** The index of the decisions beside this file: number, title and status of each. */
export const decisions: Generator = (tree, path) => {
  const folder = posix.dirname(path);
  const pages = tree.files.filter((file) => posix.dirname(file) === folder && /^\d{4}-.*\.md$/.test(posix.basename(file)));
  const rows = pages.map((file) => {
    const text = tree.read(file);
    const title = /^# (?:\d+[.:]? )?(.+)$/m.exec(text)?.[1];
    const status = /^(?:\*\*)?Status:?(?:\*\*)?:? *(.+)$/im.exec(text)?.[1];
    if (title === undefined || status === undefined) throw new Error(`${file} has no title or no line "Status: …"`);
    const name = posix.basename(file);
    return [name.slice(0, 4), `[${title}](${name})`, status.replace(/\.$/, "")];
  });
  return table(["", "Decision", "Status"], rows);
};
