import { join } from "node:path";
import { startChild, type Child } from "../child.ts";
import type { LoadOrder, LoadResult } from "../load.ts";
import { engineCpuUs } from "../processes.ts";
import type { Heard } from "../slack-api.ts";
import type { NodeSetup, NodeSpent } from "./node.ts";

/** What several gateways on one engine are given to do. */
export interface Plan {
  readonly processes: number;
  readonly conversations: number;
  readonly events: number;
  /** How long each handler waits. */
  readonly handlerMs?: number;
  /** Conversations that each process works on at once. */
  readonly concurrency?: number;
  /** Pace of the webhooks; as fast as they are answered unless set. */
  readonly perSecond?: number;
}

/** What a run showed. */
export interface Outcome {
  /** Answers that the platform had, per second, from the first webhook to the last answer. */
  readonly perSecond: number;
  /** From the webhook to the platform's having the answer. */
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Of all gateways, and of the engine, for one event with its answer. */
  readonly gatewayUs: number;
  readonly engineUs: number;
  /** Of one gateway. */
  readonly rssBytes: number;
  readonly lost: number;
  readonly doubled: number;
}

const warmUp = 4_000;
const patienceMs = 240_000;

/** Runs gateways on one engine against a load and an imitation of Slack, each in a process of its own. */
export async function runScale(engine: { readonly url: string; readonly pid: number }, plan: Plan): Promise<Outcome> {
  const children: Child[] = [];
  const start = async (file: string, argument?: NodeSetup): Promise<Child> => {
    const flags = ["--conditions=development"];
    const child = await startChild(join(import.meta.dirname, file), argument ? { argument, flags } : { flags });
    children.push(child);
    return child;
  };
  try {
    const api = await start("../slack-api.ts");
    const load = await start("../load.ts");
    const setup: NodeSetup = {
      url: engine.url,
      apiUrl: `http://127.0.0.1:${api.port}/api/`,
      handlerMs: plan.handlerMs ?? 0,
      concurrency: plan.concurrency ?? 256,
    };
    const nodes: Child[] = [];
    for (let index = 0; index < plan.processes; index += 1) nodes.push(await start("node.ts", setup));
    const ports = nodes.map(({ port }) => port);

    let from = 1;
    const send = async (
      count: number,
      conversations: number,
      perSecond?: number,
    ): Promise<{ load: LoadResult; heard: Heard }> => {
      const order: LoadOrder = {
        ports,
        from,
        count,
        conversations,
        concurrency: 64,
        ...(perSecond === undefined ? {} : { perSecond }),
      };
      from += count;
      const sent = await load.ask<LoadResult>(order);
      const until = Date.now() + patienceMs;
      for (;;) {
        const heard = await api.ask<Heard>("heard");
        if (heard.answered >= from - 1 || Date.now() > until) return { load: sent, heard };
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
    };
    const spent = async (): Promise<readonly NodeSpent[]> => Promise.all(nodes.map((node) => node.ask<NodeSpent>("spent")));

    await send(warmUp, Math.min(plan.conversations, 500));
    const first = from;
    const engineBefore = engineCpuUs(engine.pid);
    const before = await spent();
    const { load: sent, heard } = await send(plan.events, plan.conversations, plan.perSecond);
    const after = await spent();
    const engineUs = engineCpuUs(engine.pid) - engineBefore;
    const arrivals = new Map(heard.atUs.map(([number, atUs]) => [Number(number), atUs]));
    const waits = sent.dueUs.flatMap((dueUs, index) => (arrivals.get(first + index) ?? NaN) - dueUs).filter((wait) => wait >= 0);
    const sorted = Float64Array.from(waits).toSorted();
    const at = (share: number): number => (sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? NaN) / 1000;
    const lastUs = Math.max(...[...arrivals.values()].slice(-plan.events));
    const cpuUs = after.reduce((sum, node, index) => sum + node.cpuUs - (before[index]?.cpuUs ?? 0), 0);
    return {
      perSecond: (waits.length / (lastUs - (sent.dueUs[0] ?? 0))) * 1e6,
      p50Ms: at(0.5),
      p99Ms: at(0.99),
      gatewayUs: cpuUs / plan.events,
      engineUs: engineUs / plan.events,
      rssBytes: Math.max(...after.map(({ rssBytes }) => rssBytes)),
      lost: plan.events - waits.length,
      doubled: heard.posts - heard.answered,
    };
  } finally {
    await Promise.all(children.map((child) => child.stop()));
  }
}
