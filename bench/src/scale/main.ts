import { parseArgs } from "node:util";
import { startPostgres, startRedis } from "@devflow/conformance/engines";
import { megabytes, shown, table } from "../numbers.ts";
import { listener } from "../processes.ts";
import { backlogTimes } from "./backlog.ts";
import { runScale, type Outcome, type Plan } from "./run.ts";

const { values: options } = parseArgs({
  options: {
    events: { type: "string", default: "10000" },
    conversations: { type: "string", default: "100,10000,1000000" },
    backlog: { type: "string", default: "1000,100000,1000000" },
    engine: { type: "string", default: "redis,postgres" },
  },
});
const events = Number(options.events);
const counted = (processes: number): string => (processes === 1 ? "1 process" : `${processes} processes`);
const list = (text: string): readonly number[] => text.split(",").map(Number);
const engines = { redis: startRedis, postgres: startPostgres } as const;

for (const name of options.engine.split(",") as readonly (keyof typeof engines)[]) {
  const engine = await engines[name]();
  try {
    const target = { url: engine.url(), pid: listener(engine.port) };
    const rows: string[][] = [];
    const run = async (what: string, plan: Plan): Promise<Outcome> => {
      const outcome = await runScale(target, plan);
      console.error(name, what, JSON.stringify(outcome));
      rows.push([
        what,
        ...[outcome.perSecond, outcome.p50Ms, outcome.p99Ms, outcome.gatewayUs, outcome.engineUs].map(shown),
        megabytes(outcome.rssBytes),
        `${outcome.lost} / ${outcome.doubled}`,
      ]);
      return outcome;
    };
    const fast: number[] = [];
    for (const processes of [1, 2, 4]) {
      const outcome = await run(`${counted(processes)}, handlers at once`, { processes, conversations: 500, events });
      fast.push(outcome.perSecond);
    }
    // A handler that waits, as most do: 32 conversations at once for each process, and a quarter of a second for each answer.
    const waiting = { handlerMs: 250, concurrency: 32, conversations: 500, events: Math.ceil(events / 5) };
    const slow: number[] = [];
    for (const processes of [1, 2, 4])
      slow.push((await run(`${counted(processes)}, handlers wait 250 ms`, { ...waiting, processes })).perSecond);
    for (const conversations of list(options.conversations))
      await run(`2 processes, ${conversations.toLocaleString("en")} conversations`, {
        processes: 2,
        conversations,
        events: Math.max(events, Math.min(conversations, 100_000)),
      });
    const half = Math.floor((fast[1] ?? 0) / 2);
    await run(`2 processes at ${shown(half)} a second`, { processes: 2, conversations: 500, events, perSecond: half });

    console.log(`\n## ${name}\n`);
    console.log(table(["", "answers/s", "p50 ms", "p99 ms", "gateway µs", "engine µs", "RSS of one", "lost / doubled"], rows));
    const gain = (values: readonly number[]): string =>
      values.map((one) => `${(one / (values[0] ?? 1)).toFixed(2)} ×`).join(", ");
    console.log(`\nAnswers per second with 1, 2, 4 processes: ${gain(fast)}; with handlers that wait: ${gain(slow)}.\n`);
    console.log(await backlogTimes(target.url, list(options.backlog)));
  } finally {
    await engine.remove();
  }
}
