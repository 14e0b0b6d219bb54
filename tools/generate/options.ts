import { posix } from "node:path";
import { table } from "../lib/markdown.ts";
import { docBefore, isNode, parse, type Node, type Source } from "../lib/source.ts";
import type { Tree } from "../lib/tree.ts";
import type { Generator } from "./index.ts";

/** A table of the package's options, from the doc comments of its `…Options` interface. */
export const options: Generator = (tree, path) => {
  const folder = posix.dirname(path);
  const file = [`${folder}/src/options.ts`, `${folder}/src/options/index.ts`].find((one) => tree.has(one));
  if (file === undefined) throw new Error(`${path}: ${folder}/src/options.ts is not there`);
  const source = parse(file, tree.read(file));
  const found = source.body
    .map((statement) => statement["declaration"])
    .find(
      (node): node is Node => isNode(node) && node.type === "TSInterfaceDeclaration" && nameOf(node["id"]).endsWith("Options"),
    );
  if (!found) throw new Error(`${file} exports no interface whose name ends in Options`);
  const rows = membersOf(found).map((member) => rowOf(tree, source, member));
  return table(["Option", "Type", "What it is"], rows);
};

function membersOf(declaration: Node): readonly Node[] {
  const body = declaration["body"];
  const members = isNode(body) ? body["body"] : [];
  return (Array.isArray(members) ? (members as readonly Node[]) : []).filter(({ type }) =>
    /PropertySignature|MethodSignature/.test(type),
  );
}

function rowOf(_: Tree, source: Source, member: Node): readonly string[] {
  const name = nameOf(member["key"]);
  const doc = docBefore(source, member.start);
  if (!doc) throw new Error(`${source.path}: the option ${name} has no doc comment`);
  const annotation = member["typeAnnotation"];
  const inner = isNode(annotation) ? annotation["typeAnnotation"] : undefined;
  const type = isNode(inner) ? source.text.slice(inner.start, inner.end).replace(/\s+/g, " ") : "function";
  return [
    `\`${name}\`${member["optional"] === true ? "" : " (required)"}`,
    `\`${type}\``,
    doc.replace(/\{@link (\w+)\}/g, "`$1`"),
  ];
}

function nameOf(node: unknown): string {
  return isNode(node) ? String(node["name"] ?? node["value"]) : "";
}
