import { createHmac } from "node:crypto";
import { fakeLogger, scriptedServer, type HttpCall, type ScriptedServer } from "@devflow/conformance";
import { createGateway, type Gateway } from "@devflow/gateway";
import type { Observation } from "@devflow/gateway/contract";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { slack } from "../src/index.ts";
import { botId, envelope, message, signingSecret } from "./support/index.ts";

let server: ScriptedServer;
let steps: Observation[] = [];
let waiting = new Set<() => void>();
let ts = 0;

beforeEach(async () => {
  steps = [];
  waiting = new Set();
  ts = 0;
  server = await scriptedServer(() => ({
    body: { ok: true, ts: `${++ts}.000100`, user_id: botId, user: "devflow", team_id: "T0001" },
  }));
});
afterEach(async () => await server.close());

const args = (call: HttpCall | undefined): Record<string, string> => Object.fromEntries(new URLSearchParams(call?.body));
const said = (method: string): Record<string, string>[] => server.calls.filter((call) => call.url === `/${method}`).map(args);

/** Resolves once `count` operations of that kind were sent. */
const sent = async (kind: string, count = 1): Promise<void> =>
  await new Promise((resolve) => {
    const check = (): void => {
      if (steps.filter((one) => one.step === "operation.sent" && one.kind === kind).length >= count) resolve();
    };
    waiting.add(check);
    check();
  });

function observe(step: Observation): void {
  steps.push(step);
  for (const check of waiting) check();
}

const make = () =>
  createGateway({ adapters: [slack({ apiUrl: server.url, token: "xoxb-canary", signingSecret })], observe, log: fakeLogger() });

async function deliver(gateway: Pick<Gateway, "fetch">, body: string, type = "application/json"): Promise<Response> {
  const timestamp = String(Math.floor(Date.now() / 1000));
  const hmac = createHmac("sha256", signingSecret).update(`v0:${timestamp}:${body}`).digest("hex");
  const headers = { "content-type": type, "x-slack-request-timestamp": timestamp, "x-slack-signature": `v0=${hmac}` };
  return await gateway.fetch(new Request("http://localhost/webhooks/slack", { method: "POST", headers, body }));
}
const interact = async (gateway: Pick<Gateway, "fetch">, payload: object): Promise<Response> =>
  await deliver(
    gateway,
    new URLSearchParams({ payload: JSON.stringify({ team: { id: "T0001" }, user: { id: "U0001" }, ...payload }) }).toString(),
    "application/x-www-form-urlencoded",
  );

describe("a whole gateway", () => {
  it("answers a mention once and in its thread, and streams an answer to the button there", async () => {
    const gateway = make();
    gateway.on("message.created", { addressed: true }, async (c) => {
      const actions = { type: "actions", items: [{ kind: "button", id: "tell", label: "Tell", value: "the end" }] } as const;
      await c.reply([{ type: "paragraph", children: [{ type: "text", value: c.message.text }] }, actions]);
    });
    gateway.action("tell", async (c) => {
      await c.reply(
        (async function* () {
          yield "Once ";
          await sent("stream.begin");
          yield `**upon** a time: ${c.event.value}`;
        })(),
      );
    });
    await gateway.start();
    const post = message({ text: `<@${botId}> tell me` });
    const [one, two] = await Promise.all([
      deliver(gateway, JSON.stringify(envelope(post, { event_id: "Ev1" }))),
      deliver(gateway, JSON.stringify(envelope({ ...post, type: "app_mention" }, { event_id: "Ev2" }))),
    ]);
    expect([one.status, two.status]).toEqual([200, 200]);
    await sent("message.post");
    expect(said("chat.postMessage")).toMatchObject([{ channel: "C0001", thread_ts: "1767225600.000100", text: "@bot tell me" }]);
    const blocks = JSON.parse(said("chat.postMessage")[0]?.["blocks"] ?? "[]");

    const root = { ts: "1767225700.000100", thread_ts: "1767225600.000100" };
    await interact(gateway, {
      type: "block_actions",
      trigger_id: "1.2.3",
      container: { type: "message", message_ts: root.ts, channel_id: "C0001" },
      channel: { id: "C0001", name: "ops" },
      message: root,
      actions: [blocks[1].elements[0]],
    });
    await sent("stream.end");
    await gateway.stop();
    expect(said("chat.startStream")).toMatchObject([
      { thread_ts: "1767225600.000100", recipient_user_id: "U0001", recipient_team_id: "T0001", markdown_text: "Once " },
    ]);
    const streamed = [...said("chat.startStream"), ...said("chat.appendStream"), ...said("chat.stopStream")];
    expect(streamed.map((call) => call["markdown_text"] ?? "").join("")).toBe("Once **upon** a time: the end");
    expect(said("chat.update")).toEqual([]);
    expect(JSON.stringify(steps)).not.toContain("xoxb-canary");
  }, 20_000);

  it("opens a form for a command, keeps it open while there are errors, and takes it then", async () => {
    const gateway = make();
    gateway.command("feedback", async (c) => {
      await c.open({ id: "feedback", title: "Feedback", state: "s", fields: [{ id: "note", label: "Note", kind: "text" }] });
    });
    gateway.answer("form.submitted", async ({ event }) =>
      event.values["note"] === "bad" ? { errors: { note: "Be kind" } } : undefined,
    );
    gateway.form("feedback", async (c) => {
      await c.reply(`Thanks for *${String(c.event.values["note"])}* (${c.event.state})`);
    });
    await gateway.start();
    const command = new URLSearchParams({
      command: "/feedback",
      team_id: "T0001",
      channel_id: "C0001",
      channel_name: "ops",
      user_id: "U0001",
      trigger_id: "7.8.9",
    });
    expect((await deliver(gateway, command.toString(), "application/x-www-form-urlencoded")).status).toBe(200);
    await expect.poll(() => said("views.open").length).toBe(1);
    const [opened] = said("views.open");
    expect(opened).toMatchObject({ trigger_id: "7.8.9" });
    const { private_metadata, callback_id } = JSON.parse(opened?.["view"] ?? "{}");
    const submit = async (value: string, trigger_id: string) =>
      await interact(gateway, {
        type: "view_submission",
        trigger_id,
        view: { callback_id, private_metadata, state: { values: { note: { note: { type: "plain_text_input", value } } } } },
      });
    const refused = await submit("bad", "a");
    expect(await refused.json()).toEqual({ response_action: "errors", errors: { note: "Be kind" } });
    expect((await submit("good", "b")).status).toBe(200);
    await sent("message.post");
    await gateway.stop();
    expect(said("chat.postMessage")).toMatchObject([{ channel: "C0001", text: "Thanks for _good_ (s)" }]);
  }, 20_000);

  it("knows itself when Slack names a person's installation, whose own doings stay theirs", async () => {
    const gateway = make();
    const handled: unknown[] = [];
    gateway.on("message.created", (c) => void handled.push([c.message.text, c.message.addressed]));
    gateway.on("reaction.added", (c) => void handled.push([c.event.emoji, c.event.actor.id]));
    await gateway.start();
    const authorizations = [{ team_id: "T0001", user_id: "U0001", is_bot: false }];
    const react = (user: string) => ({
      type: "reaction_added",
      user,
      reaction: "eyes",
      item: { type: "message", channel: "C0001", ts: "1.000100" },
    });
    const events = [message({ text: `<@${botId}> hi` }), react(botId), react("U0001")];
    for (const [index, one] of events.entries())
      await deliver(gateway, JSON.stringify(envelope(one, { authorizations, event_id: `Ev${index}` })));
    await gateway.drain();
    expect(handled).toEqual([
      ["@devflow hi", true],
      ["👀", "U0001"],
    ]);
  }, 20_000);

  it("believes nobody without a signature", async () => {
    const gateway = make();
    const handled: string[] = [];
    gateway.on("message.created", (c) => void handled.push(c.message.text));
    await gateway.start();
    const request = new Request("http://localhost/webhooks/slack", { method: "POST", body: JSON.stringify(envelope(message())) });
    expect((await gateway.fetch(request)).status).toBe(401);
    await gateway.stop();
    expect(handled).toEqual([]);
  });
});
