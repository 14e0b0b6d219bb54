import { ackFunctions } from "./ack.ts";
import { claimFunctions } from "./claim.ts";
import { enqueueFunctions } from "./enqueue.ts";
import { inspectFunctions } from "./inspect.ts";
import { laneFunctions } from "./lanes.ts";
import { sweepFunctions } from "./sweep.ts";
import { tables } from "./tables.ts";
import { valueFunctions } from "./values.ts";

/** The layout this code knows. A schema with a greater number is refused. */
export const version = 1;

/** Everything the store creates, in a schema whose quoted name it is given. */
export function layout(schema: string): string {
  const parts = [
    tables,
    laneFunctions,
    enqueueFunctions,
    claimFunctions,
    ackFunctions,
    inspectFunctions,
    valueFunctions,
    sweepFunctions,
  ];
  const begin = `CREATE SCHEMA IF NOT EXISTS ${schema};`;
  return [begin, ...parts.map((part) => part(schema)), `INSERT INTO ${schema}.meta VALUES ('layout', ${version});`].join("\n");
}
