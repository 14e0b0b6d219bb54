import type { Logger, Observer } from "../contract/index.ts";
import { consoleLog } from "../kit/log.ts";

/** An observer that writes every step to a log, at the step's own level. The console's lines show control characters escaped. */
export function logObserver(log: Logger): Observer {
  return (observation) => {
    if (observation.level === "debug" && log === consoleLog) return;
    const { level, step, ...fields } = observation;
    log[level](fields, step);
  };
}
