import { createGateway } from "@devflow/gateway";
import { serve } from "@devflow/gateway/node";
import { github } from "@devflow/github";
import { web } from "@devflow/web";
import { afterEach, describe, expect, it } from "vitest";
import { addDeployBot } from "../src/bot.ts";
import type { PretendGithub } from "../src/pretend/github.ts";
import { visit } from "./visitor.ts";

const supported = Number(process.versions.node.split(".")[0]) >= 24;
let hub: PretendGithub | undefined;
let close: (() => Promise<void>) | undefined;
afterEach(async () => {
  await close?.();
  await hub?.close();
});

describe.skipIf(!supported)("handlers that run again (skipped below Node 24)", { timeout: 60_000 }, () => {
  it("dispatch once, retry once and say each line once, although each dies at its end the first time", async () => {
    hub = await (await import("../src/pretend/github.ts")).startGithub("octo/api", { paceMs: 50 });
    const access = { apiUrl: hub.url, token: hub.token, webhookSecret: "a long random text", redeliverEveryMs: false } as const;
    const log = { debug() {}, info() {}, warn() {}, error() {} };
    const gateway = createGateway({
      adapters: [github({ ...access, webhooks: ["octo/api"] }), web()],
      inbox: { retryBaseMs: 20, retryCapMs: 50 },
      log,
    });
    let died = 0;
    gateway.use(async (c, next) => {
      await next();
      if (c.attempt > 1) return;
      died += 1;
      throw new Error("This process has died.");
    });
    addDeployBot(gateway, new Map([["api", { platform: "github", account: "default", room: "octo/api" }]]));
    const serving = await serve(gateway, { port: 0 });
    close = serving.close;
    const url = `http://localhost:${serving.port}`;
    await gateway.setup({ url });

    const ada = await visit(url);
    await ada.say("/deploy api production");
    await expect.poll(async () => (await ada.heard()).at(-1), { timeout: 20_000 }).toContain("[Retry]");
    await ada.press("Retry");
    await expect.poll(async () => (await ada.heard()).at(-1), { timeout: 20_000 }).toContain("is done");
    await gateway.drain();
    expect(await ada.heard()).toHaveLength(6);
    expect(hub.dispatches()).toBe(1);
    expect(died).toBeGreaterThan(6);
  });
});
