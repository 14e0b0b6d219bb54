import { adapterStatements } from "@devflow/conformance";
import { table } from "../lib/markdown.ts";
import type { Generator } from "./index.ts";

/** The statements of the adapter suite, from the suite. */
export const adapterStatementTable: Generator = () =>
  table(
    ["", "An adapter …"],
    adapterStatements.map(({ id, says }) => [id, says]),
  );
