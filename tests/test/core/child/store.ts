import type { Store } from "@devflow/gateway";
import { sqliteStore } from "@devflow/sqlite";

/** The store of an address: a server's URL, or the path of a file. */
export async function openStore(at: string): Promise<Store> {
  if (at.startsWith("redis:")) return (await import("@devflow/redis")).redisStore({ url: at, opTimeoutMs: 2000 });
  if (at.startsWith("postgres:")) return (await import("@devflow/postgres")).postgresStore({ url: at, opTimeoutMs: 2000 });
  return sqliteStore({ file: at });
}
