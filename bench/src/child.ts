import { fork } from "node:child_process";
import { once } from "node:events";
import type { Ready } from "./subjects/protocol.ts";

/** A process that answers questions, one at a time. */
export interface Child {
  readonly port: number;
  ask<T>(question: object | string): Promise<T>;
  stop(): Promise<void>;
}

/** Starts a file as a process of its own; resolves when it is ready. */
export async function startChild(
  file: string,
  options: { readonly cwd?: string; readonly argument?: object; readonly flags?: readonly string[] } = {},
): Promise<Child> {
  const child = fork(file, options.argument ? [JSON.stringify(options.argument)] : [], {
    cwd: options.cwd ?? process.cwd(),
    execArgv: ["--no-warnings", ...(options.flags ?? [])],
    env: { ...process.env, NODE_ENV: "production" },
    stdio: ["ignore", 2, 2, "ipc"],
  });
  const ended = once(child, "exit");
  const broken = ended.then(([code]) => {
    throw new Error(`${file} ended with code ${String(code)} before it answered.`);
  });
  broken.catch(() => {});
  const answer = async <T>(): Promise<T> => {
    const [message] = (await Promise.race([once(child, "message"), broken])) as [T];
    return message;
  };
  const { port } = await answer<Ready>();
  return {
    port,
    async ask<T>(question: object | string) {
      const answered = answer<T>();
      child.send(question);
      return answered;
    },
    async stop() {
      if (child.connected) child.disconnect();
      const cancel = setTimeout(() => child.kill("SIGKILL"), 5_000);
      await ended;
      clearTimeout(cancel);
    },
  };
}
