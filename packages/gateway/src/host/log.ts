import type { Logger, Observer } from "../contract/index.ts";

/** Writes warnings and errors as JSON lines to standard error: what a program without a logger of its own gets. */
export const consoleLog: Logger = {
  debug() {},
  info() {},
  warn: (fields, message) => console.error(line("warn", fields, message)),
  error: (fields, message) => console.error(line("error", fields, message)),
};

/** An observer that writes every step to a log, at the step's own level. JSON escapes whatever control characters are inside. */
export function logObserver(log: Logger): Observer {
  return (observation) => {
    if (observation.level === "debug" && log === consoleLog) return;
    const { level, step, ...fields } = observation;
    log[level](fields, step);
  };
}

function line(level: string, fields: object, message: string): string {
  return JSON.stringify({ level, message, ...fields });
}
