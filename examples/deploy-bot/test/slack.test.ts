import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { PretendGithub } from "../src/pretend/github.ts";
import { freePort } from "../src/pretend/port.ts";
import { start, type Running } from "./process.ts";
import type { Workspace } from "./workspace.ts";

const supported = Number(process.versions.node.split(".")[0]) >= 24;
const folder = mkdtempSync(join(tmpdir(), "devflow-deploy-bot-"));
let slack: Workspace;
let github: PretendGithub | undefined;
let bot: Running | undefined;
let count = 0;
/** Messages in the channel before this test. */
let before = 0;

beforeAll(async () => {
  if (supported) slack = await (await import("./workspace.ts")).openWorkspace();
});
afterEach(async () => {
  await bot?.end();
  await github?.close();
});
afterAll(async () => {
  await slack?.close();
  rmSync(folder, { recursive: true, force: true });
});

/** The bot on this Slack and a GitHub of its own. What it returns starts it again, as it was. */
async function open(options: {
  readonly paceMs?: number;
  readonly hurried?: boolean;
  readonly forgetful?: boolean;
}): Promise<() => Promise<Running>> {
  const made = await (await import("../src/pretend/github.ts")).startGithub("octo/api", options);
  github = made;
  before = (await slack.read()).length;
  const port = await freePort();
  const env = {
    ...slack.env,
    PORT: String(port),
    PUBLIC_URL: `http://127.0.0.1:${port}`,
    GITHUB_API_URL: made.url,
    GITHUB_TOKEN: made.token,
    GITHUB_WEBHOOK_SECRET: "a long random text",
    DEVFLOW_DB: join(folder, `${count++}.db`),
  };
  const begin = async (): Promise<Running> => (bot = await start("main.ts", env));
  await begin();
  return begin;
}

/** What stands in the thread of this test's message in the channel. */
async function thread(): Promise<readonly string[]> {
  const root = (await slack.read())[before];
  return root === undefined ? [] : (await slack.read(root.ts)).map(({ text }) => text.replace(/<[^|>]*\|([^>]*)>/g, "$1"));
}

const url = (): string => bot?.url ?? "";
const patience = { timeout: 30_000 };

describe.skipIf(!supported)("the bot in an emulated Slack (skipped below Node 24)", { timeout: 60_000 }, () => {
  it("follows a run in a thread of its message, retries once for two presses, and acts once on a command that comes twice", async () => {
    await open({ paceMs: 100 });
    expect(await slack.command(url(), "api production", "1.1.a")).toBe(200);
    expect(await slack.command(url(), "api production", "1.1.a")).toBe(200);
    await expect.poll(async () => (await thread()).length, patience).toBe(3);
    const failed = (await slack.read((await slack.read()).at(-1)?.ts)).at(-1);
    expect(failed?.blocks?.at(-1)?.type).toBe("actions");
    if (failed === undefined) return;
    const presses = ["U000000001", "U000000002"].map(async (by) => await slack.press(url(), failed, "Retry", by));
    expect(await Promise.all(presses)).toEqual([200, 200]);
    await expect.poll(async () => (await thread()).at(-1), patience).toContain("is done");
    expect(await thread()).toEqual([
      "Deploying *api* to *production*.",
      "Run 1001 is under way.",
      "Run 1001 has ended with *failure*: *api* to *production* is not done.",
      "Retrying what failed.",
      "Run 1001 is under way, attempt 2.",
      "Run 1001 has passed: *api* to *production* is done.",
    ]);
    expect(github?.dispatches()).toBe(1);
  });

  it("tells what it has missed of a run that is over before GitHub says its number", async () => {
    await open({ hurried: true, paceMs: 1_000 });
    await slack.command(url(), "api staging", "1.1.b");
    await expect.poll(async () => (await thread()).length, patience).toBe(2);
    expect(await thread()).toEqual(["Deploying *api* to *staging*.", "Run 1001 has passed: *api* to *staging* is done."]);
  });

  it("finds the run that it has asked for when the answer is lost, and asks for no second one", async () => {
    await open({ paceMs: 500, forgetful: true });
    await slack.command(url(), "api staging", "1.1.d");
    await expect.poll(async () => (await thread()).at(-1), patience).toContain("has passed");
    expect((await thread()).filter((line) => line.includes("has passed"))).toHaveLength(1);
    expect(github?.dispatches()).toBe(1);
  });

  it("goes on after kill -9: what GitHub could not deliver meanwhile is asked for again", async () => {
    const begin = await open({ paceMs: 1_000 });
    await slack.command(url(), "api staging", "1.1.c");
    await expect.poll(async () => (await thread()).length, patience).toBe(2);
    await bot?.end("SIGKILL");
    const run = `${github?.url}/repos/octo/api/actions/runs/1001`;
    const headers = { authorization: `token ${github?.token}` };
    const status = async (): Promise<unknown> => ((await (await fetch(run, { headers })).json()) as { status?: unknown }).status;
    await expect.poll(status, patience).toBe("completed");
    expect(await thread()).toHaveLength(2);
    await begin();
    await expect.poll(async () => (await thread()).at(-1), { timeout: 50_000 }).toContain("has passed");
    expect(await thread()).toHaveLength(3);
    expect(github?.dispatches()).toBe(1);
  });
});
