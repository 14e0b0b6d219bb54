import { fakeLogger, scriptedServer, type HttpAnswer, type HttpCall, type ScriptedServer } from "@devflow/conformance";
import { createGateway, type Gateway } from "@devflow/gateway";
import type { Observation } from "@devflow/gateway/contract";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { github } from "../src/index.ts";
import { signed, webhookSecret } from "./support/index.ts";
import { said } from "./support/payloads.ts";

let server: ScriptedServer;
let steps: Observation[] = [];
let respond: (call: HttpCall) => HttpAnswer | undefined = () => undefined;

beforeEach(async () => {
  steps = [];
  respond = () => undefined;
  server = await scriptedServer((call) => {
    if (call.url === "/user") return { body: { login: "devflow", id: 9001, type: "Bot" } };
    return respond(call) ?? { body: { id: 501, number: 12 } };
  });
});
afterEach(async () => await server.close());

const make = () =>
  createGateway({
    adapters: [github({ apiUrl: server.url, token: "t", webhookSecret })],
    observe: (step) => void steps.push(step),
    log: fakeLogger(),
  });
const posted = (): string[] =>
  server.calls
    .filter(({ method, url }) => method === "POST" && url.endsWith("/comments"))
    .map(({ body }) => (JSON.parse(body) as { body: string }).body);

async function deliver(gateway: Pick<Gateway, "fetch">, payload: object, id: string, secret = webhookSecret): Promise<number> {
  const body = JSON.stringify(payload);
  const request = signed(body, { event: "issue_comment", id, secret });
  const headers = Object.fromEntries(
    ["content-type", "x-github-event", "x-github-delivery", "x-hub-signature-256"].map((name) => [
      name,
      request.header(name) ?? "",
    ]),
  );
  return (await gateway.fetch(new Request("http://localhost/webhooks/github", { method: "POST", headers, body }))).status;
}

describe("a whole gateway", () => {
  it("hears a delivery once, however often GitHub is asked for it, and a stranger never", async () => {
    const gateway = make();
    gateway.on("message.created", { addressed: true }, async (c) => void (await c.reply(`You said: ${c.message.text}`)));
    await gateway.start();
    const payload = said("@devflow **hello**");
    expect(await deliver(gateway, payload, "d-1")).toBe(202);
    expect(await deliver(gateway, payload, "d-1")).toBe(202);
    expect(await deliver(gateway, payload, "d-2", "wrong")).toBe(401);
    await expect.poll(posted).toHaveLength(1);
    await gateway.stop();
    expect(posted()[0]).toMatch(/^You said: @\u200bdevflow hello\n\n<!-- devflow/);
    expect(steps.filter(({ step }) => step === "delivery.duplicate")).toHaveLength(1);
  });

  it("shows buttons as a numbered list, and takes a number for a press", async () => {
    const gateway = make();
    const pressed: string[] = [];
    gateway.on("message.created", { addressed: true }, async (c) => {
      const items = [
        { kind: "button", id: "go", label: "Deploy", value: "prod" },
        { kind: "button", id: "no", label: "Wait" },
      ] as const;
      await c.reply([
        { type: "paragraph", children: [{ type: "text", value: "Go?" }] },
        { type: "actions", items },
      ]);
    });
    gateway.action("go", (c) => void pressed.push(`${c.event.value} by ${c.event.actor.handle}`));
    await gateway.start();
    await deliver(gateway, said("@devflow deploy"), "d-1");
    await expect.poll(posted).toHaveLength(1);
    expect(posted()[0]).toContain("Go?\n\n1. Deploy\n2. Wait");
    await deliver(gateway, said("1", { comment: { id: 777, body: "1", user: { login: "eve", id: 5, type: "User" } } }), "d-2");
    await expect.poll(() => pressed).toEqual(["prod by eve"]);
    await gateway.stop();
  });

  it("holds what is created while GitHub asks to, and lets everything else pass", async () => {
    const message = "You have exceeded a secondary rate limit and have been temporarily blocked from content creation.";
    respond = ({ method, url }) =>
      method === "POST" && url.endsWith("/comments")
        ? { status: 403, headers: { "retry-after": "60" }, body: { message } }
        : undefined;
    const gateway = make();
    gateway.on("message.created", { addressed: true }, async (c) => {
      await c.send({ ...c.conversation.address, thread: "13" }, "one");
      await c.react("eyes");
      await c.do({ kind: "issue.update", update: { state: "closed" } });
    });
    await gateway.start();
    await deliver(gateway, said("@devflow go"), "d-1");
    await expect
      .poll(() => steps.filter(({ step }) => step === "operation.sent").map(({ kind }) => kind))
      .toEqual(["reaction.add", "issue.update"]);
    await expect
      .poll(() =>
        steps.some(({ step, kind, code }) => step === "operation.delayed" && kind === "message.post" && code === "rate.limited"),
      )
      .toBe(true);
    expect(posted()).toHaveLength(1);
    await gateway.stop();
  });
});
