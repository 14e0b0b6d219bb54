import type { Opening } from "../client/protocol.ts";
import type { Database } from "./database.ts";

/** More numbers than are drawn between two commits that have to last. */
const gap = 2 ** 24;

/**
 * Takes over from who had the database before. Another process cannot be alive, since this one has it: what it left in hand is
 * free. Numbers drawn since the last commit that had to last are not in the database, so the counter jumps over them: no
 * fence is given twice.
 */
export function inherit(database: Database, { owner, now }: Opening): void {
  database.exec("BEGIN");
  database.prepare("UPDATE devflow_meta SET value = value + ? WHERE name = 'sequence'").row(gap);
  if (database.prepare("SELECT value FROM devflow_meta WHERE name = 'owner'").row()?.[0] !== owner) {
    database.prepare("UPDATE devflow_lane SET ready_at = ?1 WHERE held = 1 AND ready_at > ?1").row(now);
    database.exec("DELETE FROM devflow_lease");
    database.prepare("UPDATE devflow_meta SET value = ? WHERE name = 'owner'").row(owner);
  }
  database.exec("COMMIT");
}
