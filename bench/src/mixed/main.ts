import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { startChild, type Child } from "../child.ts";
import type { LoadOrder, LoadResult } from "../load.ts";
import { shown, table } from "../numbers.ts";
import type { Request, Setup, Spent } from "../subjects/protocol.ts";
import type { Mix } from "./webhooks.ts";

const { values: options } = parseArgs({
  options: {
    perMinute: { type: "string", default: "10000" },
    seconds: { type: "string", default: "60" },
    rounds: { type: "string", default: "3" },
    events: { type: "string", default: "10000" },
  },
});
const folder = await mkdtemp(join(tmpdir(), "devflow-work-"));
const rows: string[][] = [];

/** Sends webhooks of a mix to a fresh system, at a pace or as fast as it answers. */
async function measure(what: string, system: "subject" | "floor", mix: Mix, count: number, perSecond?: number): Promise<void> {
  const children: Child[] = [];
  const start = async (...args: Parameters<typeof startChild>): Promise<Child> => {
    const child = await startChild(...args);
    children.push(child);
    return child;
  };
  try {
    const here = (file: string): string => join(import.meta.dirname, file);
    const api = await start(here("../slack-api.ts"));
    const file = join(folder, `${rows.length}.db`);
    const setup: Setup = { mode: "inbound", store: "sqlite", file, apiUrl: `http://127.0.0.1:${api.port}/api/`, routes: 1 };
    const subject = await start(here(`${system}.ts`), { argument: setup, flags: ["--conditions=development"] });
    const load = await start(here("../load.ts"), { flags: ["--conditions=development"] });
    let from = 1;
    const send = async (events: number, pace?: number): Promise<{ load: LoadResult; spent: Spent }> => {
      const order: LoadOrder = {
        ports: [subject.port],
        from,
        count: events,
        conversations: 500,
        concurrency: 64,
        mix,
        ...(pace === undefined ? {} : { perSecond: pace }),
      };
      from += events;
      const spending = subject.ask<Spent>({ type: "expect", count: events, timeoutMs: 300_000 } satisfies Request);
      const sent = await load.ask<LoadResult>(order);
      return { load: sent, spent: await spending };
    };
    await send(4000);
    const { load: sent, spent } = await send(count, perSecond);
    const lost = count - spent.handled;
    rows.push([
      what,
      shown(sent.bytes / count / 1000),
      ...[(count / spent.wallMs) * 1000, sent.p50Ms, sent.p99Ms, spent.cpuUs / count, spent.cpuUs / (sent.bytes / 1000)].map(
        shown,
      ),
      `${count - (sent.statuses[200] ?? 0) - (sent.statuses[202] ?? 0) - (sent.statuses[204] ?? 0)} / ${lost}`,
    ]);
    console.error(rows.at(-1)?.join(" | "));
  } finally {
    await Promise.all(children.map((child) => child.stop()));
  }
}

try {
  const perSecond = Number(options.perMinute) / 60;
  const mixed = Math.round(perSecond * Number(options.seconds));
  // In turn, because the disk that both wait for may serve others too.
  for (let round = 1; round <= Number(options.rounds); round += 1) {
    await measure(`four platforms, at a pace: floor, round ${round}`, "floor", "mixed", mixed, perSecond);
    await measure(`four platforms, at a pace: gateway, round ${round}`, "subject", "mixed", mixed, perSecond);
  }
  const events = Number(options.events);
  await measure("Slack, as fast as it goes", "subject", "slack", events);
  for (const bytes of [11_000, 25_000, 100_000] as const)
    await measure(`GitHub, as fast as it goes`, "subject", `github ${bytes}`, events);
  console.log(table(["", "kB", "events/s", "ack p50 ms", "ack p99 ms", "CPU µs/event", "CPU µs/kB", "refused / lost"], rows));
} finally {
  await rm(folder, { recursive: true, force: true });
}
