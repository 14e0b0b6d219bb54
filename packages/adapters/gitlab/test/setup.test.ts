import { describe, expect, it } from "vitest";
import { onBench, signingSecret, world } from "./support/index.ts";

const url = "https://bot.example/";
const target = "https://bot.example/webhooks/gitlab";

describe("setup", () => {
  it("installs a webhook with both sorts of secret, and does not touch one that is right", async () => {
    await onBench(
      { projects: ["group/app"], groups: ["group"], webhookSecret: [signingSecret, "plain"] },
      async ({ adapter, context, server, emulator }) => {
        const lines = await adapter.setup?.setup({ url, commands: [] }, context);
        expect(lines).toEqual([
          `group/app has a webhook now: ${target}.`,
          expect.stringContaining("group has its webhook brought up to date"),
        ]);
        const body = JSON.parse(server.calls.find(({ method }) => method === "POST")?.body ?? "{}") as object;
        expect(body).toMatchObject({
          url: target,
          token: "plain",
          signing_token: signingSecret,
          note_events: true,
          confidential_issues_events: true,
          enable_ssl_verification: true,
        });
        expect(JSON.parse(server.calls.at(-1)?.body ?? "{}")).toMatchObject({ member_events: true });
        expect(emulator.state.hooks).toHaveLength(1);
        const before = server.calls.length;
        expect(await adapter.setup?.setup({ url, commands: [] }, context)).toEqual([
          `group/app has its webhook already: ${target}.`,
          `group has its webhook already: ${target}.`,
        ]);
        expect(server.calls.slice(before).every(({ method }) => method === "GET")).toBe(true);
      },
    );
  });

  it("writes again when a secret has changed, and when somebody switched an event off", async () => {
    await onBench({ projects: ["group/app"] }, async ({ adapter, context, emulator }) => {
      const run = async (secret: string) =>
        (
          await adapter.setup?.setup(
            { url, commands: [] },
            { ...context, secret: world({ secrets: { TOKEN: "glpat-1", WEBHOOK_SECRET: secret } }).secret },
          )
        )?.[0];
      expect(await run("one-secret")).toContain("has a webhook now");
      expect(await run("one-secret")).toContain("already");
      expect(await run("two-secret")).toContain("brought up to date");
      Object.assign(emulator.state.hooks[0] ?? {}, { note_events: false });
      expect(await run("two-secret")).toContain("brought up to date");
    });
  });

  it("wakes a webhook that GitLab does not call any more", async () => {
    await onBench({ projects: ["group/app"] }, async ({ adapter, context, emulator }) => {
      await adapter.setup?.setup({ url, commands: [] }, context);
      Object.assign(emulator.state.hooks[0] ?? {}, { alert_status: "disabled" });
      const lines = await adapter.setup?.setup({ url, commands: [] }, context);
      expect(lines?.[1]).toBe("group/app: the webhook was disabled; a test has woken it.");
      expect(emulator.state.hooks[0]?.["alert_status"]).toBe("executable");
    });
  });

  it("says when an instance does not sign", async () => {
    await onBench({ projects: ["group/app"] }, async ({ adapter, context, server, emulator }) => {
      server.behave((call) => {
        const answer = emulator.respond(call);
        const { signing_token_present: _, ...rest } = (answer.body ?? {}) as Record<string, unknown>;
        return call.method === "POST" ? { ...answer, body: rest } : answer;
      });
      const lines = await adapter.setup?.setup({ url, commands: [] }, context);
      expect(lines?.[1]).toContain("does not sign");
    });
  });

  it("changes nothing without a secret, an address, or a project", async () => {
    const context = world({ secrets: { TOKEN: "glpat-1" } });
    await onBench(
      { projects: ["group/app"] },
      async ({ adapter, server }) => {
        await expect(adapter.setup?.setup({ url, commands: [] }, context)).rejects.toMatchObject({ code: "secret.missing" });
        expect((await adapter.setup?.setup({ commands: [] }, context))?.[0]).toContain("no public address");
        expect(server.calls).toEqual([]);
      },
      context,
    );
    await onBench(
      {},
      async ({ adapter, server }) => {
        expect((await adapter.setup?.setup({ url, commands: [] }, context))?.[0]).toContain(target);
        expect(server.calls).toEqual([]);
      },
      context,
    );
  });
});
