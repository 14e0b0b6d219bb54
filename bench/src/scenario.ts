import { mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import { startChild, type Child } from "./child.ts";
import type { LoadOrder, LoadResult } from "./load.ts";
import type { Heard } from "./slack-api.ts";
import type { Memory, Request, Setup, Spent } from "./subjects/protocol.ts";

/** Something that receives webhooks. */
export interface System {
  readonly name: string;
  /** Folder in which its packages are installed. */
  readonly folder: string;
  /** Its file, from the folder. */
  readonly subject: string;
  readonly store: Setup["store"];
}

/** A run of one system. */
export interface Plan {
  readonly mode: Setup["mode"];
  readonly events: number;
  readonly conversations: number;
  readonly routes?: number;
  /** Measure memory before and after. */
  readonly memory?: boolean;
}

/** What one run showed. */
export interface Sample {
  readonly cpuUs: number;
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly peakRssBytes: number;
  readonly grownHeapBytes?: number;
  readonly grownRssBytes?: number;
  /** What was missing; a sample with faults is no sample. */
  readonly faults: readonly string[];
}

const concurrency = 64;
/** Events before the measurement. The heap of a process takes longer to find its size than its code does. */
const warmUpOf = (plan: Plan): number => (plan.memory ? 20_000 : 10_000);
const timeoutMs = 300_000;
/** Flags of Node for the systems under test, such as `--cpu-prof`. */
const profiling = (process.env["BENCH_NODE_FLAGS"] ?? "").split(" ").filter((flag) => flag !== "");

/** Runs a system in a process of its own, against a load generator and an imitation of Slack in theirs. */
export async function runScenario(system: System, plan: Plan): Promise<Sample> {
  const scratch = await mkdtemp(join(system.folder, "run-"));
  const children: Child[] = [];
  const start = async (...args: Parameters<typeof startChild>): Promise<Child> => {
    const child = await startChild(...args);
    children.push(child);
    return child;
  };
  try {
    const api = await start(join(import.meta.dirname, "slack-api.ts"));
    const setup: Setup = {
      mode: plan.mode,
      store: system.store,
      file: join(scratch, "bench.db"),
      apiUrl: `http://127.0.0.1:${api.port}/api/`,
      routes: plan.routes ?? 1,
    };
    const subject = await start(join(system.folder, system.subject), {
      cwd: system.folder,
      argument: setup,
      flags: [...(plan.memory ? ["--expose-gc"] : []), ...profiling],
    });
    const load = await start(join(import.meta.dirname, "load.ts"));

    let from = 1;
    const send = async (
      count: number,
      conversations: number,
    ): Promise<Omit<Sample, "faults"> & { load: LoadResult; spent: Spent }> => {
      const order: LoadOrder = { ports: [subject.port], from, count, conversations, concurrency };
      from += count;
      const spending = subject.ask<Spent>({ type: "expect", count, timeoutMs } satisfies Request);
      const began = load.ask<LoadResult>(order);
      const [result, spent] = await Promise.all([began, spending]);
      return {
        load: result,
        spent,
        cpuUs: spent.cpuUs / count,
        perSecond: (count / spent.wallMs) * 1000,
        p50Ms: result.p50Ms,
        p99Ms: result.p99Ms,
        peakRssBytes: spent.peakRssBytes,
      };
    };
    const weigh = (): Promise<Memory> => subject.ask<Memory>({ type: "memory" } satisfies Request);

    await send(warmUpOf(plan), 500);
    const before = plan.memory ? await weigh() : undefined;
    const { load: loaded, spent, ...figures } = await send(plan.events, plan.conversations);
    const after = plan.memory ? await weigh() : undefined;
    const heard = await api.ask<Heard>("heard");
    return {
      ...figures,
      ...(before && after
        ? { grownHeapBytes: after.heapBytes - before.heapBytes, grownRssBytes: after.rssBytes - before.rssBytes }
        : {}),
      faults: faultsOf(plan, loaded, spent, heard),
    };
  } finally {
    await Promise.all(children.map((child) => child.stop()));
    await rm(scratch, { recursive: true, force: true });
  }
}

function faultsOf(plan: Plan, load: LoadResult, spent: Spent, heard: Heard): readonly string[] {
  const faults: string[] = [];
  const accepted = load.statuses[200] ?? 0;
  if (accepted !== plan.events) faults.push(`${plan.events - accepted} of ${plan.events} requests were not answered 200`);
  if (spent.handled !== plan.events) faults.push(`${spent.handled} of ${plan.events} messages were handled`);
  const expected = plan.mode === "reply" ? warmUpOf(plan) + plan.events : 0;
  if (heard.answered !== expected) faults.push(`${heard.answered} of ${expected} messages were answered`);
  if (heard.posts !== heard.answered) faults.push(`${heard.posts - heard.answered} answers were posted twice`);
  return faults;
}
