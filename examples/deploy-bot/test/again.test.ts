import { createGateway } from "@devflow/gateway";
import { serve } from "@devflow/gateway/node";
import { github } from "@devflow/github";
import { web } from "@devflow/web";
import { afterEach, describe, expect, it } from "vitest";
import { addDeployBot } from "../src/bot.ts";
import type { PretendGithub } from "../src/pretend/github.ts";
import { visit, type Visitor } from "./visitor.ts";

const supported = Number(process.versions.node.split(".")[0]) >= 24;
let hub: PretendGithub | undefined;
let close: (() => Promise<void>) | undefined;
afterEach(async () => {
  await close?.();
  await hub?.close();
});

/**
 * The bot in this process, with somebody at its page. `attempts`: how often a handler has come to its end, by which number.
 * `refuses`: how many retries GitHub refuses.
 */
async function open(dies: boolean, refuses = 0): Promise<{ ada: Visitor; attempts: number[]; drain(): Promise<void> }> {
  hub = await (await import("../src/pretend/github.ts")).startGithub("octo/api", { paceMs: 50 });
  const access = { apiUrl: hub.url, token: hub.token, webhookSecret: "a long random text", redeliverEveryMs: false } as const;
  const gateway = createGateway({
    adapters: [github({ ...access, webhooks: ["octo/api"] }), web()],
    inbox: { retryBaseMs: 20, retryCapMs: 50 },
    log: { debug() {}, info() {}, warn() {}, error() {} },
    fetch: async (input, init) =>
      String(input instanceof Request ? input.url : input).endsWith("/rerun-failed-jobs") && refuses-- > 0
        ? Response.json({ message: "Not now." }, { status: 403 })
        : await fetch(input, init),
  });
  const attempts: number[] = [];
  gateway.use(async (c, next) => {
    await next();
    attempts.push(c.attempt);
    if (dies && c.attempt === 1) throw new Error("This process has died.");
  });
  const at = (room: string) => ({ platform: "github", account: "default", room });
  addDeployBot(
    gateway,
    new Map([
      ["api", at("octo/api")],
      ["none", at("octo/none")],
    ]),
  );
  const serving = await serve(gateway, { port: 0 });
  close = serving.close;
  const url = `http://localhost:${serving.port}`;
  await gateway.setup({ url });
  return { ada: await visit(url), attempts, drain: async () => await gateway.drain() };
}

describe.skipIf(!supported)("the bot's handlers (skipped below Node 24)", { timeout: 60_000 }, () => {
  it("dispatch once, retry once and say each line once, although each dies at its end the first time", async () => {
    const { ada, attempts, drain } = await open(true);
    await ada.say("/deploy api production");
    await expect.poll(async () => (await ada.heard()).at(-1), { timeout: 20_000 }).toContain("[Retry]");
    await ada.press("Retry");
    await expect.poll(async () => (await ada.heard()).at(-1), { timeout: 20_000 }).toContain("is done");
    await drain();
    expect(await ada.heard()).toHaveLength(6);
    expect(hub?.dispatches()).toBe(1);
    expect(attempts.filter((one) => one === 2).length).toBeGreaterThan(6);
  });

  it("retry when somebody presses again after GitHub has refused to", async () => {
    const { ada } = await open(false, 1);
    await ada.say("/deploy api production");
    await expect.poll(async () => (await ada.heard()).at(-1), { timeout: 20_000 }).toContain("[Retry]");
    await ada.press("Retry");
    await expect.poll(async () => (await ada.heard()).at(-1), { timeout: 20_000 }).toContain("Not now.");
    await ada.press("Retry");
    await expect.poll(async () => (await ada.heard()).at(-1), { timeout: 20_000 }).toContain("is done");
  });

  it("say why GitHub refuses, once", async () => {
    const { ada, attempts, drain } = await open(false);
    await ada.say("/deploy none staging");
    await expect.poll(async () => (await ada.heard()).length, { timeout: 20_000 }).toBe(2);
    await drain();
    expect((await ada.heard())[1]).toMatch(/^That did not work\. github: .*\b404\b/);
    expect(attempts.filter((one) => one > 1)).toEqual([]);
  });
});
