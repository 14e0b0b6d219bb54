import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { engineCpuUs } from "../processes.ts";

/** One queue on one engine. */
export interface Contender {
  readonly name: string;
  /** File in the stage that drives it. */
  readonly driver: string;
  readonly engine: "postgres" | "redis";
  /** Jobs, where all of them would take too long. */
  readonly jobs?: number;
}

export interface Load {
  readonly jobs: number;
  readonly keys: number;
}

/** What one run showed. */
export interface Outcome {
  readonly addedPerSecond: number;
  readonly addP50Ms: number;
  readonly addP99Ms: number;
  readonly jobsPerSecond: number;
  /** Of all our processes, and of the engine, for adding and doing one job. */
  readonly cpuUs: number;
  readonly engineUs: number;
  readonly lost: number;
  readonly doubled: number;
  /** Jobs that began before the one ahead of them in their key had ended. */
  readonly disordered: number;
}

const inFlight = 64;
const workers = 2;
const concurrency = 16;
const patienceMs = 600_000;

type Runs = readonly (readonly [key: number, n: number, from: number, to: number])[];

/** Adds all jobs, then works them off with two processes. */
export async function runContender(stage: string, contender: Contender, url: string, pid: number, load: Load): Promise<Outcome> {
  const jobs = Math.ceil((contender.jobs ?? load.jobs) / load.keys) * load.keys;
  const start = (role: "produce" | "work"): ChildProcess =>
    fork(
      join(stage, "child.mjs"),
      [JSON.stringify({ driver: contender.driver, url, role, jobs, keys: load.keys, inFlight, concurrency })],
      {
        cwd: stage,
        execArgv: ["--no-warnings"],
        env: { ...process.env, NODE_ENV: "production" },
        stdio: ["ignore", 2, 2, "ipc"],
      },
    );
  const engineBefore = engineCpuUs(pid);
  const producer = start("produce");
  const [added] = (await once(producer, "message")) as [{ wallUs: number; cpuUs: number; p50Ms: number; p99Ms: number }];
  await end(producer);

  const children = Array.from({ length: workers }, () => start("work"));
  const done = new Map<ChildProcess, number>();
  const until = Date.now() + patienceMs;
  await new Promise<void>((resolve, reject) => {
    for (const child of children) {
      child.on("message", (message: { readonly done?: number }) => {
        if (message.done !== undefined) done.set(child, message.done);
        const sum = [...done.values()].reduce((total, one) => total + one, 0);
        if (sum >= jobs || Date.now() > until) resolve();
      });
      child.on("exit", (code) => reject(new Error(`${contender.name}: a worker ended with code ${code}.`)));
    }
  });
  const results = await Promise.all(
    children.map(async (child) => {
      child.removeAllListeners("message").removeAllListeners("exit").send("report");
      for (;;) {
        const [message] = (await once(child, "message")) as [{ readonly runs?: Runs; readonly cpuUs?: number }];
        if (message.runs) return { runs: message.runs, cpuUs: message.cpuUs ?? 0 };
      }
    }),
  );
  await Promise.all(children.map(end));
  const runs = results.flatMap((result) => result.runs);
  const span = Math.max(...runs.map(([, , , to]) => to)) - Math.min(...runs.map(([, , from]) => from));
  return {
    addedPerSecond: (jobs / added.wallUs) * 1e6,
    addP50Ms: added.p50Ms,
    addP99Ms: added.p99Ms,
    jobsPerSecond: (runs.length / span) * 1e6,
    cpuUs: (added.cpuUs + results.reduce((sum, { cpuUs }) => sum + cpuUs, 0)) / jobs,
    engineUs: (engineCpuUs(pid) - engineBefore) / jobs,
    ...check(runs, jobs),
  };
}

function check(runs: Runs, jobs: number): Pick<Outcome, "lost" | "doubled" | "disordered"> {
  const distinct = new Set(runs.map(([key, n]) => `${key}-${n}`)).size;
  let disordered = 0;
  for (const lane of Map.groupBy(runs, ([key]) => key).values()) {
    const sorted = lane.toSorted((a, b) => a[2] - b[2]);
    for (const [index, [, n, from]] of sorted.entries()) {
      const before = sorted[index - 1];
      if (before && (n < before[1] || from < before[3])) disordered += 1;
    }
  }
  return { lost: jobs - distinct, doubled: runs.length - distinct, disordered };
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  const ended = once(child, "exit");
  if (child.connected) child.disconnect();
  const late = setTimeout(() => child.kill("SIGKILL"), 10_000);
  await ended;
  clearTimeout(late);
}
