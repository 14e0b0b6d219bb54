import { declaredBy, docBefore, parse } from "../lib/source.ts";
import type { Generator } from "../lib/generator.ts";

/** Code out of a file: the declarations with these names, comments included; without names, all of it. */
export const excerpt: Generator = (tree, path, [file = "", ...names]) => {
  if (!tree.has(file)) throw new Error(`${path}: there is no ${file}`);
  const source = parse(file, tree.read(file));
  const wanted = names.map((name) => {
    const statement = source.body.find((one) => declaredBy(one).includes(name));
    if (!statement) throw new Error(`${path}: ${file} declares no ${name}`);
    const comment =
      docBefore(source, statement.start) === undefined
        ? undefined
        : source.comments.findLast(({ end }) => end <= statement.start);
    return source.text.slice(comment?.start ?? statement.start, statement.end);
  });
  const code = names.length === 0 ? source.text.trim() : wanted.join("\n\n");
  return `\`\`\`ts excerpt\n${code}\n\`\`\``;
};
