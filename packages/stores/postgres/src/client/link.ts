import type { Clock } from "@devflow/gateway/contract";
import { secret } from "@devflow/gateway/kit";
import type { PostgresConnection, PostgresPool, PostgresStoreOptions } from "../options.ts";
import { failureOf, isBroken, isDeclined, isUndone, storeError } from "./failure.ts";

/** A row, its columns in their order, as `pg` reads them. */
export type Row = readonly unknown[];

/** The way to the server. */
export interface Link {
  /** Runs one statement, a transaction of its own. `lasting`: after a broken connection nobody knows whether it was done. */
  run(text: string, values: unknown[], lasting: boolean): Promise<readonly Row[]>;
  /** Runs several on one connection. */
  session<T>(work: (run: (text: string, values?: unknown[]) => Promise<readonly Row[]>) => Promise<T>): Promise<T>;
  /** A connection for itself, for notifications. */
  dial(): Promise<PostgresConnection>;
  end(): Promise<void>;
}

/** Times that a statement is repeated which the server undid for the sake of another one. */
const patience = 5;

export function createLink(options: PostgresStoreOptions, clock: Clock, opTimeoutMs: number): Link {
  let pool: Promise<PostgresPool & { end?(): Promise<void> }> | undefined;
  const own = options.pool === undefined;
  hide(options.url);
  /** When each connection was last heard of, and when one was last found to be dead: of older ones nobody knows better. */
  const heardAt = new WeakMap<PostgresConnection, number>();
  let deathAt = -Infinity;
  const config = {
    ...(options.url !== undefined && { connectionString: options.url }),
    application_name: "devflow",
    keepAlive: true,
    connectionTimeoutMillis: opTimeoutMs,
  };
  const make = async (): Promise<PostgresPool & { end(): Promise<void> }> => {
    const { Pool } = (await import("pg")).default;
    const made = new Pool({ ...config, max: options.maxConnections ?? 8, allowExitOnIdle: true });
    // A connection that breaks while idle is gone from the pool; the next call opens another.
    made.on("error", () => {});
    return made;
  };
  const open = (): Promise<PostgresPool & { end?(): Promise<void> }> =>
    (pool ??= options.pool === undefined ? make() : Promise.resolve(options.pool));

  const lively = async (from: PostgresPool): Promise<PostgresConnection> => {
    for (;;) {
      const found = await from.connect();
      const at = heardAt.get(found);
      if (at === undefined) {
        heardAt.set(found, clock.now());
        // What breaks is heard of in the call under way, if there is one; nobody else has to know.
        found.on?.("error", () => {});
      } else if (at <= deathAt) {
        found.release(new Error("silent as another one that was dead"));
        continue;
      }
      return found;
    }
  };

  /** One connection, for as long as `work` takes and no longer than a call may; whatever hangs is thrown away. */
  const withConnection = <T>(work: (connection: PostgresConnection, sent: () => void) => Promise<T>): Promise<T> =>
    new Promise((resolve, reject) => {
      let connection: PostgresConnection | undefined;
      let wasSent = false;
      let over = false;
      const finish = (error?: unknown): void => {
        if (over) return;
        over = true;
        cancel();
        if (connection !== undefined && error === undefined) heardAt.set(connection, clock.now());
        connection?.release(error !== undefined && isBroken(error) ? asError(error) : undefined);
      };
      const cancel = clock.after(opTimeoutMs, () => {
        const error = storeError("store.unavailable", `no answer in ${opTimeoutMs} ms; it may still be done.`, true);
        if (connection !== undefined) deathAt = Math.max(deathAt, clock.now() - opTimeoutMs);
        finish(error);
        reject(error);
      });
      const go = async (): Promise<T> => {
        const found = await lively(await open());
        if (over) {
          found.release();
          throw storeError("store.unavailable", `no connection in ${opTimeoutMs} ms.`, true);
        }
        connection = found;
        return work(found, () => (wasSent = true));
      };
      go().then(
        (result) => {
          finish();
          resolve(result);
        },
        (error: unknown) => {
          finish(error);
          reject(isUndone(error) ? error : tagged(error, wasSent));
        },
      );
    });

  return {
    async run(text, values, lasting) {
      for (let tries = 1; ; tries += 1) {
        try {
          return await withConnection(async (connection, sent) => {
            if (lasting) sent();
            try {
              return (await connection.query({ text, values, rowMode: "array" })).rows;
            } catch (error) {
              // The server says what it declines before it lets go of its locks, and answers again only after that.
              if (isDeclined(error)) await connection.query({ text: "", values: [], rowMode: "array" }).catch(() => {});
              throw error;
            }
          });
        } catch (error) {
          if (!isUndone(error)) throw error;
          if (tries === patience) throw failureOf(error, true);
        }
      }
    },
    session: (work) =>
      withConnection((connection) =>
        work(async (text, values = []) => (await connection.query({ text, values, rowMode: "array" })).rows),
      ),
    async dial() {
      if (!own) return (await open()).connect();
      const { Client } = (await import("pg")).default;
      const client = new Client(config);
      client.on("error", () => {});
      await client.connect();
      // It must not keep a process alive that has nothing left to do.
      (client as unknown as { connection: { stream: { unref?(): void } } }).connection.stream.unref?.();
      return Object.assign(client as unknown as Omit<PostgresConnection, "release">, {
        release: () => void client.end().catch(() => {}),
      });
    },
    async end() {
      const made = await pool?.catch(() => undefined);
      if (own) await made?.end?.();
    },
  };
}

/** Errors that the functions raise on purpose go to whoever called them; all others become ours. */
function tagged(error: unknown, sent: boolean): unknown {
  const code = typeof error === "object" && error !== null && "code" in error ? String(error.code) : "";
  return code.startsWith("DF") ? error : failureOf(error, sent);
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error("broken");
}

/** The password in a url must not turn up in a message. */
function hide(url: string | undefined): void {
  const found = /^[a-z]+:\/\/[^:@/]*:([^@/]+)@/.exec(url ?? "")?.[1];
  if (found === undefined) return;
  secret(found);
  try {
    secret(decodeURIComponent(found));
  } catch {
    // A sign for per cent that stands for itself, which `pg` takes too.
  }
}
