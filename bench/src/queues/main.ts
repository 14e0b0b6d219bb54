import { cp, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { startPostgres, startRedis } from "@devflow/conformance/engines";
import { median, shown, table } from "../numbers.ts";
import { listener } from "../processes.ts";
import { dependenciesOf, install, pack } from "../stage.ts";
import { runContender, type Contender, type Outcome } from "./run.ts";

const { values: options } = parseArgs({
  options: {
    jobs: { type: "string", default: "20000" },
    keys: { type: "string", default: "500" },
    rounds: { type: "string", default: "1" },
    only: { type: "string", default: "" },
  },
});
const load = { jobs: Number(options.jobs), keys: Number(options.keys) };
const slow = { jobs: Math.min(load.jobs, 5000) };
const all: readonly Contender[] = [
  { name: "DevFlow on Postgres", driver: "ours", engine: "postgres" },
  { name: "pg-boss, key_strict_fifo", driver: "pg-boss", engine: "postgres", ...slow },
  { name: "graphile-worker, named queues", driver: "graphile-worker", engine: "postgres", ...slow },
  { name: "DevFlow on Redis", driver: "ours", engine: "redis" },
  { name: "BullMQ, 32 queues", driver: "bullmq", engine: "redis" },
];
const contenders = all.filter(({ name }) => name.includes(options.only));

const folder = await mkdtemp(join(tmpdir(), "devflow-queues-"));
try {
  const stage = join(folder, "stage");
  const tarballs = await pack(["packages/gateway", "packages/stores/postgres", "packages/stores/redis"], folder);
  await install(stage, [...tarballs, ...(await dependenciesOf("bench/queues/package.json"))]);
  await cp(join(import.meta.dirname, "../../queues"), stage, {
    recursive: true,
    filter: (path) => !path.endsWith("package.json"),
  });

  const outcomes = new Map<string, Outcome[]>();
  for (let round = 0; round < Number(options.rounds); round += 1) {
    for (const contender of contenders) {
      // A fresh engine for each, as it comes: both have everything on the disk before they answer.
      const engine = await (contender.engine === "postgres" ? startPostgres() : startRedis());
      try {
        const outcome = await runContender(stage, contender, engine.url(), listener(engine.port), load);
        console.error(contender.name, JSON.stringify(outcome));
        outcomes.set(contender.name, [...(outcomes.get(contender.name) ?? []), outcome]);
      } finally {
        await engine.remove();
      }
    }
  }
  const middle = (name: string, figure: keyof Outcome): number => median((outcomes.get(name) ?? []).map((one) => one[figure]));
  const rows = contenders.map(({ name, jobs = load.jobs }) => [
    name,
    shown(jobs),
    ...(["addedPerSecond", "addP50Ms", "addP99Ms", "jobsPerSecond", "cpuUs", "engineUs"] as const).map((figure) =>
      shown(middle(name, figure)),
    ),
    (["lost", "doubled", "disordered"] as const).map((figure) => middle(name, figure)).join(" / "),
  ]);
  const head = [
    "",
    "jobs",
    "added/s",
    "p50 ms",
    "p99 ms",
    "done/s",
    "CPU µs/job",
    "engine µs/job",
    "lost / doubled / out of order",
  ];
  console.log(table(head, rows));
  const ratio = (ours: string, theirs: string): string =>
    `${theirs}: ${(middle(ours, "jobsPerSecond") / middle(theirs, "jobsPerSecond")).toFixed(1)} ×`;
  if (options.only === "") {
    console.log("\nJobs done per second, DevFlow on the same engine ÷");
    for (const { name, engine } of contenders)
      if (!name.startsWith("DevFlow"))
        console.log(`- ${ratio(engine === "postgres" ? "DevFlow on Postgres" : "DevFlow on Redis", name)}`);
  }
} finally {
  await rm(folder, { recursive: true, force: true });
}
