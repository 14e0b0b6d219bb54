import { median, megabytes, shown, table } from "./numbers.ts";
import type { Sample } from "./scenario.ts";
import type { FormatTimes } from "./single.ts";
import type { Footprint } from "./stage.ts";

/** Runs of one system under one plan. */
export interface Series {
  readonly system: string;
  readonly plan: string;
  readonly samples: readonly Sample[];
}

/** Everything that one command measured. */
export interface Figures {
  readonly environment: Readonly<Record<string, string | number>>;
  readonly series: readonly Series[];
  readonly formats: readonly FormatTimes[];
  /** Milliseconds. */
  readonly imports: Readonly<Record<string, number>>;
  readonly footprints: Readonly<Record<string, Footprint>>;
  readonly idle: { readonly conversations: number; readonly sample: Sample };
}

type Numbers = "cpuUs" | "perSecond" | "p50Ms" | "p99Ms" | "peakRssBytes";

/** The median of a figure; undefined when a run was void. */
function middle(series: Series | undefined, figure: Numbers): number | undefined {
  if (!series || series.samples.some(({ faults }) => faults.length > 0)) return undefined;
  return median(series.samples.map((sample) => sample[figure]));
}

/** The figures as Markdown: ratios first, since they say most about another machine. */
export function report(figures: Figures): string {
  const find = (system: string, plan: string): Series | undefined =>
    figures.series.find((one) => one.system === system && one.plan === plan);
  const ratio = (above: number | undefined, below: number | undefined): string =>
    above === undefined || below === undefined ? "void" : `${(above / below).toFixed(2)} ×`;
  const { peer, sqlite, memory, floor } = names;
  const cpu = (system: string, plan: string): number | undefined => middle(find(system, plan), "cpuUs");
  const rate = (system: string, plan: string): number | undefined => middle(find(system, plan), "perSecond");
  const { imports, footprints, idle } = figures;

  const ratios = table(
    ["Chat SDK in memory ÷ DevFlow", "memory", "SQLite, `FULL`"],
    [
      [
        "Processor time of an inbound message",
        ...[memory, sqlite].map((one) => ratio(cpu(peer, "inbound"), cpu(one, "inbound"))),
      ],
      ["Processor time of a message answered", ...[memory, sqlite].map((one) => ratio(cpu(peer, "reply"), cpu(one, "reply")))],
      [
        "Answers per second (DevFlow ÷ Chat SDK)",
        ...[memory, sqlite].map((one) => ratio(rate(one, "reply"), rate(peer, "reply"))),
      ],
      [
        "Processor time over the floor (DevFlow ÷ floor)",
        ...[memory, sqlite].map((one) => ratio(cpu(one, "inbound"), cpu(floor, "inbound"))),
      ],
      ["Import of a fresh process", ratio(imports["peer"], imports["gateway + slack"]), ""],
      ["Packages installed", ratio(footprints["peer"]?.packages, footprints["gateway + slack"]?.packages), ""],
    ],
  );
  const runs = table(
    ["", "CPU µs/event", "events/s", "ack p50 ms", "ack p99 ms", "peak RSS"],
    figures.series.map((series) => {
      const cells = (["cpuUs", "perSecond", "p50Ms", "p99Ms"] as const).map((figure) => middle(series, figure));
      const peak = middle(series, "peakRssBytes");
      const [fault] = series.samples.flatMap(({ faults }) => faults);
      return [
        `${series.system}: ${series.plan}`,
        ...cells.map((cell) => (cell === undefined ? "void" : shown(cell))),
        peak === undefined ? (fault ?? "void") : megabytes(peak),
      ];
    }),
  );
  const formats = table(
    ["Markdown to Slack, CPU µs", "56 characters", "320", "6,000"],
    figures.formats.map(({ name, short, paragraph, report: long }) => [name, shown(short), shown(paragraph), shown(long)]),
  );
  const cold = table(
    ["Import in a fresh process", "ms"],
    Object.entries(imports).map(([name, ms]) => [name, shown(ms)]),
  );
  const installed = table(
    ["`npm install`", "packages", "bytes"],
    Object.entries(footprints).map(([name, { packages, bytes }]) => [name, shown(packages), megabytes(bytes)]),
  );
  const { sample, conversations } = idle;
  const resting =
    sample.faults.length > 0
      ? `void: ${sample.faults.join("; ")}`
      : `${megabytes(sample.grownHeapBytes ?? NaN)} of heap and buffers, ${megabytes(sample.grownRssBytes ?? NaN)} of resident memory`;
  return [
    ratios,
    runs,
    formats,
    cold,
    installed,
    `${conversations.toLocaleString("en")} conversations with one answered message each, at rest, SQLite: ${resting}.`,
  ].join("\n\n");
}

/** What the systems are called. */
export const names = {
  floor: "floor (node:http, HMAC, JSON.parse)",
  peer: "Chat SDK, memory",
  memory: "DevFlow, memory",
  sqlite: "DevFlow, SQLite FULL",
} as const;
