import { adapterStatements, storeStatements } from "@devflow/conformance";
import { table } from "../lib/markdown.ts";
import type { Generator } from "../lib/generator.ts";

/** The statements of the adapter suite, from the suite. */
export const adapterStatementTable: Generator = () =>
  table(
    ["", "An adapter …"],
    adapterStatements.map(({ id, says }) => [id, says]),
  );

/** The statements of the store suite, from the suite. */
export const storeStatementTable: Generator = () =>
  table(
    ["", "Promise"],
    storeStatements.map(({ id, says }) => [id, says]),
  );
