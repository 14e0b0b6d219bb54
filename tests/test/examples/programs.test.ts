import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it, onTestFinished } from "vitest";
import { slackMessage, slackRequest, startApi, startProgram } from "./process.ts";

const folder = mkdtempSync(join(tmpdir(), "devflow-examples-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const secret = "8f742231b10e8888abcd99yyyzzz85a5";
const environment = (api: string): Record<string, string> => ({
  SLACK_BOT_TOKEN: "xoxb-test",
  SLACK_SIGNING_SECRET: secret,
  SLACK_API_URL: `${api}/api/`,
});

const deploy = () =>
  slackRequest(
    new URLSearchParams({
      command: "/deploy",
      text: "api production",
      team_id: "T1",
      user_id: "U1",
      user_name: "ada",
      channel_id: "C1",
      trigger_id: "1.2.3",
    }).toString(),
    secret,
    "application/x-www-form-urlencoded",
  );

describe("the examples run as they are", { timeout: 30_000 }, () => {
  it("echo answers a signed Slack message through Slack's API, and ends when asked", async () => {
    const api = await startApi(() => ({ ok: true, channel: "D1", ts: "1700000001.000100" }));
    const program = await startProgram("examples/echo/src/main.ts", {
      ...environment(api.url),
      DEVFLOW_DB: join(folder, "echo.db"),
    });
    const { status } = await fetch(`${program.url}/webhooks/slack`, slackRequest(slackMessage("hello"), secret));
    expect(status).toBe(200);
    const call = await api.seen("chat.postMessage");
    expect(call.fields).toMatchObject({ channel: "D1", text: "You said: *hello*" });
    expect(call.headers["authorization"]).toBe("Bearer xoxb-test");
    expect(await program.end()).toBe(0);
    await api.close();
  });

  it("embed-express serves its own page beside the webhooks, and sends through the client it had", async () => {
    const api = await startApi(() => ({ ok: true, channel: "D1", ts: "1700000001.000100" }));
    const program = await startProgram("examples/embed-express/src/main.ts", environment(api.url));
    expect(await (await fetch(program.url)).text()).toContain("own page");
    const { status } = await fetch(`${program.url}/webhooks/slack`, deploy());
    expect(status).toBe(200);
    const call = await api.seen("chat.postMessage");
    expect(call.fields).toMatchObject({ channel: "C1" });
    expect(call.fields["text"]).toContain("api production");
    expect((await fetch(`${program.url}/nothing`)).status).toBe(404);
    await program.end();
    await api.close();
  });

  it("embed-express answers in other channels while Slack asks it to wait in one", async () => {
    const api = await startApi(({ fields }) =>
      fields["channel"] === "C1" ? { retryAfterSeconds: 600 } : { ok: true, channel: "D1", ts: "1700000001.000100" },
    );
    onTestFinished(() => api.close());
    const program = await startProgram("examples/embed-express/src/main.ts", environment(api.url));
    onTestFinished(async () => void (await program.end("SIGKILL")));
    await fetch(`${program.url}/webhooks/slack`, deploy());
    expect((await api.seen("chat.postMessage")).fields).toMatchObject({ channel: "C1" });
    await fetch(`${program.url}/webhooks/slack`, slackRequest(slackMessage("hello"), secret));
    await expect.poll(() => api.calls.map(({ fields }) => fields["channel"]), { timeout: 20_000 }).toContain("D1");
  });
});
