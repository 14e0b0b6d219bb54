import type { Clock } from "@devflow/gateway/contract";
import type { GatewayError } from "@devflow/gateway/kit";
import { storeError } from "./failure.ts";
import type { Request } from "./script.ts";

/** A call that somebody waits for. */
export interface Call extends Request {
  readonly at: number;
  sent: boolean;
  resolve(result: unknown): void;
  reject(error: GatewayError): void;
}

/** All calls without an answer. None of them waits for longer than its time. */
export interface Calls {
  readonly size: number;
  has(call: Call): boolean;
  add(call: Call): void;
  resolve(call: Call, result: unknown): void;
  reject(calls: Iterable<Call>, error: GatewayError): void;
  rejectAll(error: GatewayError): void;
  /** Resolves when none is left. */
  drained(): Promise<void>;
}

export function createCalls(options: {
  readonly clock: Clock;
  readonly opTimeoutMs: number;
  /** What went wrong last, for the message. */
  readonly trouble: () => string;
  /** Nothing has been heard for most of the time that a call may wait. */
  readonly silent: () => void;
}): Calls {
  const { clock, opTimeoutMs } = options;
  /** Oldest first. */
  const pending = new Set<Call>();
  const watchers: (() => void)[] = [];
  /** A line that says nothing for so long may be dead without our knowing. */
  const silenceMs = opTimeoutMs * 0.6;
  let heardAt = 0;
  let doubtedAt = 0;
  let watched = false;

  const settle = (call: Call): boolean => {
    if (!pending.delete(call)) return false;
    if (pending.size === 0) for (const watcher of watchers.splice(0)) watcher();
    return true;
  };
  const reject = (calls: Iterable<Call>, error: GatewayError): void => {
    for (const call of calls) if (settle(call)) call.reject(error);
  };
  const expire = (): void => {
    const limit = clock.now() - opTimeoutMs;
    const why = options.trouble() === "" ? "" : ` Before that: ${options.trouble()}`;
    for (const call of pending) {
      if (call.at > limit) break;
      const hope = call.sent ? " It may still be done; repeating it with the same id is safe." : "";
      reject([call], storeError("store.unavailable", `no answer to ${call.op} in ${opTimeoutMs} ms.${hope}${why}`));
    }
  };
  const watch = (): void => {
    const [oldest] = pending;
    if (watched || oldest === undefined) return;
    watched = true;
    const doubted = Math.max(oldest.at, heardAt, doubtedAt) + silenceMs;
    clock.after(Math.max(1, Math.min(oldest.at + opTimeoutMs, doubted) - clock.now()), () => {
      watched = false;
      const now = clock.now();
      if (pending.has(oldest) && now - Math.max(oldest.at, heardAt, doubtedAt) >= silenceMs) {
        doubtedAt = now;
        options.silent();
      }
      expire();
      watch();
    });
  };

  return {
    get size() {
      return pending.size;
    },
    has: (call) => pending.has(call),
    add(call) {
      pending.add(call);
      watch();
    },
    resolve(call, result) {
      heardAt = clock.now();
      if (settle(call)) call.resolve(result);
    },
    reject,
    rejectAll: (error) => reject([...pending], error),
    drained: () => new Promise((resolve) => void (pending.size === 0 ? resolve() : watchers.push(resolve))),
  };
}
