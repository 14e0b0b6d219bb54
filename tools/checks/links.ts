import { posix } from "node:path";
import { codeBlocks, withoutCode } from "../lib/markdown.ts";
import type { Check, Problem, Tree } from "../lib/tree.ts";

/** What a Markdown file points at is there: files, folders and headings. */
export const links: Check = {
  name: "links",
  run(tree) {
    const folders = new Set(tree.files.flatMap((path) => parents(path)));
    return tree.files
      .filter((path) => path.endsWith(".md") && !path.startsWith(".changeset/"))
      .flatMap((path) => problemsOf(tree, folders, path));
  },
};

function problemsOf(tree: Tree, folders: ReadonlySet<string>, path: string): readonly Problem[] {
  const problems: Problem[] = [];
  const text = withoutCode(tree.read(path));
  for (const [, url = ""] of text.matchAll(/\]\(([^)\s]+)(?:\s+"[^"]*")?\)/g)) {
    if (/^[a-z]+:/i.test(url)) continue;
    const [target = "", anchor] = decodeURIComponent(url).split("#");
    const file = target === "" ? path : posix.normalize(posix.join(posix.dirname(path), target)).replace(/\/$/, "");
    if (!tree.has(file) && !folders.has(file)) problems.push({ path, says: `there is no ${url}` });
    else if (anchor && file.endsWith(".md") && !anchorsOf(tree.read(file)).has(anchor))
      problems.push({ path, says: `there is no heading ${url}` });
  }
  return problems;
}

function anchorsOf(text: string): ReadonlySet<string> {
  const code = codeBlocks(text).map((block) => block.code);
  const headings = text.split("\n").filter((line) => /^#+ /.test(line) && !code.some((block) => block.includes(line)));
  return new Set(
    headings.map((line) =>
      line
        .replace(/^#+\s+/, "")
        .toLowerCase()
        .replace(/[^\p{L}\p{N}\s_-]/gu, "")
        .trim()
        .replaceAll(" ", "-"),
    ),
  );
}

function parents(path: string): readonly string[] {
  const parts = path.split("/");
  return parts.map((_, index) => parts.slice(0, index).join("/") || ".");
}
