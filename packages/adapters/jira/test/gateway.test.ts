import { createHmac } from "node:crypto";
import { fakeLogger, manualClock } from "@devflow/conformance";
import { createGateway, type Gateway } from "@devflow/gateway";
import { memoryStore } from "@devflow/gateway/memory";
import type { Observation } from "@devflow/gateway/contract";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { jira } from "../src/index.ts";
import { emulator, type Emulator } from "./support/emulator/index.ts";
import { me } from "./support/emulator/state.ts";
import { ada, comment } from "./support/payloads.ts";

const webhookSecret = "hook-secret-1234";
let server: Emulator;
let waiting = new Set<() => void>();
let steps: Observation[] = [];

beforeEach(async () => {
  steps = [];
  waiting = new Set();
  server = await emulator({ standing: ["To Do", "In Progress", "In Review", "Done"] });
});
afterEach(async () => await server.close());

/** Resolves once `count` operations of that kind were sent. */
const sent = async (kind: string, count = 1): Promise<void> =>
  await new Promise((resolve) => {
    const check = (): void => {
      if (steps.filter((one) => one.step === "operation.sent" && one.kind === kind).length >= count) resolve();
    };
    waiting.add(check);
    check();
  });

const make = (actsAs?: "bot" | "person") =>
  createGateway({
    adapters: [
      jira({
        apiUrl: server.url,
        deployment: "cloud",
        email: "a@b.c",
        token: "t-12345678",
        webhookSecret,
        ...(actsAs && { actsAs }),
      }),
    ],
    observe(step) {
      steps.push(step);
      for (const check of waiting) check();
    },
    log: fakeLogger(),
  });

async function deliver(gateway: Pick<Gateway, "fetch">, payload: object): Promise<number> {
  const body = JSON.stringify({ timestamp: Date.now(), ...payload });
  const hmac = createHmac("sha256", webhookSecret).update(body).digest("hex");
  const headers = { "content-type": "application/json", "x-hub-signature": `sha256=${hmac}` };
  return (await gateway.fetch(new Request("http://localhost/webhooks/jira", { method: "POST", headers, body }))).status;
}

const onIssue = { id: "10001", key: "APP-1", fields: { summary: "It breaks", labels: ["bug"] } };
const commented = (changes: object): object => ({ webhookEvent: "comment_created", comment: comment(changes), issue: onIssue });
const comments = (): readonly { readonly id: string; readonly body: unknown }[] =>
  server.state.issues.get("APP-1")?.comments ?? [];

describe("a whole gateway", () => {
  it("answers a comment once, moves its issue, makes another, and hears nothing of what it did itself", async () => {
    const gateway = make();
    const heard: string[] = [];
    gateway.on("message.created", {}, async (c) => {
      heard.push(c.message.text);
      await c.reply(`**${c.conversation.issue?.title}**: on it`);
      await c.do({ kind: "issue.update", update: { state: "closed" } });
      const { platform, account, room } = c.conversation.address;
      await c.do({ kind: "issue.create", issue: { title: "Write a test", type: "Task" } }, { platform, account, room });
    });
    await gateway.start();
    const first = commented({ body: `[~accountid:${me.accountId}] look` });
    const again = { ...first, webhookEvent: "jira:issue_updated", issue_event_type_name: "issue_commented", user: ada };
    expect(await Promise.all([deliver(gateway, first), deliver(gateway, again)])).toEqual([200, 200]);
    await Promise.all([sent("message.post"), sent("issue.update"), sent("issue.create")]);
    const [reply] = comments();
    expect(JSON.stringify(reply?.body)).toContain("It breaks");
    expect(server.state.issues.get("APP-1")?.status).toBe("Done");
    expect(server.state.issues.get("APP-5")?.fields).toMatchObject({ summary: "Write a test" });
    expect(await deliver(gateway, commented({ id: reply?.id, author: me, body: "on it" }))).toBe(200);
    await gateway.drain();
    expect([heard.length, comments().length]).toEqual([1, 1]);
    await gateway.stop();
  });

  it("does not answer itself where its user is a person's, and answers that person", async () => {
    const gateway = make("person");
    gateway.on("message.created", {}, async (c) => void (await c.reply(`heard ${c.message.id}`)));
    await gateway.start();
    const byHand = { id: "777", body: "hello", author: me, updateAuthor: me };
    await deliver(gateway, commented(byHand));
    await sent("message.post");
    const [reply] = comments();
    await deliver(gateway, commented({ ...byHand, id: reply?.id, body: "heard 777" }));
    await gateway.drain();
    expect(comments()).toHaveLength(1);
    await gateway.stop();
  });

  it.each([
    ["Jira's API", undefined],
    ["a client that was handed in", { sendRequest: async () => await new Promise<never>(() => undefined) }],
  ])("takes a webhook as it is while %s does not answer, since Data Center sends it once", async (_, client) => {
    const clock = manualClock();
    let asked = (): void => {};
    const silence = new Promise<void>((resolve) => (asked = resolve));
    const silent: typeof fetch = (__, init) => {
      asked();
      if (init?.signal?.aborted === true) return Promise.reject(new Error("aborted"));
      return new Promise((___, reject) => init?.signal?.addEventListener("abort", () => reject(new Error("aborted"))));
    };
    const gateway = createGateway({
      adapters: [
        jira({ apiUrl: server.url, deployment: "dataCenter", token: "t-12345678", webhookSecret, ...(client && { client }) }),
      ],
      store: memoryStore({ clock }),
      clock,
      fetch: silent,
      observe: (step) => void steps.push(step),
      log: fakeLogger(),
    });
    await gateway.start();
    let answered = 0;
    const bare = {
      webhookEvent: "comment_created",
      comment: { ...comment(), self: "http://jira/rest/api/2/issue/10001/comment/20001" },
    };
    const delivering = deliver(gateway, bare).then((status) => (answered = status));
    if (client === undefined) await silence;
    await clock.until(() => answered !== 0, 10_000);
    await delivering;
    expect([answered, steps.filter(({ step }) => step === "delivery.stored")]).toMatchObject([200, [{ platform: "jira" }]]);
    const stopping = gateway.stop();
    await clock.advance(15_000);
    await stopping;
  });

  it("refuses what nobody signed", async () => {
    const gateway = make();
    await gateway.start();
    const response = await gateway.fetch(new Request("http://localhost/webhooks/jira", { method: "POST", body: "{}" }));
    expect(response.status).toBe(401);
    await gateway.stop();
  });
});
