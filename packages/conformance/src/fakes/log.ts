import { inspect } from "node:util";
import type { Logger } from "@devflow/gateway/contract";

/** One line of a {@link FakeLogger}. */
export interface LogRecord {
  readonly level: "debug" | "info" | "warn" | "error";
  readonly fields: object;
  readonly message: string;
}

/** A logger that keeps what it was told. */
export interface FakeLogger extends Logger {
  readonly records: readonly LogRecord[];
  /** Everything that was logged, as deep as it goes, errors with their causes: what a search for secrets reads. */
  text(): string;
}

/** Makes a {@link FakeLogger}. */
export function fakeLogger(): FakeLogger {
  const records: LogRecord[] = [];
  const at =
    (level: LogRecord["level"]) =>
    (fields: object, message: string): void =>
      void records.push({ level, fields, message });
  return {
    records,
    text: () => records.map((record) => everything(record)).join("\n"),
    debug: at("debug"),
    info: at("info"),
    warn: at("warn"),
    error: at("error"),
  };
}

/** All that a value shows to an inspector, hidden and nested parts included. */
export function everything(value: unknown): string {
  return inspect(value, { depth: Infinity, maxStringLength: Infinity, maxArrayLength: Infinity, showHidden: true });
}
