import { fakeLogger, manualClock, scriptedServer, type ScriptedServer } from "@devflow/conformance";
import { createGateway, type Gateway } from "@devflow/gateway";
import { memoryStore } from "@devflow/gateway/memory";
import type { Observation } from "@devflow/gateway/contract";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { gitlab } from "../src/index.ts";
import { emulator, type Emulator } from "./support/emulator.ts";
import { project, signature, signingSecret } from "./support/index.ts";
import { issueHook, noteHook, pipelineHook } from "./support/payloads.ts";

let fake: Emulator;
let server: ScriptedServer;
let gateway: Gateway;
let steps: Observation[];

beforeEach(async () => {
  fake = emulator();
  steps = [];
  server = await scriptedServer((call) => fake.respond(call));
  gateway = createGateway({
    adapters: [gitlab({ apiUrl: server.url, token: "glpat-canary-1", webhookSecret: signingSecret })],
    observe: (step) => void steps.push(step),
    log: fakeLogger(),
  });
});
afterEach(async () => {
  await gateway.stop();
  await server.close();
  expect(fake.violations).toEqual([]);
});

async function deliver(payload: object, id: string, headers: Record<string, string> = {}): Promise<number> {
  const body = JSON.stringify(payload);
  const timestamp = String(Math.floor(Date.now() / 1000));
  const proof = { "webhook-id": id, "webhook-timestamp": timestamp, "webhook-signature": signature(id, timestamp, body) };
  const all = { "content-type": "application/json", ...proof, ...headers };
  const response = await gateway.fetch(new Request("http://localhost/webhooks/gitlab", { method: "POST", headers: all, body }));
  return response.status;
}

const happened = async (step: Observation["step"], count = 1): Promise<void> => {
  await expect.poll(() => steps.filter((one) => one.step === step).length).toBe(count);
};

describe("a whole gateway", () => {
  it("answers a note once, however often it is delivered, and not itself", async () => {
    gateway.on("message.created", async (c) => {
      await c.reply(`You said: ${c.message.text}`);
    });
    await gateway.start();
    const note = noteHook({ id: 1, note: "/close @all" });
    expect([await deliver(note, "delivery-1"), await deliver(note, "delivery-1")]).toEqual([200, 200]);
    await happened("operation.sent");
    expect(fake.state.notes.map(({ body }) => body)).toEqual([
      expect.stringMatching(/^You said: \/close `@all`\n\n<!-- devflow:/),
    ]);
    // What GitLab makes of our own note carries the UUID that it was written with.
    const uuid = server.calls.find(({ method }) => method === "POST")?.headers["x-gitlab-event-uuid"] ?? "";
    await deliver(noteHook({ id: 2, note: "echo" }), "delivery-2", { "x-gitlab-event-uuid": uuid });
    await happened("event.skipped");
    expect(fake.state.notes).toHaveLength(1);
  });

  it("answers an internal note by one, in whatever way GitLab says that it is one, and other notes for everybody", async () => {
    gateway.on("message.created", async (c) => void (await c.reply(c.message.text)));
    await gateway.start();
    const confidential = { event_type: "confidential_note" };
    const on = (item: object): object => ({ ...confidential, issue: { id: 301, iid: 5, title: "It breaks", ...item } });
    const notes = [
      noteHook({ id: 1, note: "internal", internal: true }),
      noteHook({ id: 2, note: "known by its event" }, on({ confidential: false })),
      noteHook({ id: 3, note: "on a confidential issue" }, on({ confidential: true })),
      noteHook({ id: 4, note: "for everybody", internal: false }),
    ];
    for (const [at, note] of notes.entries()) {
      await deliver(note, `delivery-${at}`);
      await happened("operation.sent", at + 1);
    }
    expect(fake.state.notes.map(({ internal }) => internal)).toEqual([true, true, undefined, undefined]);
  });

  it("splits a note that the outbox would not take whole, in any script", async () => {
    const heard = (letter: string): number =>
      fake.state.notes.map(({ body }) => String(body).split(letter).length - 1).reduce((a, b) => a + b, 0);
    for (const letter of ['"', "漢"]) {
      await gateway.send({ ...project, thread: "#5" }, Array.from({ length: 60_000 }, () => letter.repeat(9)).join(" "));
      await expect.poll(() => heard(letter), { timeout: 10_000 }).toBe(540_000);
    }
  });

  it("runs a pipeline when an issue asks for it, hears of it, and refuses who has no secret", async () => {
    const heard: string[] = [];
    gateway.on("issue.opened", async (c) => {
      const { thread: _, ...to } = c.conversation.address;
      await c.do({ kind: "pipeline.run", run: { ref: "main", inputs: { deployTo: "x" } } }, to);
    });
    gateway.on("pipeline.finished", { passed: false }, (c) => void heard.push(c.event.pipeline.id));
    await gateway.start();
    await deliver(issueHook("open"), "delivery-1");
    await happened("operation.sent");
    expect(fake.state.runs[0]).toMatchObject({ ref: "main", inputs: { deployTo: "x" } });
    await deliver(pipelineHook("failed"), "delivery-2");
    await expect.poll(() => heard).toEqual(["31"]);
    expect(await deliver(issueHook("open"), "delivery-3", { "webhook-signature": "v1,AAAA" })).toBe(401);
  });

  it("starts a pipeline once for which GitLab takes longer than the outbox waits, and again when somebody says so", async () => {
    const clock = manualClock();
    let asked = 0;
    const slow: typeof fetch = (_, init) => {
      asked += 1;
      if (asked === 2) return Promise.resolve(Response.json({ id: 102 }));
      return new Promise((__, reject) => init?.signal?.addEventListener("abort", () => reject(new Error("aborted"))));
    };
    const other = createGateway({
      adapters: [gitlab({ apiUrl: server.url, token: "glpat-canary-1", webhookSecret: signingSecret })],
      store: memoryStore({ clock }),
      clock,
      fetch: slow,
      observe: (step) => void steps.push(step),
      log: fakeLogger(),
    });
    const of = (name: Observation["step"]): readonly Observation[] => steps.filter(({ step }) => step === name);
    await other.adapter("gitlab").do({ kind: "pipeline.run", run: { ref: "main" } }, project);
    await clock.until(() => of("operation.dead").length === 1 || asked > 1, 3_600_000);
    expect([asked, of("operation.dead")]).toMatchObject([1, [{ detail: expect.stringContaining("Look at the pipelines") }]]);
    const [letter] = await other.deadLetters.list();
    await other.deadLetters.replay([letter?.id ?? ""]);
    await clock.until(() => of("operation.sent").length === 1);
    expect(asked).toBe(2);
    const stopping = other.stop();
    await clock.advance(15_000);
    await stopping;
  });
});
