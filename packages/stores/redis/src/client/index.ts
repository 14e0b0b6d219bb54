import { randomBytes } from "node:crypto";
import type { Clock, Logger } from "@devflow/gateway/contract";
import { createDoorbell, isGatewayError, type Doorbell } from "@devflow/gateway/kit";
import { createCalls, type Call } from "./calls.ts";
import { failureOf, isReply, isUnsent, storeError } from "./failure.ts";
import { levelOf, reaches, type Durable } from "./level.ts";
import { dial, hasSentinels, keyPrefixOf, mastersOf, type Connection, type Target } from "./link.ts";
import { batches, createScript, type Request, type Script } from "./script.ts";

export { storeError } from "./failure.ts";
export type { Durable } from "./level.ts";
export type { Connection } from "./link.ts";
export type { Arg, QueueSpec } from "./script.ts";

/** The way to the server: the calls of a tick go as one script and come back in one answer. */
export interface Client {
  /** Aborts at `close`. */
  readonly closed: AbortSignal;
  readonly clock: Clock;
  /** What the server keeps, as found when it was last connected to. */
  readonly durable: Durable;
  /** Answers with numbers, buffers and arrays of them. */
  call(request: Request): Promise<unknown>;
  /** The bell of that queue; it rings when another process has changed something there. */
  bell(queue: string): Doorbell;
  close(): Promise<void>;
}

export interface ClientOptions extends Target {
  /** Name of the store: all its keys share it as their hash tag. */
  readonly store: string;
  readonly scripts: { readonly work: string; readonly grow: string };
  readonly layoutVersion: number;
  readonly clock: Clock;
  /** True when the store's time is that of `clock` and not the server's. */
  readonly ownTime: boolean;
  readonly wanted: Durable;
  readonly strict: boolean;
  readonly log: Logger;
  readonly opTimeoutMs: number;
  readonly maxPending: number;
}

export function connect(options: ClientOptions): Client {
  const { clock, log, store } = options;
  const prefix = `${keyPrefixOf(options.client)}{${store}}:`;
  const sender = randomBytes(9).toString("base64url");
  const work = createScript(options.scripts.work, prefix, sender);
  const grow = createScript(options.scripts.grow, prefix, sender);
  const closing = new AbortController();
  const bells = new Map<string, Doorbell>();
  let connections: readonly Connection[] = [];
  let commands: Connection | undefined;
  let dialling: Promise<void> | undefined;
  /** Whether the server we are connected to has been found to be what it has to be. */
  let admitted: "no" | "asking" | "yes" = "no";
  let durable: Durable = "none";
  let warned = "";
  let trouble = "";
  let unsent: Call[] = [];
  let planned = false;
  let latest = 0;

  const calls = createCalls({
    clock,
    opTimeoutMs: options.opTimeoutMs,
    trouble: () => trouble,
    // A line that swallows everything is told from a slow server by connecting anew.
    silent() {
      unsent = unsent.filter(calls.has);
      if (commands?.status === "ready" || commands?.status === "connect") commands.disconnect(true);
    },
  });

  const time = (): string => {
    if (!options.ownTime) return "";
    latest = Math.max(latest, Math.floor(clock.now()));
    return String(latest);
  };

  const send = async (connection: Connection, script: Script, batch: readonly Call[]): Promise<void> => {
    for (const call of batch) call.sent = true;
    try {
      const results = await script.run(connection, time(), batch);
      for (const [i, call] of batch.entries()) calls.resolve(call, results[i]);
    } catch (error) {
      if (!isUnsent(error)) return calls.reject(batch, failureOf(error));
      for (const call of batch) call.sent = false;
      unsent = [...batch.filter(calls.has), ...unsent];
    }
  };

  const flush = (): void => {
    planned = false;
    if (commands?.status !== "ready" || unsent.length === 0) return;
    if (admitted !== "yes") return admit(commands);
    const due = unsent.filter(calls.has);
    unsent = [];
    // Growing calls first, so that who looks in the same tick sees what they did.
    for (const batch of batches(due.filter(({ grows }) => grows === true))) void send(commands, grow, batch);
    for (const batch of batches(due.filter(({ grows }) => grows !== true))) void send(commands, work, batch);
  };

  const admit = (connection: Connection): void => {
    if (admitted === "asking") return;
    admitted = "asking";
    const refuse = (error: unknown): void => {
      // When the line broke, the next server is asked.
      if (!isReply(error) && !isGatewayError(error)) return;
      unsent = [];
      calls.rejectAll(isGatewayError(error) ? error : failureOf(error));
    };
    void ask(connection)
      .then(() => connection.status === "ready", refuse)
      .then((fine) => {
        admitted = fine === true ? "yes" : "no";
        if (fine === true) flush();
        // A line that has just broken may still call itself ready, and refuses at once: only after this tick does it learn of its end.
        else if (connection.status === "ready") setImmediate(flush);
      });
  };

  const ask = async (connection: Connection): Promise<void> => {
    const level = await levelOf(mastersOf(connection), hasSentinels(connection));
    if (level.unfit !== "") throw storeError("store.unavailable", `this server cannot be used: ${level.unfit}.`);
    const [found] = await work.run(connection, time(), [{ op: "layout", args: [options.layoutVersion] }]);
    if (Number(found) > options.layoutVersion) {
      const what = `what lies in the server is of version ${String(found)}, and this package knows ${options.layoutVersion}; update it.`;
      throw storeError("store.newer", what);
    }
    durable = level.durable;
    if (reaches(durable, options.wanted)) return;
    const kept = durable === "none" ? "nothing for certain" : "the death of a process only";
    const says = `what this server acknowledges survives ${kept}: ${level.reason}.`;
    if (options.strict)
      throw storeError("store.unavailable", `${says} Or ask for \`durable: "${durable}"\`, or for \`strict: false\`.`);
    if (says !== warned) log.warn({ store, durable }, `redis store: ${says}`);
    warned = says;
  };

  const dialUp = async (): Promise<void> => {
    const [first, second] = await Promise.all([dial(options), dial(options)]);
    connections = [first, second];
    commands = first;
    for (const connection of connections) {
      connection.on("error", (error: Error) => void (trouble = error.message));
      void connection.connect().catch(() => {});
    }
    first.on("ready", flush);
    first.on("close", () => void (admitted = "no"));
    second.on("ready", () => {
      // What was rung while nobody listened is made up for.
      const ringAll = (): void => bells.forEach((bell) => bell.ring());
      Promise.resolve(second.subscribe(`${prefix}wake`)).then(ringAll, () => {});
    });
    second.on("message", (_: string, text: string) => {
      const [queue = "", from] = text.split(" ");
      if (from !== sender) bells.get(queue)?.ring();
    });
  };

  return {
    closed: closing.signal,
    clock,
    get durable() {
      return durable;
    },
    call(request) {
      return new Promise((resolve, reject) => {
        if (closing.signal.aborted) return reject(storeError("store.closed", "closed; make a new store."));
        if (calls.size >= options.maxPending) {
          return reject(storeError("store.unavailable", `${calls.size} calls wait already; try again later.`));
        }
        const call = { ...request, at: clock.now(), sent: false, resolve, reject };
        unsent.push(call);
        calls.add(call);
        dialling ??= dialUp().catch((error: unknown) => {
          dialling = undefined;
          unsent = [];
          calls.rejectAll(storeError("options.invalid", `cannot connect: ${String(error)}`));
        });
        if (planned) return;
        planned = true;
        // A whole turn of the event loop: what others end in it goes along, and what they begin next.
        setImmediate(() => setImmediate(flush));
      });
    },
    bell(queue) {
      const bell = bells.get(queue) ?? createDoorbell(clock, closing.signal);
      bells.set(queue, bell);
      return bell;
    },
    async close() {
      flush();
      closing.abort();
      await dialling;
      await calls.drained();
      for (const connection of connections) connection.disconnect();
    },
  };
}
