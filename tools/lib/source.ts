import { posix } from "node:path";
import { parseSync, type Comment } from "oxc-parser";

/** A node of a syntax tree, as far as checks walk it. */
export interface Node {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly [field: string]: unknown;
}

/** A parsed file. */
export interface Source {
  readonly path: string;
  readonly text: string;
  readonly body: readonly Node[];
  readonly comments: readonly Comment[];
  /** Every module it names: imports, re-exports, `import()` and `import("…")` types. */
  readonly imports: readonly { readonly specifier: string; readonly typeOnly: boolean; readonly start: number }[];
}

const parsed = new Map<string, Source>();

/** Parses TypeScript. Throws with the file's name when it is none. */
export function parse(path: string, text: string): Source {
  const key = `${path}\0${text}`;
  const known = parsed.get(key);
  if (known) return known;
  const { program, comments, errors } = parseSync(path, text);
  if (errors[0]) throw new Error(`${path}: ${errors[0].message}`);
  const body = program.body as unknown as readonly Node[];
  const source = { path, text, body, comments, imports: importsOf(body) };
  parsed.set(key, source);
  return source;
}

function importsOf(body: readonly Node[]): Source["imports"] {
  const found: { specifier: string; typeOnly: boolean; start: number }[] = [];
  const add = (value: unknown, typeOnly: boolean, start: number): void => {
    if (isNode(value) && typeof value["value"] === "string") found.push({ specifier: value["value"], typeOnly, start });
  };
  walk(body, (node) => {
    if (node.type === "ImportDeclaration") add(node["source"], typesAlone(node, "importKind"), node.start);
    if (node.type === "ExportNamedDeclaration" || node.type === "ExportAllDeclaration")
      add(node["source"], typesAlone(node, "exportKind"), node.start);
    if (node.type === "ImportExpression") add(node["source"], false, node.start);
    if (node.type === "TSImportType") add(node["source"] ?? node["argument"], true, node.start);
  });
  return found;
}

/** True when a declaration names types and nothing else. */
function typesAlone(node: Node, field: "importKind" | "exportKind"): boolean {
  if (node[field] === "type") return true;
  const names = (node["specifiers"] ?? []) as readonly Node[];
  return names.length > 0 && names.every((name) => name[field] === "type");
}

/** Visits every node below, parents first. */
export function walk(value: unknown, visit: (node: Node) => void): void {
  if (Array.isArray(value)) for (const one of value) walk(one, visit);
  else if (isNode(value)) {
    visit(value);
    for (const [key, inner] of Object.entries(value)) if (key !== "type" && typeof inner === "object") walk(inner, visit);
  }
}

/** True for syntax nodes. */
export function isNode(value: unknown): value is Node {
  return typeof value === "object" && value !== null && typeof (value as { type?: unknown }).type === "string";
}

/** Line of an offset, counted from one. */
export function lineOf(text: string, offset: number): number {
  return text.slice(0, offset).split("\n").length;
}

/** The doc comment that ends right before `start`, without its stars; undefined when there is none. */
export function docBefore({ text, comments }: Source, start: number): string | undefined {
  const comment = comments.findLast(({ end }) => end <= start);
  if (!comment || comment.type !== "Block" || !comment.value.startsWith("*")) return undefined;
  if (text.slice(comment.end, start).trim() !== "") return undefined;
  return comment.value
    .slice(1)
    .split("\n")
    .map((line) => line.replace(/^\s*\* ?/, "").trim())
    .join(" ")
    .trim();
}

/** The name that a declaration gives, with the node to look for a comment at; several for `const a = 1, b = 2`. */
export function declaredBy(statement: Node): readonly string[] {
  const declaration = statement["declaration"];
  const node = isNode(declaration) ? declaration : statement;
  const named = node["id"];
  if (isNode(named) && typeof named["name"] === "string") return [named["name"]];
  const list = node["declarations"];
  if (!Array.isArray(list)) return [];
  return (list as readonly Node[]).flatMap(({ id }) => (isNode(id) && typeof id["name"] === "string" ? [id["name"]] : []));
}

/** The file that a relative specifier names, from the root. */
export function resolveImport(from: string, specifier: string): string {
  return posix.join(posix.dirname(from), specifier);
}
