import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { DatabaseSync, type StatementSync } from "node:sqlite";
import type { Failure, Opening } from "../client/protocol.ts";
import { layout, schema } from "../layout.ts";

/** A call that the store declines: it has changed nothing, and the others of its batch go on. */
export class Refusal extends Error {
  readonly failure: Failure;
  constructor(code: string, message: string, retryable = false) {
    super(message);
    this.failure = [code, message, retryable];
  }
}

/** A parameter for bytes that are never null: Node 22 binds an empty array as NULL. */
export const emptyIsBlob = "coalesce(?, x'')";

/** A value SQLite gives and takes. */
export type Value = string | number | null | Uint8Array;

/** A statement in the three ways it is used here. Rows are arrays: objects cost more. */
export interface Statement {
  /** Runs it and says how many rows it changed. */
  changes(...values: readonly Value[]): number;
  /** Runs it; gives the first row if there is one. */
  row(...values: readonly Value[]): Value[] | undefined;
  rows(...values: readonly Value[]): Value[][];
}

export interface Database {
  readonly prepare: (sql: string) => Statement;
  readonly exec: (sql: string) => void;
  readonly inTransaction: () => boolean;
  readonly close: () => void;
}

/** Opens, checks and if need be creates the database; nobody else can have it until `close` or the death of the process. */
export function openDatabase(options: Opening): { readonly database: Database; readonly warning: string | undefined } {
  makeFolder(dirname(options.file));
  const db = new DatabaseSync(options.file, { timeout: 0 });
  try {
    // Held from the first read until close: a second process gets SQLITE_BUSY at once, and the index of the log needs no shared memory.
    db.exec("PRAGMA locking_mode = EXCLUSIVE");
    const mode = db.prepare("PRAGMA journal_mode = WAL").get()?.["journal_mode"];
    db.exec(`PRAGMA synchronous = ${options.synchronous}`);
    // On macOS only this reaches the disk; elsewhere it does nothing.
    db.exec("PRAGMA fullfsync = ON; PRAGMA checkpoint_fullfsync = ON");
    // Larger pieces of the log would cost less to fold in, but every acknowledgement waits while the disk takes one.
    db.exec("PRAGMA wal_autocheckpoint = 4000; PRAGMA cache_size = -16384; PRAGMA temp_store = MEMORY");
    db.exec("BEGIN EXCLUSIVE; COMMIT");
    check(db);
    migrate(db);
    if (Number.isFinite(options.maxBytes)) {
      const page = Number(db.prepare("PRAGMA page_size").get()?.["page_size"]);
      db.exec(`PRAGMA max_page_count = ${Math.max(1, Math.floor(options.maxBytes / page))}`);
    }
    const level = Number(db.prepare("PRAGMA synchronous").get()?.["synchronous"]);
    return { database: wrap(db), warning: weakness(options, mode, level) };
  } catch (error) {
    db.close();
    throw error;
  }
}

function makeFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true });
  } catch (error) {
    const reason = error instanceof Error && "code" in error ? String(error.code) : "unknown";
    throw new Refusal(
      "store.unavailable",
      `the folder ${folder} cannot be made (${reason}). Name a file where this user may write.`,
      true,
    );
  }
}

function check(db: DatabaseSync): void {
  const found = db.prepare("PRAGMA quick_check(1)").get()?.["quick_check"];
  if (found === "ok") return;
  throw new Refusal(
    "store.corrupt",
    `the database is damaged (${String(found)}). Restore a copy, or move it away to begin anew.`,
  );
}

function migrate(db: DatabaseSync): void {
  const known = db.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'devflow_meta'").get();
  if (known === undefined) {
    db.exec(`BEGIN IMMEDIATE; ${layout} COMMIT`);
    return;
  }
  const found = Number(db.prepare("SELECT value FROM devflow_meta WHERE name = 'schema'").get()?.["value"]);
  if (found === schema) return;
  throw new Refusal(
    "store.newer",
    `its layout is version ${found}, this code knows ${schema}. Upgrade @devflow/sqlite, or open another file.`,
  );
}

/** What keeps the level asked for from being reached, or is worth a warning. */
function weakness(options: Opening, mode: unknown, level: number): string | undefined {
  const expected = options.synchronous === "FULL" ? 2 : 1;
  if (mode === "wal" && level === expected) {
    return expected === 2
      ? undefined
      : "synchronous is NORMAL: what is acknowledged survives a dead process, but not a power cut.";
  }
  const found = `SQLite reports journal_mode ${String(mode)} and synchronous ${level} instead of wal and ${expected}`;
  if (options.strict)
    throw new Refusal("store.unavailable", `${found}. Use a file on a local disk, or strict: false to go on without.`);
  return `${found}: acknowledged writes may not survive a power cut.`;
}

function wrap(db: DatabaseSync): Database {
  return {
    exec: (sql) => db.exec(sql),
    inTransaction: () => db.isTransaction,
    close: () => db.close(),
    prepare(sql) {
      const statement: StatementSync = db.prepare(sql);
      statement.setReturnArrays(true);
      return {
        changes: (...values) => Number(statement.run(...values).changes),
        row: (...values) => statement.get(...values) as unknown as Value[] | undefined,
        rows: (...values) => statement.all(...values) as unknown as Value[][],
      };
    },
  };
}

/** What an error of SQLite means for the caller. Codes: https://www.sqlite.org/rescode.html */
export function failureOf(error: unknown): Failure {
  if (error instanceof Refusal) return error.failure;
  const { message, errcode, code } = error as Error & { readonly errcode?: number; readonly code?: string };
  switch ((errcode ?? 0) & 0xff) {
    case 5:
    case 6:
      return [
        "store.busy",
        "another process, or another store of this one, has the database open. Stop it, or use a store that many may share.",
        true,
      ];
    case 11:
    case 26:
      return ["store.corrupt", `the database is damaged (${message}). Restore a copy, or move it away to begin anew.`, false];
    case 13:
      return [
        "store.full",
        "the disk or the limit of maxBytes is full. Nothing of this call was stored; free some space and repeat it.",
        true,
      ];
    case 8:
    case 14:
      return [
        "store.unavailable",
        `the file cannot be opened (${message}). Check that it and its folder may be written by this user.`,
        true,
      ];
    default:
      return ["store.unavailable", `${code ?? "error"}: ${message}`, true];
  }
}
