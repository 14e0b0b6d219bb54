import { readFileSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { slackMessage, slackRequest, startApi } from "../examples/process.ts";
import { bytesIn, freePort, install, pack, packagesIn, root, start } from "./project.ts";

const folders = ["packages/gateway", "packages/adapters/slack", "packages/stores/sqlite", "packages/adapters/web"];
const secret = "8f742231b10e8888abcd99yyyzzz85a5";

describe("what is published", { timeout: 240_000 }, () => {
  let tarballs: readonly string[] = [];
  const made: string[] = [];
  const project = async (names: readonly string[]): Promise<string> => {
    const folder = await install(tarballs.filter((_, index) => names.includes(folders[index]?.split("/").at(-1) ?? "")));
    made.push(folder);
    return folder;
  };

  beforeAll(async () => {
    tarballs = await pack(folders);
  }, 240_000);
  afterAll(() => {
    for (const folder of [...made, ...tarballs.map((file) => dirname(file))]) rmSync(folder, { recursive: true, force: true });
  });

  it("is small: the gateway alone is three packages at most, and 1.5 MB", async () => {
    const folder = await project(["gateway"]);
    expect(packagesIn(folder).length).toBeLessThanOrEqual(3);
    expect(bytesIn(join(folder, "node_modules"))).toBeLessThan(1_500_000);
  });

  it("says what it needs, and nothing of this repository", async () => {
    const folder = await project(["gateway"]);
    const manifest = readFileSync(join(folder, "node_modules/@devflow/gateway/package.json"), "utf8");
    expect(manifest).not.toContain("development");
    expect(manifest).not.toContain("workspace:");
  });

  it("runs the program of the README as it stands there, from packages that npm installed", async () => {
    const folder = await project(["gateway", "slack", "sqlite", "web"]);
    expect(packagesIn(folder).length).toBeLessThanOrEqual(25);
    const code = /```ts\n([\s\S]*?createGateway[\s\S]*?)```/.exec(readFileSync(join(root, "README.md"), "utf8"))?.[1] ?? "";
    expect(code).toContain("await serve(");

    const api = await startApi(({ path }) =>
      path.endsWith("auth.test")
        ? { ok: true, user_id: "UBOT", bot_id: "B1", team_id: "T1", user: "bot", team: "Team", url: "https://t.slack.com/" }
        : { ok: true, channel: "D1", ts: "1700000001.000100" },
    );
    const port = await freePort();
    const url = `http://127.0.0.1:${port}`;
    const env = {
      SLACK_BOT_TOKEN: "xoxb-test",
      SLACK_SIGNING_SECRET: secret,
      SLACK_API_URL: `${api.url}/api/`,
      PORT: String(port),
    };
    const program = await start(folder, "main.ts", code, env, `${url}/health`);

    const probe = JSON.stringify({ type: "url_verification", challenge: "c0ffee", token: "t" });
    const answer = await fetch(`${url}/webhooks/slack`, slackRequest(probe, secret));
    expect([answer.status, await answer.text()]).toEqual([200, expect.stringContaining("c0ffee")]);
    expect((await fetch(`${url}/webhooks/slack`, slackRequest(slackMessage("hi"), "forged"))).status).toBe(401);

    expect((await fetch(`${url}/webhooks/slack`, slackRequest(slackMessage("hello"), secret))).status).toBe(200);
    expect((await api.seen("chat.postMessage")).fields).toMatchObject({ channel: "D1", text: "You said: *hello*" });
    expect(await program.end()).toBe(0);
    expect(program.output()).not.toContain("xoxb-test");
    await api.close();
  });
});
