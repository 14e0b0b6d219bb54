import { describe, expect, it } from "vitest";
import { code } from "../checks/code.ts";
import { comments } from "../checks/comments.ts";
import { headings } from "../checks/headings.ts";
import { links } from "../checks/links.ts";
import { names } from "../checks/names.ts";
import { sizes } from "../checks/sizes.ts";
import { words } from "../checks/words.ts";
import { treeFrom, type Check } from "../lib/tree.ts";

const says = async (check: Check, texts: Readonly<Record<string, string>>): Promise<string> =>
  (await check.run(treeFrom(texts))).map((problem) => `${problem.path} ${problem.says}`).join("\n");

describe("sizes", () => {
  it.each([
    ["packages/gateway/src/outbox/lanes.ts", 300],
    ["packages/gateway/src/contract/event.ts", 120],
    ["packages/adapters/slack/src/index.ts", 20],
    ["packages/adapters/slack/test/format.test.ts", 300],
    ["README.md", 100],
    ["docs/adapter-author-guide.md", 300],
  ])("lets %s have %i lines and no more", async (path, lines) => {
    expect(await says(sizes, { [path]: "\n".repeat(lines - 1) + "x\n" })).toBe("");
    expect(await says(sizes, { [path]: "\n".repeat(lines) + "x\n" })).toContain(`${lines + 1} lines`);
  });
});

describe("names", () => {
  it.each([
    ["packages/adapters/slack/src/sendMessage.ts", "kebab-case"],
    ["packages/adapters/slack/src/utils.ts", "a drawer"],
    ["packages/adapters/telegram/src/normalize/normalize-album.ts", "repeats the name of its folder"],
  ])("catches %s", async (path, expected) => {
    expect(await says(names, { [path]: "" })).toContain(expected);
  });

  it("likes names that say what is inside", async () => {
    expect(
      await says(names, { "packages/adapters/telegram/src/normalize/album.ts": "", "packages/gateway/tsup.config.ts": "" }),
    ).toBe("");
  });
});

describe("code", () => {
  const adapter = "packages/adapters/slack/src/send.ts";
  it.each([
    [adapter, "export const a = (x: any) => x;", "`any` is never"],
    [adapter, "// @ts-ignore\nexport const a = 1;", "not silenced"],
    [adapter, "export const a = () => process.env.X;", "environment is read in one file"],
    [adapter, "export const a = () => Date.now();", "time comes from the clock"],
    [adapter, "export const a = () => new Date();", "time comes from the clock"],
    [adapter, "export const a = () => setTimeout(() => {}, 1);", "time comes from the clock"],
    [adapter, "export const a = await fetch('x');", "nothing happens at import"],
    [adapter, "export default 1;", "exports have names"],
    ["packages/gateway/src/outbox/lanes.ts", "export const a = () => Date.now();", "time comes from the clock"],
    ["packages/adapters/slack/test/a.test.ts", "vi.mock('x');", "not mocked"],
    ["packages/adapters/slack/test/a.test.ts", "it.only('x', () => {});", "never runs"],
  ])("catches in %s: %s", async (path, text, expected) => {
    expect(await says(code, { [path]: text })).toContain(expected);
  });

  it("lets alone what is meant", async () => {
    const text = "const at = new Date(0); export const later = async () => { await at; }; export const s = 'Date.now()';";
    expect(await says(code, { [adapter]: text })).toBe("");
  });
});

describe("comments", () => {
  const door = { ".": { development: "./src/index.ts" } };
  const found = (text: string): Promise<string> =>
    says(comments, {
      "packages/gateway/package.json": JSON.stringify({ name: "@devflow/gateway", exports: door }),
      "packages/gateway/src/index.ts": 'export { b, c as d } from "./kit/b.ts";\nexport * from "./kit/all.ts";\n',
      "packages/gateway/src/kit/b.ts": text,
      "packages/gateway/src/kit/all.ts": "export type E = 1;\n",
    });

  it("catches an export without a doc comment, however it gets out, and a comment that is about something else", async () => {
    const text =
      "/** About nothing. */\nconst a = 1;\nexport const b = a;\n// Not for readers.\nexport function c() {}\nexport const inner = 1;\n";
    expect((await found(text)).split("\n")).toEqual([
      "packages/gateway/src/kit/all.ts:1 E has no doc comment",
      "packages/gateway/src/kit/b.ts:3 b has no doc comment",
      "packages/gateway/src/kit/b.ts:5 c has no doc comment",
    ]);
  });

  it("wants one comment for all overloads", async () => {
    const text =
      "/** Both. */\nexport function b(x: string): void;\nexport function b(x: number): void;\nexport function b() {}\n";
    expect(await found(text)).not.toContain("b.ts");
  });
});

describe("headings", () => {
  it("catches a README that is not like the others", async () => {
    const manifest = { "packages/stores/sqlite/package.json": '{ "name": "@devflow/sqlite" }' };
    const readme = (text: string): Promise<string> => says(headings, { ...manifest, "packages/stores/sqlite/README.md": text });
    expect(await readme("# S\n## Install\n## Usage\n")).toContain('"Install · Usage" and not "Install · In 10 lines');
    const right =
      "## Install\n```sh\n## not a heading\n```\n## In 10 lines\n## Options\n## What it creates in your database\n## Guarantees\n";
    expect(await readme(right)).toBe("");
  });
});

describe("words", () => {
  it.each([
    ["see ..", "/shared/design", "beside the repository"],
    ["run /ho", "me/ada/x", "somebody's machine"],
    ["// TO", "DO later", "not done"],
  ])("catches %s%s", async (head, tail, expected) => {
    expect(await says(words, { "docs/a.md": head + tail })).toContain(expected);
  });
});

describe("links", () => {
  it("catches files and headings that are not there", async () => {
    const text = "[a](gone.md) [b](b.md#not-there) [c](b.md#it-is) [d](#here) [e](https://example.com) `[f](code.md)`\n## Here";
    const found = await says(links, { "docs/a.md": text, "docs/b.md": "# It is" });
    expect(found.split("\n")).toEqual(["docs/a.md there is no gone.md", "docs/a.md there is no heading b.md#not-there"]);
  });

  it("knows folders", async () => {
    expect(await says(links, { "README.md": "[a](packages/x) [b](packages/y/)", "packages/x/a.ts": "" })).toBe(
      "README.md there is no packages/y/",
    );
  });
});
