import type { Logger } from "../contract/index.ts";

/** Writes warnings and errors as JSON lines to standard error: what a program without a logger of its own gets. */
export const consoleLog: Logger = {
  debug() {},
  info() {},
  warn: (fields, message) => console.error(line("warn", fields, message)),
  error: (fields, message) => console.error(line("error", fields, message)),
};

/** JSON leaves these as they are; in a terminal they move the cursor, end the line or turn it round. */
const unsafe = /[\u007f-\u009f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

function line(level: string, fields: object, message: string): string {
  return JSON.stringify({ level, message, ...fields }).replace(
    unsafe,
    (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
