import { mkdtemp, rm, statfs } from "node:fs/promises";
import { cpus, release, tmpdir, totalmem } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { names, report, type Figures, type Series } from "./report.ts";
import { runScenario, type Plan, type System } from "./scenario.ts";
import { coldImport, formatTimes } from "./single.ts";
import { prepareStage } from "./stage.ts";

const { values: options } = parseArgs({
  options: {
    events: { type: "string", default: "20000" },
    rounds: { type: "string", default: "3" },
    idle: { type: "string", default: "100000" },
  },
});
const events = Number(options.events);
const rounds = Number(options.rounds);
const say = (line: string): void => console.error(line);

const folder = await mkdtemp(join(tmpdir(), "devflow-bench-"));
try {
  const stage = await prepareStage(folder, say);
  const floor: System = { name: names.floor, folder: stage.ours, subject: "src/subjects/floor.ts", store: "memory" };
  const peer: System = { name: names.peer, folder: stage.peer, subject: "peer/subject.mjs", store: "memory" };
  const memory: System = { name: names.memory, folder: stage.ours, subject: "src/subjects/gateway.ts", store: "memory" };
  const sqlite: System = { name: names.sqlite, folder: stage.ours, subject: "src/subjects/gateway.ts", store: "sqlite" };

  const inbound: Plan = { mode: "inbound", events, conversations: 500 };
  const reply: Plan = { mode: "reply", events, conversations: 500 };
  const plans: readonly (readonly [System, string, Plan])[] = [
    [floor, "inbound", inbound],
    [peer, "inbound", inbound],
    [memory, "inbound", inbound],
    [sqlite, "inbound", inbound],
    [peer, "reply", reply],
    [memory, "reply", reply],
    [sqlite, "reply", reply],
    [memory, "inbound, 10 routes", { ...inbound, routes: 10 }],
    [memory, "inbound, 10,000 routes", { ...inbound, routes: 10_000 }],
  ];
  // Round by round, so that what disturbs the machine for a while disturbs all of them.
  const series: Series[] = plans.map(([system, plan]) => ({ system: system.name, plan, samples: [] }));
  for (let round = 0; round < rounds; round += 1) {
    for (const [index, [system, name, plan]] of plans.entries()) {
      const sample = await runScenario(system, plan);
      say(`${round + 1}/${rounds} ${system.name}: ${name}: ${sample.cpuUs.toFixed(0)} µs ${sample.faults.join("; ")}`);
      const known = series[index];
      if (known) series[index] = { ...known, samples: [...known.samples, sample] };
    }
  }
  const conversations = Number(options.idle);
  say(`${conversations} conversations`);
  const idle = await runScenario(sqlite, { mode: "reply", events: conversations, conversations, memory: true });

  say("imports and formats");
  const figures: Figures = {
    environment: {
      node: process.version,
      platform: `${process.platform} ${release()} ${process.arch}`,
      processor: `${cpus().length} × ${cpus()[0]?.model ?? "?"}`,
      memory: totalmem(),
      // 0x01021994 is tmpfs: nothing there is ever synced, and FULL costs nothing.
      filesystem: `0x${(await statfs(folder)).type.toString(16)}`,
      events,
      rounds,
      peer: stage.peerPackages.join(" "),
    },
    series,
    formats: await formatTimes(stage),
    imports: {
      gateway: await coldImport(stage.ours, ["@devflow/gateway"], 21),
      "gateway + slack": await coldImport(stage.ours, ["@devflow/gateway", "@devflow/slack"], 21),
      "gateway + slack + sqlite": await coldImport(stage.ours, ["@devflow/gateway", "@devflow/slack", "@devflow/sqlite"], 21),
      "gateway + slack, with Slack's SDK loaded": await coldImport(
        stage.ours,
        ["@devflow/gateway", "@devflow/slack", "@slack/web-api"],
        21,
      ),
      peer: await coldImport(stage.peer, ["chat", "@chat-adapter/slack"], 21),
    },
    footprints: stage.footprints,
    idle: { conversations, sample: idle },
  };
  console.log(report(figures));
  console.log(`\n\`\`\`json\n${JSON.stringify(figures, undefined, 1)}\n\`\`\``);
} finally {
  await rm(folder, { recursive: true, force: true });
}
