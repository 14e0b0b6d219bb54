import { Worker } from "node:worker_threads";
import type { Clock, Logger } from "@devflow/gateway/contract";
import { GatewayError } from "@devflow/gateway/kit";
import { callName, type Answer, type Failure, type Opening } from "./protocol.ts";

/** The way to the worker that has the database: all calls of a tick go in one message and come back in one. */
export interface Client {
  /** Aborts at `close`. */
  readonly closed: AbortSignal;
  readonly clock: Clock;
  /** The store's clock: never steps back. */
  readonly now: () => number;
  call(code: number, args: readonly unknown[]): Promise<unknown>;
  /** Says it before any other call, now and whenever the worker has to be started again. */
  declare(code: number, args: readonly unknown[]): void;
  /** Resolves when the worker has the database. */
  readonly open: () => Promise<void>;
  readonly close: () => Promise<void>;
}

export interface ClientOptions extends Omit<Opening, "owner" | "now"> {
  readonly clock: Clock;
  readonly log: Logger;
  readonly opTimeoutMs: number;
  readonly maxPending: number;
}

interface Call {
  readonly code: number;
  readonly at: number;
  resolve(result: unknown): void;
  reject(error: GatewayError): void;
}

const owner = `${process.pid}:${performance.timeOrigin}`;

export function connect(options: ClientOptions): Client {
  const { clock, log, file } = options;
  const closing = new AbortController();
  const declared: { readonly code: number; readonly args: readonly unknown[] }[] = [];
  let worker: Worker | undefined;
  let opening: Promise<void> | undefined;
  let closure: Promise<void> | undefined;
  let last = 0;
  /** The next message; its first element is the time. */
  let outgoing: unknown[] = [0];
  /** Not yet sent, and sent but not yet answered; in the order of their calls. */
  let unsent: Call[] = [];
  let sent: Call[] = [];
  let planned = false;
  let watched = false;
  let finish = (): void => {};
  /** Every worker that was started has let go of the file. */
  let ended: Promise<unknown> = Promise.resolve();

  const now = (): number => (last = Math.max(last, Math.floor(clock.now())));
  const failed = ([errorCode, message, retryable]: Failure): GatewayError =>
    new GatewayError(errorCode as `${string}.${string}`, `sqlite store ${file}: ${message}`, { retryable });

  /** A call that nobody waits for. */
  const silent = ({ code }: { readonly code: number }): Call => ({ code, at: now(), resolve() {}, reject() {} });
  const push = (code: number, args: readonly unknown[]): void => {
    outgoing.push(code, args.length);
    for (const arg of args) outgoing.push(arg);
  };
  const declareAll = (): void => {
    const calls = outgoing.slice(1);
    outgoing = [0];
    for (const each of declared) push(each.code, each.args);
    outgoing.push(...calls);
    unsent = [...declared.map(silent), ...unsent];
  };
  const rejectAll = (failure: Failure): void => {
    const calls = [...sent, ...unsent];
    sent = [];
    unsent = [];
    outgoing = [0];
    for (const call of calls) call.reject(failed(failure));
  };
  const watch = (): void => {
    if (watched) return;
    watched = true;
    clock.after(options.opTimeoutMs, () => {
      watched = false;
      const limit = now() - options.opTimeoutMs;
      for (const call of [...sent, ...unsent]) {
        if (call.at > limit) continue;
        const message = `no answer to ${callName(call.code)} in ${options.opTimeoutMs} ms; it may still be done. Repeating it with the same id is safe.`;
        call.reject(failed(["store.unavailable", message, true]));
      }
      if (sent.length + unsent.length > 0) watch();
    });
  };

  const post = (): void => {
    planned = false;
    if (worker === undefined || opening !== undefined || unsent.length === 0) return;
    outgoing[0] = now();
    worker.ref();
    worker.postMessage(outgoing);
    outgoing = [0];
    sent = sent.length === 0 ? unsent : sent.concat(unsent);
    unsent = [];
  };
  const plan = (): void => {
    if (planned) return;
    planned = true;
    setImmediate(post);
  };

  const settle = (results: readonly unknown[], failures: ReadonlyMap<number, Failure>): void => {
    const calls = sent;
    sent = calls.length === results.length ? [] : calls.slice(results.length);
    if (sent.length === 0) worker?.unref();
    for (let i = 0; i < results.length; i += 1) {
      const failure = failures.size === 0 ? undefined : failures.get(i);
      if (failure === undefined) calls[i]?.resolve(results[i]);
      else calls[i]?.reject(failed(failure));
    }
  };

  const start = (): Promise<void> =>
    new Promise((resolve, reject) => {
      const data: Opening = {
        file,
        synchronous: options.synchronous,
        strict: options.strict,
        maxBytes: options.maxBytes,
        owner,
        now: now(),
      };
      // The same place beside this file, whether it is the source or the bundle.
      const extension = import.meta.url.endsWith(".ts") ? "ts" : "js";
      const path = extension === "ts" ? "../worker/index.ts" : "./worker/index.js";
      const started = new Worker(new URL(path, import.meta.url), {
        workerData: data,
        name: "devflow-sqlite",
        // Node 22 calls node:sqlite experimental. The worker needs none of the flags of its process.
        execArgv: ["--disable-warning=ExperimentalWarning"],
      });
      const lose = (failure: Failure): void => {
        if (worker !== started) return;
        worker = undefined;
        opening = undefined;
        reject(failed(failure));
        rejectAll(failure);
        finish();
      };
      worker = started;
      ended = Promise.all([ended, new Promise((exited) => started.once("exit", exited))]);
      started.on("message", (answer: Answer) => {
        if ("results" in answer) settle(answer.results, answer.failures);
        else if ("failed" in answer) lose(answer.failed);
        else if ("closed" in answer) finish();
        else {
          if (answer.warning !== undefined) log.warn({ file }, `sqlite store: ${answer.warning}`);
          opening = undefined;
          started.unref();
          declareAll();
          resolve();
          post();
        }
      });
      started.on("error", (error) => lose(["store.unavailable", `its worker failed: ${String(error)}`, true]));
      started.on("exit", () => lose(["store.unavailable", "its worker ended; the next call starts it again.", true]));
    });

  const open = (): Promise<void> => {
    if (closing.signal.aborted) return Promise.reject(failed(["store.closed", "closed; make a new store.", false]));
    if (opening !== undefined) return opening;
    if (worker !== undefined) return Promise.resolve();
    opening = start();
    // Whoever waits for a call hears of it there.
    opening.catch(() => {});
    return opening;
  };

  const shut = async (): Promise<void> => {
    if (opening !== undefined) await opening.catch(() => {});
    post();
    closing.abort();
    const ending = worker;
    if (ending === undefined) return void (await ended);
    await new Promise<void>((resolve) => {
      finish = resolve;
      ending.ref();
      ending.postMessage("close");
    });
    worker = undefined;
    rejectAll(["store.closed", "closed before it answered.", false]);
    await ending.terminate();
  };

  return {
    closed: closing.signal,
    clock,
    now,
    open,
    declare(code, args) {
      declared.push({ code, args });
      if (worker === undefined || opening !== undefined) return;
      unsent.push(silent({ code }));
      push(code, args);
    },
    call(code, args) {
      return new Promise((resolve, reject) => {
        if (closing.signal.aborted) return reject(failed(["store.closed", "closed; make a new store.", false]));
        if (unsent.length + sent.length >= options.maxPending) {
          return reject(failed(["store.unavailable", `${options.maxPending} calls wait already; try again later.`, true]));
        }
        unsent.push({ code, at: now(), resolve, reject });
        push(code, args);
        watch();
        if (worker === undefined) void open();
        plan();
      });
    },
    close: () => (closure ??= shut()),
  };
}
