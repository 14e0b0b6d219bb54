/**
 * Runs every test of a fault, on every engine of this machine, and prints a table of what it promises and what was seen.
 *
 *     pnpm run faults [--chaos 300] [--nightly] [--from report.json …] [test files…]
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
    /** JSON reports of runs there were, such as that of `DEVFLOW_TEST_REPORT`, to print instead of running anything. */
    from: { type: "string", multiple: true },
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

/** Statements of the stores that are about faults, and their numbers in the list. Other tests have theirs in the title. */
const statements: Readonly<Record<string, string>> = {
  "E-2": "2",
  "C-8": "15",
  "C-10": "15",
  "P-1": "15",
  "X-4": "15",
  "P-2": "16",
  "U-2": "17",
  "C-3": "19",
  "E-7": "19",
  "U-1": "19",
  "P-5": "20",
  "C-7": "22",
  "S-5": "22",
  "R-6": "28",
  "G-3": "30",
  "G-2": "31",
  "M-4": "39",
  "M-5": "39",
  "M-6": "39",
};
const faults = new RegExp(`\\breliability \\d|\\b(?:${Object.keys(statements).join("|")}) `);

/** Runs the tests; resolves to their report and the exit status. */
function run(): { readonly report: Report; readonly status: number } {
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
      ...(files.length > 0
        ? files
        : ["tests/test/core", "tests/test/faults", "packages/stores", "packages/gateway/test", "packages/adapters/http/test"]),
    ],
    {
      cwd: root,
      stdio: ["ignore", 2, 2],
      env: { ...process.env, DEVFLOW_CHAOS_S: options.chaos, ...(options.nightly ? { DEVFLOW_NIGHTLY: "1" } : {}) },
    },
  );
  const read = readReport(report);
  rmSync(folder, { recursive: true, force: true });
  return { report: read, status: status ?? 1 };
}

function readReport(path: string): Report {
  return JSON.parse(readFileSync(path, "utf8")) as Report;
}

const { reports, status } = options.from
  ? { reports: options.from.map(readReport), status: 0 }
  : (({ report, status: code }) => ({ reports: [report], status: code }))(run());

interface Row {
  readonly numbers: string;
  readonly what: string;
  readonly on: string;
  outcome: "held" | "skipped" | "**FAILED**";
  readonly seen: Set<string>;
  ms: number;
}
/** By what it says: a suite that runs twice on a store has one row. */
const rows = new Map<string, Row>();
for (const { name: file, assertionResults } of reports.flatMap(({ testResults }) => testResults)) {
  for (const { title, ancestorTitles, status: state, duration = 0, meta } of assertionResults) {
    if (!faults.test(title) || state === "pending") continue;
    const { numbers, what, why } = parsed(title, ancestorTitles);
    const on = placeOf(file, ancestorTitles);
    const key = `${numbers} ${what} ${on}`;
    const row = rows.get(key) ?? { numbers, what, on, outcome: "skipped", seen: new Set(), ms: 0 };
    rows.set(key, row);
    if (state === "failed") row.outcome = "**FAILED**";
    else if (state === "passed" && row.outcome === "skipped") row.outcome = "held";
    if (state === "skipped") row.seen.add(meta?.figure ?? why ?? "");
    else if (meta?.figure !== undefined) row.seen.add(meta.figure);
    row.ms += duration;
  }
}
console.log("| # | what must hold | on | outcome | seen, or why not | took |\n| --- | --- | --- | --- | --- | ---: |");
for (const { numbers, what, on, outcome, seen, ms } of [...rows.values()].toSorted(
  (a, b) => Number.parseInt(a.numbers) - Number.parseInt(b.numbers) || a.what.localeCompare(b.what) || a.on.localeCompare(b.on),
)) {
  const cells = [numbers, what, on, outcome, [...seen].join("; "), `${(ms / 1000).toFixed(1)} s`];
  console.log(`| ${cells.map((cell) => cell.replaceAll("|", "\\|").replaceAll("\n", " ")).join(" | ")} |`);
}
process.exitCode = status;

/** A title as the table shows it: its numbers, what it says, and why it was skipped if it says that too. */
function parsed(title: string, parents: readonly string[]): { numbers: string; what: string; why: string | undefined } {
  const skipped = / \(skipped: (.*)\)$/.exec(title);
  const plain = skipped ? title.slice(0, skipped.index) : title;
  const [, numbers, told] = /^reliability ([\d, ]*\d)\b[^:]*: (.*)$/s.exec(plain) ?? [];
  const wholeSuite = parents.map((parent) => /\((.*)\)$/.exec(parent)?.[1]).find((reason) => reason !== undefined);
  if (numbers !== undefined && told !== undefined) return { numbers, what: told, why: skipped?.[1] ?? wholeSuite };
  const [, id = "", reason, says = plain] = /^([A-Z]-\d+)(?: is not applicable \((.*)\):)? (.*)$/s.exec(plain) ?? [];
  return { numbers: statements[id] ?? "", what: `${says} (${id})`, why: reason ?? wholeSuite };
}

/** Which store or engine it was, or which part of the product where it is none. */
function placeOf(file: string, titles: readonly string[]): string {
  const named = /stores\/(\w+)\//.exec(file)?.[1] ?? /Postgres|Redis/.exec(titles.join(" "))?.[0].toLowerCase();
  if (named !== undefined) return named;
  const part = /packages\/(?:adapters\/)?([\w-]+)\//.exec(file)?.[1];
  return part ?? "gateway";
}
