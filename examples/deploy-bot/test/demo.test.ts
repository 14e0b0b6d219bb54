import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { start, type Running } from "./process.ts";
import { visit } from "./visitor.ts";

const supported = Number(process.versions.node.split(".")[0]) >= 24;
let demo: Running;

beforeAll(async () => {
  if (supported) demo = await start("demo.ts");
}, 60_000);
afterAll(() => demo?.end());

describe.skipIf(!supported)("the demo, as a newcomer starts it (skipped below Node 24)", { timeout: 60_000 }, () => {
  it("deploys, follows the run to its failure, retries what failed, and sees it pass", async () => {
    const ada = await visit(demo.url);
    await ada.say("/deploy api production");
    await expect.poll(async () => (await ada.heard()).at(-1), { timeout: 20_000 }).toContain("[Retry]");
    await ada.press("Retry");
    await expect.poll(async () => (await ada.heard()).at(-1), { timeout: 20_000 }).toContain("is done");
    expect(await ada.heard()).toEqual([
      "Type /deploy api production.",
      "Deploying api to production.",
      "Run 1001 is under way.",
      "Run 1001 has ended with failure: api to production is not done. [Retry]",
      "Retrying what failed.",
      "Run 1001 is under way, attempt 2.",
      "Run 1001 has passed: api to production is done.",
    ]);
    expect(demo.printed()).not.toMatch(/error/i);
  });

  it("says what it takes", async () => {
    const bob = await visit(demo.url);
    await bob.say("/deploy moon tonight");
    await expect
      .poll(async () => (await bob.heard()).slice(1))
      .toEqual(["Say /deploy <service> <environment>: api; staging, production."]);
  });
});
