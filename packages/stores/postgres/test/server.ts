import { hash } from "node:crypto";
import { postgresMissing, startPostgres, type Engine } from "@devflow/conformance/engines";
import { Client } from "pg";

/** Why there is no server; undefined when there is one. */
export const missing: string | undefined = postgresMissing();

let shared: Promise<Engine> | undefined;

/** The server that the tests of a file share. */
export function server(): Promise<Engine> {
  return (shared ??= startPostgres());
}

/** The schema that stands for a place. */
export function schemaOf(place: string): string {
  return `t_${hash("sha256", place).slice(0, 20)}`;
}

/** Runs SQL as its superuser. */
export async function sql(url: string, text: string, values: readonly unknown[] = []): Promise<unknown[][]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query({ text, values: [...values], rowMode: "array" })).rows as unknown[][];
  } finally {
    await client.end();
  }
}
