import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { beforeAll, describe, expect, it } from "vitest";

const supported = Number(process.versions.node.split(".")[0]) >= 24;
const demo = fileURLToPath(new URL("../src/demo.ts", import.meta.url));
let printed = "";
let complained = "";

beforeAll(async () => {
  if (!supported) return;
  const env = { PATH: process.env["PATH"] };
  const ended = await promisify(execFile)(process.execPath, ["--conditions=development", demo], { env, timeout: 60_000 });
  printed = ended.stdout;
  complained = ended.stderr;
}, 90_000);

/** What the demo has printed of one platform. */
const part = (name: string): string => printed.split(/^(?=\w+\n {2}Ada:)/m).find((one) => one.startsWith(`${name}\n`)) ?? "";

describe.skipIf(!supported)("the demo, as a newcomer starts it (skipped below Node 24)", () => {
  it.each([
    ["Slack", "*This thread:* It began with: The nightly build crashes.", "It looks like `bug`.", undefined],
    ["GitHub", "**Tokens are exposed:** The log shows", "I have labelled it `security`, `bug`.", "security, bug"],
    ["GitLab", "**The page is slow:** Latency of the start page", "I have labelled it `performance`.", "web, performance"],
    ["Jira", "*The export fails:* Since yesterday", "I have labelled it {{bug}}.", "web, bug"],
  ])("answers a mention in %s, once, and labels what can be labelled", (name, summary, verdict, labels) => {
    expect(part(name)).toContain(`Triage: ${summary}`);
    expect(part(name)).toContain(verdict);
    expect(part(name).split("Next:")).toHaveLength(2);
    expect(/Labels: (.*)/.exec(part(name))?.[1]).toBe(labels);
  });

  it("needs no credentials, and has nothing to complain of", () => {
    expect(complained).toBe("");
  });
});
