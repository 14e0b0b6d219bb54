import { isDeepStrictEqual } from "node:util";
import { publishedOf, type Check, type Package, type Problem, type Tree } from "../lib/tree.ts";

type Doors = Readonly<Record<string, Readonly<Record<string, string>> | string>>;

const build = "tsup && tsc -p tsconfig.build.json";
const checkPackage = "publint --strict && attw --quiet --pack . --profile esm-only";

/** The manifests of published packages agree with their files, their build and each other. */
export const packages: Check = {
  name: "packages",
  run: (tree) => publishedOf(tree).flatMap((one) => problemsOf(tree, one)),
};

const fields: Readonly<Record<string, unknown>> = {
  license: "MIT",
  type: "module",
  sideEffects: false,
};
/** Where `require()` of ES modules works. A package may need a later one, for its SDK or a module of Node's. */
const leastMinor = 12;

function problemsOf(tree: Tree, { folder, kind, manifest }: Package): readonly Problem[] {
  const problems: string[] = [];
  for (const [field, value] of Object.entries(fields)) {
    const is = (manifest as unknown as Record<string, unknown>)[field];
    if (!isDeepStrictEqual(is, value)) problems.push(`"${field}" is ${JSON.stringify(is)} and not ${JSON.stringify(value)}`);
  }
  const engine = (manifest as { readonly engines?: { readonly node?: string } }).engines?.node ?? "";
  if (!(Number(/^>=22\.(\d+)$/.exec(engine)?.[1]) >= leastMinor))
    problems.push(`"engines" asks for Node "${engine}" and not for ">=22.${leastMinor}" or a later 22`);
  // A package may have to prepare something first.
  if (!manifest.scripts?.["build"]?.endsWith(build)) problems.push(`the script "build" does not end in ${build}`);
  if (manifest.scripts?.["check:package"] !== checkPackage) problems.push(`the script "check:package" is not ${checkPackage}`);
  if (!manifest.description) problems.push("there is no description");
  if (!manifest.name.startsWith("@devflow/")) problems.push(`the name ${manifest.name} is not under @devflow/`);
  if (kind !== "gateway" && !folder.endsWith(`/${manifest.name.slice("@devflow/".length)}`))
    problems.push("name and folder differ");
  if (!manifest.files?.includes("dist")) problems.push('"files" leaves out dist');
  if (manifest.version === "0.0.0" && !inChangeset(tree, manifest.name)) problems.push("no changeset releases it");
  if (!tree.has(`${folder}/README.md`)) problems.push("there is no README.md");
  problems.push(
    ...doorProblems(tree, folder, (manifest.exports ?? {}) as Doors, (manifest.publishConfig?.exports ?? {}) as Doors),
  );
  if (kind !== "gateway") {
    if (manifest.peerDependencies?.["@devflow/gateway"] !== "workspace:^")
      problems.push("the gateway is not a peer, workspace:^");
    if (manifest.dependencies?.["@devflow/gateway"])
      problems.push("the gateway is a dependency; it must be a peer, so that there is one");
    if (manifest.devDependencies?.["@devflow/gateway"] !== "workspace:*")
      problems.push("the gateway is no devDependency, workspace:*");
  }
  for (const [name, range] of Object.entries(manifest.dependencies ?? {})) {
    if (!/^(\^|workspace:)/.test(range)) problems.push(`the range of ${name}, ${range}, is not pinned with ^`);
  }
  return problems.map((says) => ({ path: `${folder}/package.json`, says }));
}

/** What is exported in development, after publication, and what is built must be the same. */
function doorProblems(tree: Tree, folder: string, doors: Doors, published: Doors): readonly string[] {
  const problems: string[] = [];
  const entries: string[] = [];
  const expected: Record<string, unknown> = {};
  for (const [door, target] of Object.entries(doors)) {
    if (typeof target === "string") {
      expected[door] = target;
      continue;
    }
    const { development, types, default: built, ...rest } = target;
    const base = /^\.\/src\/(.+)\.ts$/.exec(development ?? "")?.[1];
    if (base === undefined || !tree.has(`${folder}/src/${base}.ts`))
      problems.push(`the door ${door} leads to ${development}, which is not there`);
    if (types !== `./dist/${base}.d.ts` || built !== `./dist/${base}.js`)
      problems.push(`the door ${door} is built from ${base} and leads elsewhere`);
    if (Object.keys(rest).length > 0) problems.push(`the door ${door} has the conditions ${Object.keys(rest).join(", ")}`);
    if (Object.keys(target)[0] !== "development") problems.push(`the door ${door} does not begin with "development"`);
    entries.push(`src/${base}.ts`);
    expected[door] = { types, default: built };
  }
  if (!isDeepStrictEqual(expected, published)) problems.push('"publishConfig.exports" is not "exports" without "development"');
  const config = tree.read(`${folder}/tsup.config.ts`);
  const listed = [...(/entry:\s*\[([^\]]*)\]/.exec(config)?.[1] ?? "").matchAll(/"([^"]+)"/g)].map(([, entry = ""]) => entry);
  // A package may build more than its doors: a worker thread is a file of its own.
  if (!entries.every((entry) => listed.includes(entry)) || !listed.every((entry) => tree.has(`${folder}/${entry}`)))
    problems.push(`tsup builds ${listed.join(" ")}, exports need ${entries.join(" ")}`);
  return problems;
}

/** A package that was never released needs a changeset to begin with. */
function inChangeset(tree: Tree, name: string): boolean {
  return tree.files.some((path) => /^\.changeset\/.*\.md$/.test(path) && tree.read(path).includes(`"${name}":`));
}
