import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { blocks } from "../checks/blocks.ts";
import { generated } from "../checks/generated.ts";
import { licences } from "../checks/licences.ts";
import { regenerated, unformatted } from "../generate/index.ts";
import { duration, size } from "../generate/capabilities.ts";
import { codeBlocks } from "../lib/markdown.ts";
import { treeFrom, treeOf, type Tree } from "../lib/tree.ts";

const root = join(import.meta.dirname, "../..");
const block = (name: string, inside = ""): string => `<!-- generated:${name} -->\n${inside}<!-- /generated -->\n`;
/** The repository, with other texts in some places. */
const repository = (texts: Readonly<Record<string, string>>): Tree => {
  const tree = treeOf(root);
  return {
    ...tree,
    files: [...tree.files, ...Object.keys(texts)],
    has: (path) => path in texts || tree.has(path),
    read: (path) => texts[path] ?? tree.read(path),
  };
};

describe("generated blocks", () => {
  const options =
    "/** Options. */\nexport interface AOptions {\n  /** Where it\n   * is. See {@link B}. */\n  readonly url?: string | undefined;\n  /** Key. */\n  token: string;\n}\n";

  it("lists options with their comments", async () => {
    const tree = treeFrom({ "p/README.md": block("options"), "p/src/options.ts": options });
    const text = await regenerated(tree, "p/README.md");
    expect(text).toContain("| `url` | `string \\| undefined` | Where it is. See `B`. |");
    expect(text).toContain("| `token` (required) | `string` | Key. |");
  });

  it("lists a platform's events by what they become here", async () => {
    const path = "packages/adapters/github/KINDS.md";
    const text = await regenerated(repository({ [path]: block("kinds") }), path);
    expect(text).toContain("| `push.received` | `push` |");
    expect(text).toContain("| `account.revoked` | `installation.deleted` `installation.suspend` |");
    const none = repository({ "packages/adapters/web/KINDS.md": block("kinds") });
    await expect(regenerated(none, "packages/adapters/web/KINDS.md")).rejects.toThrow("src/normalize/kinds.ts is not there");
  });

  it("lists the fields of an object below it, and takes another interface by name", async () => {
    const tree = treeFrom({
      "p/README.md": block("options src/host.ts HostOptions"),
      "p/src/host.ts": "export interface HostOptions { /** Bounds. */ web?: { /** Most. */ max?: number } }",
    });
    const text = await regenerated(tree, "p/README.md");
    expect(text).toContain("| `web` | `object` | Bounds. |\n| `web.max` | `number` | Most. |");
  });

  it("refuses an option without a comment", async () => {
    const tree = treeFrom({ "p/README.md": block("options"), "p/src/options.ts": "export interface AOptions { a: 1 }" });
    await expect(regenerated(tree, "p/README.md")).rejects.toThrow("the option a has no doc comment");
  });

  it("includes code by name, comment and all", async () => {
    const tree = treeFrom({
      "docs/g.md": block("code a.ts second"),
      "a.ts": "const first = 1;\n\n/** Two. */\nexport const second = 2;\n",
    });
    expect(codeBlocks(await regenerated(tree, "docs/g.md"))[0]).toMatchObject({
      language: "ts",
      code: "/** Two. */\nexport const second = 2;",
    });
    await expect(regenerated(treeFrom({ "docs/g.md": block("code a.ts third"), "a.ts": "" }), "docs/g.md")).rejects.toThrow(
      "declares no third",
    );
  });

  it("indexes decisions, and wants a status", async () => {
    const page = { "docs/decisions/0001-a.md": "# Why a\n\nStatus: accepted\n" };
    const tree = treeFrom({ "docs/decisions/README.md": block("decisions"), ...page });
    expect(await regenerated(tree, "docs/decisions/README.md")).toContain("| 0001 | [Why a](0001-a.md) | accepted |");
    const bare = treeFrom({ "docs/decisions/README.md": block("decisions"), "docs/decisions/0001-a.md": "# A" });
    await expect(regenerated(bare, "docs/decisions/README.md")).rejects.toThrow("no line");
  });

  it("reads capabilities and limits off the adapter", async () => {
    const path = "examples/toy-adapter/README.md";
    const text = await regenerated(repository({ [path]: block("capabilities") + block("limits") }), path);
    expect(text).toContain("2000 UTF-16 units");
    expect(text).toContain("| `toy/account/room` | 1 in 1 s | 5 |");
    expect(text).toContain("edit within 1 d");
  });

  it("names each bucket in full, so that no two rows look alike", async () => {
    const path = "packages/adapters/jira/PACES.md";
    const text = await regenerated(repository({ [path]: block("limits") }), path);
    expect(text).toContain("| `jira/account/POST issue.comment` | 100 in 1 s |");
    const rows = [...text.matchAll(/^\| `(.*?)`/gm)].map(([, bucket]) => bucket);
    expect(rows).toEqual([...new Set(rows)]);
  });

  it("notices a block that has fallen behind, and one that nobody knows", async () => {
    const stale = { "docs/g.md": block("code a.ts", "```ts excerpt\nold\n```\n"), "a.ts": "export const fresh = 1;" };
    expect(await generated.run(treeFrom(stale))).toEqual([
      { path: "docs/g.md", says: "is not up to date: run `pnpm run readme`" },
    ]);
    const [problem] = await generated.run(treeFrom({ "docs/g.md": block("horoscope") }));
    expect(problem?.says).toContain('nothing generates "horoscope"');
  });

  it("notices a README that leaves out what it owes", async () => {
    const manifest = '{ "name": "@devflow/slack" }';
    const problems = await generated.run(
      treeFrom({ "packages/adapters/slack/package.json": manifest, "packages/adapters/slack/README.md": "# Slack" }),
    );
    expect(problems.map(({ says }) => says)).toEqual(
      ["options", "capabilities", "limits"].map((name) => `has no block generated:${name}`),
    );
  });

  it("does not mind what a formatter does", () => {
    expect(unformatted("| a   | b |\n| ----- | --- |\n\nx")).toBe(unformatted("| a | b |\n| --- | --- |\nx"));
  });

  it.each([
    [1000, "1 s"],
    [172_800_000, "2 d"],
    [1500, "1.5 s"],
    [250, "250 ms"],
    [900_000, "15 min"],
  ])("writes %i ms as %s", (ms, text) => {
    expect(duration(ms)).toBe(text);
  });

  it("writes sizes", () => {
    expect([size(512), size(20_480), size(52_428_800)]).toEqual(["512 bytes", "20 KiB", "50 MiB"]);
  });
});

describe("blocks", () => {
  it("compiles the code of documents against the sources", async () => {
    const code = (line: string): string =>
      `# A\n\n\`\`\`ts\nimport { addressKey } from "@devflow/gateway/kit";\n${line}\n\`\`\`\n`;
    const tree = treeOf(root);
    const only = (text: string): Tree => ({
      ...tree,
      files: [...tree.files.filter((path) => !path.endsWith(".md")), "docs/zz.md"],
      read: (path) => (path === "docs/zz.md" ? text : tree.read(path)),
    });
    expect(await blocks.run(only(code('addressKey({ platform: "a", account: "b", room: "c" });')))).toEqual([]);
    const [problem] = await blocks.run(only(code("addressKey(1);")));
    expect(problem).toMatchObject({ path: "docs/zz.md:5" });
  }, 60_000);
});

describe("licences", () => {
  it("notices a list that has fallen behind", async () => {
    const problems = await licences.run(repository({ "docs/dependencies.md": "# Dependencies" }));
    expect(problems.map(({ path }) => path)).toEqual(["docs/dependencies.md"]);
  });

  it("refuses what may not be used by everybody, however deep", async () => {
    const base = mkdtempSync(join(tmpdir(), "licences-"));
    const install = (name: string, manifest: object): void => {
      mkdirSync(join(base, "node_modules", name), { recursive: true });
      writeFileSync(join(base, "node_modules", name, "package.json"), JSON.stringify({ name, version: "1.0.0", ...manifest }));
    };
    install("good", { license: "MIT", dependencies: { evil: "^1" } });
    install("evil", { license: "AGPL-3.0" });
    const manifest = JSON.stringify({ name: "@devflow/slack", dependencies: { good: "^1" } });
    const tree = { ...treeFrom({ "packages/adapters/slack/package.json": manifest }), root: base };
    expect((await licences.run(tree)).map(({ says }) => says)).toContain("evil 1.0.0 has the licence AGPL-3.0");
    rmSync(base, { recursive: true });
  });
});
