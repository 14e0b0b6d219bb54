import { describe, expect, it } from "vitest";
import { adapterStatements, adapterSuite, type AdapterSuiteOptions } from "@devflow/conformance";
import { inward } from "./mutants/inward.ts";
import { outward } from "./mutants/outward.ts";
import { wired } from "./wired.ts";

const mutants = [...inward, ...outward];

/** Numbers of the statements that fail, of those that begin so. */
async function failing(options: AdapterSuiteOptions, only = "A-"): Promise<readonly string[]> {
  const tests: { readonly name: string; readonly body: () => Promise<void> | void }[] = [];
  adapterSuite(options, { describe: (_, body) => body(), it: (name, body) => void tests.push({ name, body }) });
  const failed: string[] = [];
  for (const { name, body } of tests.filter((test) => test.name.startsWith(only))) {
    try {
      await body();
    } catch {
      failed.push(name.split(" ")[0] ?? "");
    }
  }
  return failed;
}

describe("the adapter suite", () => {
  it("passes the fake platform", async () => {
    expect(await failing(wired())).toEqual([]);
  });

  it.each(mutants)("fails %s by %s", async (_, statement, change) => {
    expect(await failing(wired(change), `${statement} `)).toEqual([statement]);
  });

  it("fails a package that loads its SDK at import", async () => {
    const eager = { ...wired(), entry: import.meta.resolve("../fixtures/eager/index.js") };
    expect(await failing(eager, "A-8 ")).toEqual(["A-8"]);
  });

  it("fails fixtures that show nothing unknown", async () => {
    const { fixtures, ...rest } = wired();
    const known = fixtures.filter(({ kinds }) => !kinds.includes("platform.event"));
    expect(await failing({ ...rest, fixtures: known }, "A-37 ")).toEqual(["A-37"]);
  });

  it("has been seen failing by every statement", () => {
    const seen = new Set([...mutants.map(([, statement]) => statement), "A-8", "A-37"]);
    expect(adapterStatements.map(({ id }) => id).filter((id) => !seen.has(id))).toEqual([]);
  });

  it("fails an exception that is not needed", async () => {
    expect(await failing({ ...wired(), except: { "A-1": "out of habit" } })).toEqual(["A-1"]);
  });

  it("lets an exception stand that is", async () => {
    const broken = wired(() => ({ contract: 2 as 1 }));
    expect(await failing({ ...broken, except: { "A-1": "an experiment" } })).toEqual([]);
  });

  it("gives each statement a number of its own", () => {
    const ids = adapterStatements.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
  });
});
