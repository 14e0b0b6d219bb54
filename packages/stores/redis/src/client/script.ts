import { createHash } from "node:crypto";
import { isReply } from "./failure.ts";
import type { Connection } from "./link.ts";

/** What a script takes. */
export type Arg = string | number | Buffer;

/** A queue as the script is told of it. */
export interface QueueSpec {
  readonly name: string;
  readonly text: string;
}

/** One call of the script. */
export interface Request {
  readonly op: string;
  /** The queue it is about, then others that it touches. */
  readonly queues?: readonly QueueSpec[];
  readonly args?: readonly Arg[];
  /** True when it needs memory, so that a server that has none left refuses it. */
  readonly grows?: boolean;
}

/** A script that works through many calls at once. */
export interface Script {
  run(connection: Connection, time: string, calls: readonly Request[]): Promise<readonly unknown[]>;
}

export function createScript(text: string, prefix: string, sender: string): Script {
  const sha = createHash("sha1").update(text).digest("hex");
  return {
    async run(connection, time, calls) {
      const queues = new Map<string, string>();
      const own: Arg[] = [];
      for (const { op, queues: used = [], args = [] } of calls) {
        for (const { name, text: spec } of used) queues.set(name, spec);
        own.push(op, used[0]?.name ?? "", args.length);
        for (const arg of args) own.push(arg);
      }
      const args: Arg[] = [sha, 1, prefix, time, sender, queues.size, ...queues.values()];
      for (const arg of own) args.push(arg);
      try {
        return (await connection.callBuffer("evalsha", args)) as readonly unknown[];
      } catch (error) {
        // A server that was restarted, or another one, does not know it yet. It has done nothing.
        if (!isReply(error) || !String(error).includes("NOSCRIPT")) throw error;
        return (await connection.callBuffer("eval", [text, ...args.slice(1)])) as readonly unknown[];
      }
    },
  };
}

const maxCalls = 256;
const maxArgs = 16_384;

/** Cuts calls into lots that do not keep the server from others for long. */
export function* batches<T extends Request>(calls: readonly T[]): Generator<readonly T[]> {
  let from = 0;
  let args = 0;
  for (const [i, call] of calls.entries()) {
    const more = call.args?.length ?? 0;
    if (i > from && (i - from >= maxCalls || args + more > maxArgs)) {
      yield calls.slice(from, i);
      from = i;
      args = 0;
    }
    args += more;
  }
  if (from < calls.length) yield calls.slice(from);
}
