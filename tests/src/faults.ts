/**
 * Runs every test of a fault, on every engine of this machine, and prints a table of what it promises and what was seen.
 *
 *     pnpm run faults [--chaos 300] [--nightly] [test files…]
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";

const { values: options, positionals: files } = parseArgs({
  allowPositionals: true,
  options: {
    /** Seconds of chaos on each engine. */
    chaos: { type: "string", default: "300" },
    /** Ten times as many kills, cuts and storms. */
    nightly: { type: "boolean", default: false },
  },
});

interface Report {
  readonly testResults: readonly {
    readonly name: string;
    readonly assertionResults: readonly {
      readonly title: string;
      readonly ancestorTitles: readonly string[];
      readonly status: string;
      readonly duration?: number;
      readonly meta?: { readonly figure?: string };
    }[];
  }[];
}

/** Tests of the list of faults are numbered; those of the stores' statements that are about faults are listed here. */
const faults = /\breliability \d|\b(?:C-10|C-8|E-7|G-3|M-4|M-5|M-6|P-1|P-2|P-5|U-1|U-2|X-4)\b/;

const folder = mkdtempSync(join(tmpdir(), "devflow-faults-"));
const root = join(import.meta.dirname, "../..");
const report = join(folder, "report.json");
const { status } = spawnSync(
  process.execPath,
  [
    join(root, "node_modules/vitest/vitest.mjs"),
    "run",
    "--reporter=default",
    "--reporter=json",
    `--outputFile.json=${report}`,
    "--testNamePattern",
    faults.source,
    ...(files.length > 0 ? files : ["tests/test/core", "tests/test/faults", "packages/stores"]),
  ],
  {
    cwd: root,
    stdio: ["ignore", 2, 2],
    env: { ...process.env, DEVFLOW_CHAOS_S: options.chaos, ...(options.nightly ? { DEVFLOW_NIGHTLY: "1" } : {}) },
  },
);

const { testResults } = JSON.parse(readFileSync(report, "utf8")) as Report;
rmSync(folder, { recursive: true, force: true });
const rows = testResults
  .flatMap(({ name, assertionResults }) =>
    assertionResults.map((test) => ({ ...test, place: placeOf(name, test.ancestorTitles) })),
  )
  .filter(({ title, status: outcome }) => faults.test(title) && outcome !== "pending")
  .map(({ title, place, status: outcome, duration = 0, meta }) => [
    escaped(title),
    place,
    outcome === "passed" ? "held" : outcome === "skipped" ? "skipped" : "**FAILED**",
    escaped(meta?.figure ?? ""),
    `${(duration / 1000).toFixed(1)} s`,
  ]);
console.log(["| what must hold | where | outcome | seen | took |", "| --- | --- | --- | --- | ---: |"].join("\n"));
for (const row of rows.toSorted(([a = ""], [b = ""]) => numberOf(a) - numberOf(b) || a.localeCompare(b)))
  console.log(`| ${row.join(" | ")} |`);
process.exitCode = status ?? 1;

function placeOf(file: string, titles: readonly string[]): string {
  const store = /stores\/(\w+)\//.exec(file)?.[1];
  return store ?? escaped(titles[0] ?? "core");
}

function numberOf(title: string): number {
  return Number(/reliability (\d+)/.exec(title)?.[1] ?? 100);
}

function escaped(text: string): string {
  return text.replaceAll("|", "\\|");
}
