import { scriptedServer, type HttpAnswer, type HttpCall, type ScriptedServer } from "@devflow/conformance";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { github, type GithubOptions } from "../src/index.ts";
import { webhookEvents } from "../src/normalize/index.ts";
import { privateKey, webhookSecret, world } from "./support/index.ts";

let server: ScriptedServer;
let answers: Record<string, (call: HttpCall) => HttpAnswer> = {};
beforeEach(async () => {
  answers = {};
  server = await scriptedServer((call) => answers[`${call.method} ${call.url.split("?")[0]}`]?.(call) ?? { body: {} });
});
afterEach(async () => await server.close());

const url = "https://bot.example/webhooks/github";
const setup = async (options: GithubOptions, context = world()) =>
  await github({ apiUrl: server.url, ...options }).setup?.setup({ url: "https://bot.example/", commands: [] }, context);
const wrote = (): HttpCall[] => server.calls.filter(({ method }) => method !== "GET");

describe("setup", () => {
  it("sets an App's webhook at GitHub, and tells what people have to set", async () => {
    const app = {
      events: webhookEvents.filter((event) => event !== "push"),
      permissions: { actions: "write", contents: "write", deployments: "write", issues: "read", pull_requests: "write" },
    };
    answers = { "GET /app": () => ({ body: app }), "GET /app/hook/config": () => ({ body: { url: "https://old.example" } }) };
    const context = world();
    const lines = await setup({ appId: 1, privateKey }, context);
    expect(lines).toEqual([
      `Set the App's webhook to ${url}.`,
      expect.stringContaining("not subscribed to push:"),
      expect.stringContaining("no checks: write, issues: write"),
    ]);
    expect(wrote()).toMatchObject([{ method: "PATCH", url: "/app/hook/config" }]);
    expect(JSON.parse(wrote()[0]?.body ?? "")).toEqual({ url, content_type: "json", insecure_ssl: "0", secret: webhookSecret });
    answers["GET /app/hook/config"] = () => ({ body: { url, content_type: "json" } });
    expect((await setup({ appId: 1, privateKey }, context))?.[0]).toBe(`The App's webhook is ${url} already.`);
    await setup({ appId: 1, privateKey, webhookSecret: "another" }, context);
    expect(wrote()).toHaveLength(2);
  });

  it("makes a repository's webhook once, and adds to its events without taking any away", async () => {
    const hooks: unknown[] = [];
    answers = { "GET /repos/octo/app/hooks": () => ({ body: hooks }), "GET /orgs/octo/hooks": () => ({ body: [] }) };
    const context = world();
    expect(await setup({ token: "t", webhooks: ["octo/app", "octo"] }, context)).toEqual([
      `Made the webhook of octo/app: ${url}.`,
      `Made the webhook of octo: ${url}.`,
    ]);
    expect(wrote().map((call) => call.url)).toEqual(["/repos/octo/app/hooks", "/orgs/octo/hooks"]);
    const made = JSON.parse(wrote()[0]?.body ?? "") as { events: string[]; config: object };
    expect(made).toMatchObject({ name: "web", active: true, config: { url, secret: webhookSecret } });
    expect(made.events).toEqual(expect.arrayContaining(["issues", "push", "check_run"]));
    expect(made.events).not.toContain("installation");
    hooks.push({ id: 5, active: true, events: ["star"], config: { url, content_type: "json" } });
    expect(await setup({ token: "t", webhooks: ["octo/app"] }, context)).toEqual([`Changed the webhook of octo/app: ${url}.`]);
    expect(JSON.parse(wrote().at(-1)?.body ?? "")).toMatchObject({ events: ["star", ...made.events] });
    hooks[0] = { id: 5, active: true, events: ["*"], config: { url, content_type: "json" } };
    expect(await setup({ token: "t", webhooks: ["octo/app"] }, context)).toEqual([`The webhook of octo/app is ${url} already.`]);
  });

  it("says what is missing", async () => {
    expect(await setup({ token: "t" })).toEqual([expect.stringContaining("option `webhooks`")]);
    await expect(setup({ token: "t" }, world({ secrets: { TOKEN: "t" } }))).rejects.toMatchObject({ code: "secret.missing" });
    expect(await github({ token: "t" }).setup?.setup({ commands: [{ name: "help", description: "x" }] }, world())).toEqual([
      expect.stringContaining("lists no commands"),
      expect.stringContaining("public address"),
    ]);
  });
});
