import { fork } from "node:child_process";
import { storeSuite } from "@devflow/conformance";
import { startPostgres, type Engine } from "@devflow/conformance/engines";
import { Client } from "pg";
import { afterAll, describe, it } from "vitest";
import { postgresStore } from "../src/index.ts";
import { serverDisk, type DiskServer } from "./disk.ts";
import { missing, schemaOf, server, sql } from "./server.ts";

/** Places on disks of their own; all others are schemas of the shared server. */
const disks = new Map<string, DiskServer>();
const urlOf = async (place: string): Promise<string> => disks.get(place)?.url ?? (await server()).url();

let admin: Client | undefined;
/** A connection that stays open: time is moved a thousand times. */
async function moveTime(place: string, now: number | undefined): Promise<void> {
  // Disks are tested in real time.
  if (disks.has(place)) return;
  const schema = schemaOf(place);
  if (admin === undefined) {
    admin = new Client({ connectionString: (await server()).url() });
    admin.on("error", () => (admin = undefined));
    await admin.connect();
  }
  if (now === undefined) {
    await admin.query(`CREATE OR REPLACE FUNCTION ${schema}.now_ms() RETURNS bigint LANGUAGE sql VOLATILE AS $$
      SELECT floor(date_part('epoch', clock_timestamp()) * 1000)::bigint $$`);
    return;
  }
  const { rows } = await admin.query("SELECT to_regclass($1) AS found", [`${schema}.hands`]);
  if ((rows as { found: string | null }[])[0]?.found === null) {
    await admin.query(`CREATE TABLE ${schema}.hands (at bigint); INSERT INTO ${schema}.hands VALUES (${now})`);
  }
  await admin.query(`UPDATE ${schema}.hands SET at = ${now}`);
  await admin.query(`DO $do$ BEGIN IF (SELECT prosrc FROM pg_proc WHERE oid = '${schema}.now_ms'::regproc) NOT LIKE '%hands%' THEN
    CREATE OR REPLACE FUNCTION ${schema}.now_ms() RETURNS bigint LANGUAGE sql VOLATILE AS 'SELECT at FROM ${schema}.hands';
    END IF; END $do$`);
}

let runs = 0;
let weak: Engine | undefined;

const shared = missing === undefined ? (await server()).url() : "";

describe.skipIf(missing !== undefined)(`on a server of its own${missing === undefined ? "" : ` (${missing})`}`, () => {
  afterAll(async () => {
    if (missing !== undefined) return;
    await admin?.end();
    await weak?.remove();
    await (await server()).remove();
  }, 120_000);

  storeSuite(
    {
      name: "postgresStore",
      caps: { durable: "power", multiProcess: true, multiNode: true, atomicChain: true, push: true },
      open: async ({ clock, place }) => postgresStore({ url: await urlOf(place), schema: schemaOf(place), clock }),
      setTime: moveTime,
      network: {
        port: async () => (await server()).port,
        open: async ({ clock, place, port }) =>
          postgresStore({ url: (await server()).url(port), schema: schemaOf(place), clock }),
      },
      engine: { kill: async () => (await server()).kill(), start: async () => (await server()).start() },
      async weak({ strict, log }) {
        weak ??= await startPostgres({ settings: { synchronous_commit: "off" } });
        return postgresStore({ url: weak.url(), strict, log });
      },
      victim: (place) =>
        fork(new URL("child.ts", import.meta.url), [shared, schemaOf(place), String((runs += 1))], {
          execArgv: ["--conditions=development"],
          stdio: ["ignore", "pipe", "pipe", "ipc"],
        }),
      age: async (place) =>
        void (await sql(await urlOf(place), `UPDATE ${schemaOf(place)}.meta SET value = value + 1 WHERE name = 'layout'`)),
      disk: serverDisk(disks),
      notApplicable: { "U-5": "it is tested in postgres.test.ts" },
    },
    { describe, it },
  );
});
