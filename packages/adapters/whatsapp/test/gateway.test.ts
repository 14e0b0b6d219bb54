import { fakeLogger, scriptedServer, type ScriptedServer } from "@devflow/conformance";
import { createGateway, type Gateway } from "@devflow/gateway";
import type { Observation } from "@devflow/gateway/contract";
import type { JsonObject } from "@devflow/gateway/kit";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { whatsapp } from "../src/index.ts";
import { appSecret, change, envelope, incoming, signature, status, token } from "./support/index.ts";

let server: ScriptedServer;
let steps: Observation[] = [];

beforeEach(async () => {
  steps = [];
  let serial = 0;
  server = await scriptedServer(() => ({ body: { messaging_product: "whatsapp", messages: [{ id: `wamid.out${++serial}` }] } }));
});
afterEach(async () => await server.close());

const said = (): JsonObject[] => server.calls.map(({ body }) => JSON.parse(body) as JsonObject);
const make = () =>
  createGateway({
    adapters: [
      whatsapp({
        apiUrl: server.url,
        token,
        appSecret,
        verifyToken: "open sesame",
        template: { name: "reopen", language: "en" },
      }),
    ],
    observe: (step) => void steps.push(step),
    log: fakeLogger(),
  });

async function deliver(gateway: Pick<Gateway, "fetch">, ...changes: readonly JsonObject[]): Promise<number> {
  const body = envelope(...changes);
  const headers = { "content-type": "application/json", "x-hub-signature-256": signature(body) };
  const response = await gateway.fetch(new Request("http://localhost/webhooks/whatsapp", { method: "POST", headers, body }));
  return response.status;
}
const text = (id: string, body: string): JsonObject => incoming({ id, type: "text", text: { body } });

describe("a whole gateway", () => {
  it("shakes hands, and believes nobody without a signature", async () => {
    const gateway = make();
    await gateway.start();
    const url = "http://localhost/webhooks/whatsapp";
    const query = "hub.mode=subscribe&hub.challenge=1158201444&hub.verify_token=";
    const right = await gateway.fetch(new Request(`${url}?${query}open%20sesame`));
    expect([right.status, await right.text()]).toEqual([200, "1158201444"]);
    expect((await gateway.fetch(new Request(`${url}?${query}guess`))).status).toBe(403);
    expect((await gateway.fetch(new Request(url))).status).toBe(405);
    const forged = await gateway.fetch(new Request(url, { method: "POST", body: envelope(text("wamid.1", "hi")) }));
    expect(forged.status).toBe(401);
    await gateway.stop();
  });

  it("answers each of several messages once, in a storm of redeliveries", async () => {
    const gateway = make();
    gateway.on("message.created", (c) => c.reply(`**${c.message.text}**`));
    await gateway.start();
    const changes = [text("wamid.1", "one"), text("wamid.2", "two"), text("wamid.3", "three")];
    const storm = Array.from({ length: 30 }, (_, n) => deliver(gateway, ...(n % 2 === 0 ? changes : changes.toReversed())));
    expect(new Set(await Promise.all(storm))).toEqual(new Set([200]));
    await gateway.drain();
    await gateway.stop();
    expect(
      said()
        .map(({ text: sent }) => (sent as { body: string }).body)
        .toSorted(),
    ).toEqual(["*one*", "*three*", "*two*"]);
  });

  it("asks with a button, types, and answers the press with a streamed text, said once", async () => {
    const gateway = make();
    gateway.command("deploy", async (c) => {
      const items = [{ kind: "button", id: "confirm", label: "Deploy", value: c.event.args.repeat(80) }] as const;
      await c.reply([{ type: "actions", items }]);
    });
    gateway.action("confirm", async (c) => {
      await c.typing();
      const told = c.event.value?.slice(0, 4);
      await c.reply(
        (async function* () {
          yield "Deploying ";
          yield `**${told}**`;
        })(),
      );
    });
    await gateway.start();
    await deliver(gateway, text("wamid.1", "/deploy prod"));
    await gateway.drain();
    const [asked] = said();
    expect(asked).toMatchObject({ interactive: { type: "button", body: { text: "Deploy" } } });
    const id = /"id":"(~~[^"]+)"/.exec(JSON.stringify(asked))?.[1];
    const press = { type: "button_reply", button_reply: { id, title: "Deploy" } };
    await deliver(gateway, incoming({ id: "wamid.2", type: "interactive", interactive: press, context: { id: "wamid.out1" } }));
    await gateway.drain();
    await gateway.stop();
    expect(said().slice(1)).toMatchObject([
      { status: "read", message_id: "wamid.2", typing_indicator: { type: "text" } },
      { type: "text", text: { body: "Deploying *prod*" } },
    ]);
    expect(said()).toHaveLength(3);
    expect(JSON.stringify(steps)).not.toContain(token);
  });

  it("joins what becomes of a message to what was said", async () => {
    const gateway = make();
    const told: unknown[] = [];
    let ids: readonly string[] = [];
    gateway.on("message.created", async (c) => {
      ({ ids } = await c.reply("hi"));
    });
    gateway.on("receipt.updated", async ({ event }) => {
      const receipt = event.operation === undefined ? undefined : await gateway.receipt(event.operation);
      told.push([event.status, event.error?.code, ids.includes(event.operation ?? ""), receipt?.messageId === event.messageId]);
    });
    await gateway.start();
    await deliver(gateway, text("wamid.1", "hi"));
    await gateway.drain();
    const stamp = said()[0]?.biz_opaque_callback_data;
    const became = (fields: JsonObject): JsonObject => status({ id: "wamid.out1", biz_opaque_callback_data: stamp, ...fields });
    const failure = { status: "failed", errors: [{ code: 131047, title: "Re-engagement message" }] };
    await deliver(
      gateway,
      became({ status: "sent" }),
      became({ status: "delivered" }),
      became({ status: "delivered" }),
      became(failure),
    );
    await gateway.drain();
    await gateway.stop();
    expect(told).toEqual([
      ["sent", undefined, true, true],
      ["delivered", undefined, true, true],
      ["failed", "window.closed", true, true],
    ]);
  });

  it("speaks for many numbers, each in its own lanes", async () => {
    const gateway = make();
    gateway.on("message.created", (c) => c.reply(c.event.account));
    await gateway.start();
    const numbers = ["111", "222"];
    const to = (account: string): JsonObject =>
      change({
        metadata: { phone_number_id: account, display_phone_number: "1" },
        messages: [{ id: "wamid.1", from: "491", timestamp: "1767225600", type: "text", text: { body: "hi" } }],
      });
    await deliver(gateway, ...numbers.map(to));
    await gateway.drain();
    await gateway.stop();
    expect(server.calls.map(({ url }) => url).toSorted()).toEqual(numbers.map((account) => `/v25.0/${account}/messages`));
  });
});
