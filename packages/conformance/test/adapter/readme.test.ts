import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { adapterStatements } from "@devflow/conformance";

it("the README says each statement under its number, and no other", () => {
  const readme = readFileSync(new URL("../../README.md", import.meta.url), "utf8");
  const said = [...readme.matchAll(/^\| (A-\d+) +\| (.*?) +\|$/gm)].map(([, id, says]) => [id, says]);
  expect(said).toEqual(adapterStatements.map(({ id, says }) => [id, says]));
});
