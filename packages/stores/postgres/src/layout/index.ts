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
  // Not IF NOT EXISTS: that asks for the right to create schemas, also of who owns this one.
  const begin = `DO $do$ BEGIN
    IF NOT EXISTS (SELECT FROM pg_catalog.pg_namespace WHERE format('"%s"', nspname) = '${schema}') THEN
      CREATE SCHEMA ${schema};
    END IF;
  END $do$;`;
  return [begin, ...parts.map((part) => part(schema)), `INSERT INTO ${schema}.meta VALUES ('layout', ${version});`].join("\n");
}
