import { lineOf, parse, walk, type Node, type Source } from "../lib/source.ts";
import type { Check, Problem, Tree } from "../lib/tree.ts";

interface Ban {
  readonly says: string;
  /** Files it is about. */
  readonly where: RegExp;
  /** Files among them that may. */
  readonly except?: RegExp;
  finds(source: Source): readonly number[];
}

const everywhere = /^(packages|examples|tools|bench|tests)\/.*\.ts$/;
const packageSources = /^packages\/.*\/src\/.*\.ts$/;
const guests = /^(packages\/(adapters|stores)\/[^/]+|examples\/toy-adapter)\/src\/.*\.ts$/;

/** What code of this project does not do, and where. */
const bans: readonly Ban[] = [
  {
    says: "`any` is never a type here",
    where: everywhere,
    finds: (source) => nodes(source, ({ type }) => type === "TSAnyKeyword"),
  },
  {
    says: "a compiler error is repaired, not silenced",
    where: everywhere,
    finds: ({ comments }) =>
      comments.filter(({ value }) => /^\s*@ts-(ignore|nocheck|expect-error)/.test(value)).map(({ start }) => start),
  },
  {
    says: "the environment is read in one file of the host",
    where: packageSources,
    except: /^packages\/(gateway\/src\/host\/environment\.ts$|conformance\/src\/store\/)/,
    finds: (source) => nodes(source, (node) => isMember(node, "process", "env")),
  },
  {
    says: "time comes from the clock that was handed in",
    where: guests,
    // A store's clock is its database's, or this machine's where there is none beside it.
    except: /^packages\/stores\//,
    finds: (source) => nodes(source, readsTime),
  },
  {
    says: "time comes from the clock that was handed in",
    where: /^packages\/gateway\/src\/.*\.ts$/,
    except: /^packages\/gateway\/src\/(kit\/time\.ts|memory\/)/,
    finds: (source) => nodes(source, readsTime),
  },
  {
    says: "nothing happens at import: no await outside functions",
    where: packageSources,
    finds: ({ body }) => body.filter(awaitsAtTop).map(({ start }) => start),
  },
  {
    says: "exports have names",
    where: packageSources,
    finds: (source) => nodes(source, ({ type }) => type === "ExportDefaultDeclaration"),
  },
  {
    says: "modules are not mocked: hand in what a test needs",
    where: everywhere,
    except: /^tools\//,
    finds: (source) => nodes(source, (node) => isMember(node, "vi", "mock") || isMember(node, "vi", "doMock")),
  },
  {
    says: "a test that never runs proves nothing",
    where: /^(packages|examples|tools|tests)\/.*\.test\.ts$/,
    finds: (source) =>
      nodes(source, (node) =>
        ["it", "test", "describe"].some(
          (name) => isMember(node, name, "only") || isMember(node, name, "skip") || isMember(node, name, "todo"),
        ),
      ),
  },
];

/** Sources keep what the house has promised. */
export const code: Check = {
  name: "code",
  run: (tree) => tree.files.flatMap((path) => problemsOf(tree, path)),
};

function problemsOf(tree: Tree, path: string): readonly Problem[] {
  const due = bans.filter(({ where, except }) => where.test(path) && !except?.test(path));
  if (due.length === 0) return [];
  const source = parse(path, tree.read(path));
  return due.flatMap(({ says, finds }) =>
    finds(source).map((start) => ({ path: `${path}:${lineOf(source.text, start)}`, says })),
  );
}

function nodes({ body }: Source, wanted: (node: Node) => boolean): readonly number[] {
  const found: number[] = [];
  walk(body, (node) => {
    if (wanted(node)) found.push(node.start);
  });
  return found;
}

function isMember(node: Node, object: string, property: string): boolean {
  const [left, right] = [node["object"] as Node | undefined, node["property"] as Node | undefined];
  return node.type === "MemberExpression" && left?.["name"] === object && right?.["name"] === property;
}

const timers = new Set(["setTimeout", "setInterval", "setImmediate"]);

function readsTime(node: Node): boolean {
  const callee = node["callee"] as Node | undefined;
  if (isMember(node, "Date", "now") || isMember(node, "performance", "now")) return true;
  if (node.type === "NewExpression") return callee?.["name"] === "Date" && (node["arguments"] as readonly Node[]).length === 0;
  return node.type === "CallExpression" && timers.has(String(callee?.["name"]));
}

function awaitsAtTop(statement: Node): boolean {
  let found = false;
  const look = (value: unknown): void => {
    if (Array.isArray(value)) return value.forEach(look);
    if (typeof value !== "object" || value === null) return;
    const { type } = value as Node;
    if (typeof type === "string" && /Function|Method|Class|PropertyDefinition/.test(type)) return;
    if (type === "AwaitExpression" || (type === "ForOfStatement" && (value as Node)["await"] === true)) found = true;
    Object.values(value).forEach(look);
  };
  look(statement);
  return found;
}
