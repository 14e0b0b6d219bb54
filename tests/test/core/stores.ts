import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Store } from "@devflow/gateway";
import { memoryStore } from "@devflow/gateway/memory";
import { sqliteStore } from "@devflow/sqlite";
import { onTestFinished } from "vitest";

/** The stores that a test runs on, on this machine's clock. Files are gone after the test. */
export const stores: readonly (readonly [string, () => Store])[] = [
  ["memory", () => memoryStore()],
  ["sqlite", () => sqliteStore({ file: join(folder(), "gateway.db") })],
];

/** A folder for one test. */
export function folder(): string {
  const made = mkdtempSync(join(tmpdir(), "devflow-core-"));
  onTestFinished(() => rmSync(made, { recursive: true, force: true }));
  return made;
}

/** A logger for tests that read observations instead. */
export const silent = { debug() {}, info() {}, warn() {}, error() {} };
