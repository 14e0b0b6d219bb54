import type { Store } from "@devflow/gateway/contract";
import { checkQueueName, consoleLog, GatewayError } from "@devflow/gateway/kit";
import { connect, storeError, type Link } from "./client/index.ts";
import { postgresKv } from "./kv.ts";
import { layout, version } from "./layout/index.ts";
import { postgresLeases } from "./leases.ts";
import { postgresLimiter } from "./limiter.ts";
import type { PostgresStoreOptions } from "./options.ts";
import { postgresQueue, type PostgresQueue } from "./queue/index.ts";

/**
 * A store in a PostgreSQL database, 15 or later, for any number of processes. What it acknowledges survives a power cut, where the
 * server is set up for that: `caps.durable` says so once it is open, and says `process` before. Nothing is opened before
 * `migrate` or the first call. Errors: `store.unavailable`, `outcome.unknown`, `store.full`, `store.newer`, `store.closed`.
 */
export function postgresStore(options: PostgresStoreOptions): Store {
  const schema = check(options);
  let durable: "process" | "power" = "process";
  const client = connect(options, schema, async (link) => {
    const weakness = await levelOf(link);
    if (weakness !== undefined) {
      if (options.strict === true) {
        throw storeError("store.unavailable", `${weakness} Set it to on, or strict: false to go on without.`, false);
      }
      (options.log ?? consoleLog).warn({ schema }, `postgres store: ${weakness}`);
    }
    await migrate(link, schema);
    durable = weakness === undefined ? "power" : "process";
  });
  const queues = new Map<string, PostgresQueue>();
  let last = 0;
  return {
    caps: {
      get durable() {
        return durable;
      },
      multiProcess: true,
      multiNode: true,
      atomicChain: true,
      push: options.notify !== false,
    },
    migrate: () => client.track(client.open),
    queue(name, queueOptions) {
      checkQueueName(name);
      const known = queues.get(name);
      if (known !== undefined) return known;
      const made = postgresQueue(client, name, queueOptions, queues);
      queues.set(name, made);
      return made;
    },
    kv: postgresKv(client),
    limiter: postgresLimiter(client),
    leases: postgresLeases(client),
    async now() {
      const [row] = await client.track(() => client.look("now_ms", []));
      return (last = Math.max(last, Number(row?.[0])));
    },
    async health() {
      const before = performance.now();
      try {
        await client.track(() => client.look("now_ms", []));
        return { ok: true, latencyMs: performance.now() - before };
      } catch (error) {
        return { ok: false, latencyMs: performance.now() - before, detail: String(error) };
      }
    },
    close: client.close,
  };
}

/** A slip in plain JavaScript is told where it is made. Gives the schema. */
function check(options: PostgresStoreOptions | undefined): string {
  const invalid = (what: string): GatewayError => new GatewayError("options.invalid", `postgres store: ${what}`);
  const { url, pool, schema = "devflow" } = options ?? {};
  if (pool === undefined && (typeof url !== "string" || url === ""))
    throw invalid('`url` is missing. Name a database: postgresStore({ url: "postgres://…" }), or hand in a `pool`.');
  if (url !== undefined && pool !== undefined) throw invalid("`url` and `pool` are both there. Leave one of them out.");
  if (pool !== undefined && typeof pool.connect !== "function") throw invalid("`pool` is no pool of `pg`.");
  if (!/^[a-z_][a-z0-9_]{0,47}$/.test(schema)) throw invalid("`schema` has to be of a–z, 0–9 and _, at most 48 of them.");
  return schema;
}

/** What keeps the server from keeping what it acknowledges; undefined when nothing does. */
async function levelOf(link: Link): Promise<string | undefined> {
  const settings = ["fsync", "synchronous_commit", "full_page_writes"];
  const [row = []] = await link.run(
    `SELECT current_setting('server_version_num'), ${settings.map((name) => `current_setting('${name}')`).join(", ")}`,
    [],
    false,
  );
  const [number, ...values] = row.map(String) as [string, ...string[]];
  if (Number(number) < 150_000) {
    const message = `the server is version ${Math.floor(Number(number) / 10_000)}; it takes PostgreSQL 15 or later.`;
    throw storeError("store.unavailable", message, false);
  }
  const weak = settings.filter((_, i) => values[i] === "off");
  if (weak.length === 0) return undefined;
  return `the server runs with ${weak.join(" and ")} off: what is acknowledged may not survive its death or a power cut.`;
}

/** Creates the layout unless it is there. Of many processes one does it, the others wait for that. */
async function migrate(link: Link, schema: string): Promise<void> {
  // Not to_regclass: it asks a cache that does not hear of what another process has committed while this one waited.
  const find = `SELECT EXISTS (SELECT FROM pg_catalog.pg_tables WHERE schemaname = '${schema}' AND tablename = 'meta')`;
  const read = `SELECT value FROM "${schema}".meta WHERE name = 'layout'`;
  const found = await link.session(async (run) => {
    if ((await run(find))[0]?.[0] === true) return (await run(read))[0]?.[0];
    await run("BEGIN");
    try {
      await run("SELECT pg_advisory_xact_lock(hashtext($1))", [`devflow:${schema}`]);
      if ((await run(find))[0]?.[0] !== true) await run(layout(`"${schema}"`));
      const [row] = await run(read);
      await run("COMMIT");
      return row?.[0];
    } catch (error) {
      await run("ROLLBACK");
      throw error;
    }
  });
  if (Number(found) <= version) return;
  throw storeError(
    "store.newer",
    `the layout in schema "${schema}" is version ${String(found)}, this code knows ${version}. Upgrade @devflow/postgres, or use another schema.`,
    false,
  );
}
