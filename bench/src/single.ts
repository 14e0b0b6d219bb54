import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { median } from "./numbers.ts";
import type { Stage } from "./stage.ts";

const run = promisify(execFile);

/** How long a fresh process takes to import modules, the median of several, in milliseconds. */
export async function coldImport(folder: string, modules: readonly string[], runs: number): Promise<number> {
  const script = [
    "const started = performance.now();",
    ...modules.map((name) => `await import(${JSON.stringify(name)});`),
    "console.log(performance.now() - started);",
  ].join("\n");
  const times: number[] = [];
  for (let index = 0; index < runs; index += 1) {
    const { stdout } = await run(process.execPath, ["--input-type=module", "--eval", script], { cwd: folder });
    times.push(Number(stdout));
  }
  return median(times);
}

/** Microseconds to turn Markdown into what Slack takes, by length. */
export interface FormatTimes {
  readonly name: string;
  readonly short: number;
  readonly paragraph: number;
  readonly report: number;
}

/** Times both ways of formatting. */
export async function formatTimes(stage: Stage): Promise<readonly FormatTimes[]> {
  const rows: FormatTimes[] = [];
  for (const [folder, file] of [
    [stage.ours, "src/subjects/format-gateway.ts"],
    [stage.peer, "peer/format.mjs"],
  ] as const) {
    const { stdout } = await run(process.execPath, ["--no-warnings", file], { cwd: folder });
    rows.push(
      ...stdout
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line) as FormatTimes),
    );
  }
  return rows;
}
