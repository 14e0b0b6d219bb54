import { describe, expect, it } from "vitest";
import { cycles } from "../checks/cycles.ts";
import { dead } from "../checks/dead.ts";
import { floors } from "../checks/floors.ts";
import { imports } from "../checks/imports.ts";
import { treeFrom } from "../lib/tree.ts";

const law = `# A

## Floors

Words.

| Kind | Folders | 0 | 1 | 2 |
| --- | --- | --- | --- | --- |
| adapter | \`packages/adapters/*\` | \`wire\` \`options\` | \`client\` \`format\` | \`index\` |
`;
const slack = (files: Readonly<Record<string, string>>, manifest: object = {}): ReturnType<typeof treeFrom> => {
  const inside = Object.entries(files).map(([name, text]) => [`packages/adapters/slack/src/${name}`, text]);
  const peers = { peerDependencies: { "@devflow/gateway": "workspace:^" } };
  return treeFrom({
    "ARCHITECTURE.md": law,
    "packages/adapters/slack/package.json": JSON.stringify({ name: "@devflow/slack", ...peers, ...manifest }),
    ...(Object.fromEntries(inside) as Record<string, string>),
  });
};
const says = async (check: typeof floors, tree: ReturnType<typeof treeFrom>): Promise<string> =>
  (await check.run(tree)).map((problem) => `${problem.path} ${problem.says}`).join("\n");

describe("floors", () => {
  it("lets imports go down, and within a room", async () => {
    const tree = slack({
      "wire.ts": "export type A = 1;",
      "format/index.ts": 'import type { B } from "./blocks.ts"; import type { A } from "../wire.ts"; export type C = A | B;',
      "format/blocks.ts": "export type B = 1;",
      "index.ts": 'export type { C } from "./format/index.ts";',
    });
    expect(await says(floors, tree)).toBe("");
  });

  it.each([
    ["up", "wire.ts", 'import type { C } from "./client.ts";', "wire (floor 0) imports client (floor 1)"],
    ["to a neighbour", "format.ts", 'export { c } from "./client.ts";', "format (floor 1) imports client (floor 1)"],
    ["to a neighbour, lazily", "format.ts", 'export const f = () => import("./client.ts");', "format (floor 1) imports client"],
    ["to a neighbour, by a type", "format.ts", 'export type F = import("./client.ts").C;', "format (floor 1) imports client"],
    ["out of the package", "format.ts", 'import "../../telegram/src/wire.ts";', "leaves the package"],
    ["nowhere", "format.ts", 'import "./gone.ts";', "there is no ./gone.ts"],
  ])("catches an import %s", async (_, name, text, expected) => {
    expect(await says(floors, slack({ "client.ts": "export const c = 1;", [name]: text }))).toContain(expected);
  });

  it("catches a room that the law does not know", async () => {
    expect(await says(floors, slack({ "utils.ts": "" }))).toContain('"utils" is no room');
  });

  it("catches a law that is gone", async () => {
    expect(await says(floors, treeFrom({ "ARCHITECTURE.md": "# A" }))).toContain("there is no table");
  });
});

describe("cycles", () => {
  it("catches a cycle of types within a room", async () => {
    const tree = slack({
      "format/a.ts": 'import type { B } from "./b.ts"; export type A = B;',
      "format/b.ts": 'import type { A } from "./a.ts"; export type B = A;',
    });
    expect(await says(cycles, tree)).toContain("format/a.ts → packages/adapters/slack/src/format/b.ts → ");
  });
});

describe("imports", () => {
  const sdk = { dependencies: { "@slack/web-api": "^8.0.0" } };

  it("lets an adapter know contract and kit, and its SDK when it is needed", async () => {
    const text = `import type { Adapter } from "@devflow/gateway/contract";
import { secret } from "@devflow/gateway/kit";
import type { WebClient } from "@slack/web-api";
import { hash } from "node:crypto";
export const load = async () => (await import("@slack/web-api")).WebClient;`;
    expect(await says(imports, slack({ "client.ts": text }, sdk))).toBe("");
  });

  it.each([
    ["the core", 'import { createGateway } from "@devflow/gateway";', "may not import @devflow/gateway"],
    ["another adapter", 'import { telegram } from "@devflow/telegram";', "may not import @devflow/telegram"],
    ["the contract's types as values", 'import { Adapter } from "@devflow/gateway/contract";', "the contract is types"],
    ["the SDK at import", 'import { WebClient } from "@slack/web-api";', "is loaded at import"],
    ["what is not declared", 'import type { A } from "axios";', "axios is not in the dependencies"],
    ["too little", "", "@slack/web-api is a dependency that no file imports"],
  ])("catches an adapter that imports %s", async (_, text, expected) => {
    expect(await says(imports, slack({ "client.ts": text }, sdk))).toContain(expected);
  });
});

describe("dead", () => {
  it("catches exports and files that nobody uses", async () => {
    const doors = { exports: { ".": { development: "./src/index.ts" } } };
    const tree = slack(
      {
        "index.ts": 'export { b } from "./client.ts";',
        "client.ts": 'import { a } from "./wire.ts"; export const b = a; export const c = 1;',
        "wire.ts": "export const a = 1;",
        "format.ts": 'import { a } from "./wire.ts"; export const d = a;',
      },
      doors,
    );
    expect((await says(dead, tree)).split("\n")).toEqual([
      "packages/adapters/slack/src/client.ts:1 c is exported and used by no other file",
      "packages/adapters/slack/src/format.ts is used by no other file",
      "packages/adapters/slack/src/format.ts:1 d is exported and used by no other file",
    ]);
  });
});
