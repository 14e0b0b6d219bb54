import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join, posix } from "node:path";

/** The repository, as checks see it: paths from the root, and texts. */
export interface Tree {
  /** Absolute path; of no folder at all for a tree made by a test. */
  readonly root: string;
  readonly files: readonly string[];
  /** Text of a file, or the empty string when there is none. */
  read(path: string): string;
  has(path: string): boolean;
}

/** What is wrong, where. */
export interface Problem {
  readonly path: string;
  readonly says: string;
}

/** One rule of the house. */
export interface Check {
  readonly name: string;
  run(tree: Tree): readonly Problem[] | Promise<readonly Problem[]>;
}

/** A package of the workspace. */
export interface Package {
  /** Folder, from the root. */
  readonly folder: string;
  readonly kind: "gateway" | "conformance" | "adapter" | "store" | "example" | "internal";
  readonly manifest: Manifest;
}

/** The parts of a package.json that checks read. */
export interface Manifest {
  readonly name: string;
  readonly version?: string;
  readonly private?: boolean;
  readonly description?: string;
  readonly license?: string;
  readonly type?: string;
  readonly sideEffects?: boolean;
  readonly files?: readonly string[];
  readonly exports?: unknown;
  readonly publishConfig?: { readonly exports?: unknown; readonly access?: string };
  readonly engines?: { readonly node?: string };
  readonly scripts?: Readonly<Record<string, string>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
  readonly peerDependenciesMeta?: Readonly<Record<string, { readonly optional?: boolean }>>;
}

/** What git tracks, and what it would track if it were added now. */
export function treeOf(root: string): Tree {
  const listed = execFileSync("git", ["ls-files", "--cached", "--others", "--exclude-standard", "-z"], {
    cwd: root,
    encoding: "utf8",
  });
  const files = [...new Set(listed.split("\0"))].filter((path) => path !== "" && existsSync(join(root, path))).toSorted();
  const known = new Set(files);
  const texts = new Map<string, string>();
  return {
    root,
    files,
    has: (path) => known.has(path),
    read(path) {
      if (!known.has(path)) return "";
      const text = texts.get(path) ?? readFileSync(join(root, path), "utf8");
      texts.set(path, text);
      return text;
    },
  };
}

/** A tree of a few files, for tests of checks. */
export function treeFrom(texts: Readonly<Record<string, string>>): Tree {
  return {
    root: "/nowhere",
    files: Object.keys(texts).toSorted(),
    has: (path) => path in texts,
    read: (path) => texts[path] ?? "",
  };
}

const kinds: readonly (readonly [pattern: RegExp, kind: Package["kind"]])[] = [
  [/^packages\/gateway$/, "gateway"],
  [/^packages\/conformance$/, "conformance"],
  [/^packages\/adapters\/[^/]+$/, "adapter"],
  [/^packages\/stores\/[^/]+$/, "store"],
  [/^examples\/[^/]+$/, "example"],
];

/** Packages of the workspace, in order of their folders. */
export function packagesOf(tree: Tree): readonly Package[] {
  return tree.files
    .filter((path) => posix.basename(path) === "package.json" && path !== "package.json")
    .map((path) => {
      const folder = posix.dirname(path);
      const kind = kinds.find(([pattern]) => pattern.test(folder))?.[1] ?? "internal";
      return { folder, kind, manifest: JSON.parse(tree.read(path)) as Manifest };
    });
}

/** Packages that go to the registry. */
export function publishedOf(tree: Tree): readonly Package[] {
  return packagesOf(tree).filter(({ manifest }) => manifest.private !== true);
}

/** TypeScript files of a folder's `src`. */
export function sourcesOf(tree: Tree, folder: string): readonly string[] {
  return tree.files.filter((path) => path.startsWith(`${folder}/src/`) && path.endsWith(".ts"));
}
