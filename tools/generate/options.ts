import { posix } from "node:path";
import { table } from "../lib/markdown.ts";
import { docBefore, isNode, parse, type Node, type Source } from "../lib/source.ts";
import type { Generator } from "../lib/generator.ts";

/** A table of the package's options, from the doc comments of its `…Options` interface, or of the file and interface named. */
export const options: Generator = (tree, path, [from, wanted]) => {
  const folder = posix.dirname(path);
  const file =
    from !== undefined
      ? `${folder}/${from}`
      : [`${folder}/src/options.ts`, `${folder}/src/options/index.ts`].find((one) => tree.has(one));
  if (file === undefined) throw new Error(`${path}: ${folder}/src/options.ts is not there`);
  const source = parse(file, tree.read(file));
  const named = wanted === undefined ? (name: string) => name.endsWith("Options") : (name: string) => name === wanted;
  const found = source.body
    .map((statement) => statement["declaration"])
    .find((node): node is Node => isNode(node) && node.type === "TSInterfaceDeclaration" && named(nameOf(node["id"])));
  if (!found) throw new Error(`${file} exports no interface ${wanted ?? "whose name ends in Options"}`);
  return table(["Option", "Type", "What it is"], rowsOf(source, found["body"], ""));
};

/** A row per member; those of an object follow it under its name. */
function rowsOf(source: Source, holder: unknown, prefix: string): readonly (readonly string[])[] {
  const members = isNode(holder) ? (holder["body"] ?? holder["members"]) : [];
  return (members as readonly Node[])
    .filter(({ type }) => /PropertySignature|MethodSignature/.test(type))
    .flatMap((member) => {
      const name = prefix + nameOf(member["key"]);
      const doc = docBefore(source, member.start);
      if (!doc) throw new Error(`${source.path}: the option ${name} has no doc comment`);
      const annotation = member["typeAnnotation"];
      const type = isNode(annotation) ? annotation["typeAnnotation"] : undefined;
      const nested = isNode(type) && type.type === "TSTypeLiteral" ? rowsOf(source, type, `${name}.`) : [];
      const spelling = nested.length > 0 ? "object" : isNode(type) ? source.text.slice(type.start, type.end) : "function";
      const row = [
        `\`${name}\`${member["optional"] === true ? "" : " (required)"}`,
        `\`${spelling.replace(/\s+/g, " ").replace(/\( /g, "(").replace(/,? \)/g, ")")}\``,
        doc.replace(/\{@link (\w+)\}/g, "`$1`"),
      ];
      return [row, ...nested];
    });
}

function nameOf(node: unknown): string {
  return isNode(node) ? String(node["name"] ?? node["value"]) : "";
}
