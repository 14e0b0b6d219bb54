import { describe, expect, it } from "vitest";
import { packages } from "../checks/packages.ts";
import { treeFrom } from "../lib/tree.ts";

const door = { development: "./src/index.ts", types: "./dist/index.d.ts", default: "./dist/index.js" };
const good = {
  name: "@devflow/slack",
  description: "Slack.",
  license: "MIT",
  files: ["dist", "README.md"],
  type: "module",
  sideEffects: false,
  exports: { ".": door, "./package.json": "./package.json" },
  publishConfig: { exports: { ".": { types: door.types, default: door.default }, "./package.json": "./package.json" } },
  scripts: {
    build: "tsup && tsc -p tsconfig.build.json",
    "check:package": "publint --strict && attw --quiet --pack . --profile esm-only",
  },
  devDependencies: { "@devflow/gateway": "workspace:*" },
  peerDependencies: { "@devflow/gateway": "workspace:^" },
  engines: { node: ">=22.12" },
};
const config = 'export default defineConfig({ entry: ["src/index.ts"] });';

const says = async (manifest: object, tsup = config): Promise<string> => {
  const folder = "packages/adapters/slack";
  const tree = treeFrom({
    [`${folder}/package.json`]: JSON.stringify(manifest),
    [`${folder}/src/index.ts`]: "",
    [`${folder}/src/more.ts`]: "",
    [`${folder}/README.md`]: "",
    [`${folder}/tsup.config.ts`]: tsup,
  });
  return (await packages.run(tree)).map((problem) => problem.says).join("\n");
};

describe("packages", () => {
  it("likes a manifest as all have it", async () => {
    expect(await says(good)).toBe("");
    expect(await says({ ...good, engines: { node: ">=22.16" } })).toBe("");
  });

  it.each([
    ["another licence", { license: "GPL-3.0" }, '"license" is "GPL-3.0"'],
    ["a Node without require() of modules", { engines: { node: ">=20" } }, '"engines" asks for Node ">=20"'],
    ["side effects", { sideEffects: true }, "sideEffects"],
    ["a build of its own", { scripts: { ...good.scripts, build: "rollup" } }, 'the script "build"'],
    ["a package that is not checked", { scripts: { build: good.scripts.build } }, 'the script "check:package"'],
    ["a first version that nothing releases", { version: "0.0.0" }, "no changeset releases it"],
    ["a name of its own", { name: "@devflow/slacker" }, "name and folder differ"],
    ["no peer", { peerDependencies: {} }, "the gateway is not a peer"],
    ["a gateway of its own", { dependencies: { "@devflow/gateway": "workspace:^" } }, "it must be a peer"],
    ["a range without a pin", { dependencies: { "@slack/web-api": "*" } }, "not pinned"],
    ["a published door too many", { publishConfig: { exports: { "./x": "./x" } } }, "publishConfig.exports"],
    ["a door to nowhere", { exports: { ".": { ...door, development: "./src/gone.ts" } } }, "which is not there"],
    ["a door that is built elsewhere", { exports: { ".": { ...door, default: "./dist/other.js" } } }, "leads elsewhere"],
    [
      "a door that is not built",
      { exports: { ...good.exports, "./more": { ...door, development: "./src/more.ts" } } },
      "tsup builds src/index.ts",
    ],
  ])("catches %s", async (_, changes, expected) => {
    expect(await says({ ...good, ...changes })).toContain(expected);
  });
});
