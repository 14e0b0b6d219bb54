import { createHmac } from "node:crypto";
import { fakeLogger, scriptedServer, type ScriptedServer } from "@devflow/conformance";
import { discord } from "@devflow/discord";
import { matrix } from "@devflow/matrix";
import { createGateway, type Content } from "@devflow/gateway";
import { whatsapp } from "@devflow/whatsapp";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { range, rig } from "./harness.ts";

/** As many buttons as fit, and two more. */
const question = (fits: number): Content => [
  { type: "paragraph", children: [{ type: "text", value: "Which one?" }] },
  {
    type: "actions",
    items: [
      ...range(fits).map((n) => ({ kind: "button", id: "pick", label: `Fits ${n}`, value: `fit${n}` }) as const),
      { kind: "button", id: "pick", label: "One more", value: "more" },
      { kind: "button", id: "pick", label: "The last", value: "last" },
    ],
  },
];

const appSecret = "of-a-test-alone";
let server: ScriptedServer;
beforeEach(async () => {
  let sent = 0;
  server = await scriptedServer(() => ({ body: { messaging_product: "whatsapp", messages: [{ id: `wamid.out${++sent}` }] } }));
});
afterEach(async () => await server.close());

/** A message as Meta delivers it, with its signature. */
function delivered(id: string, text: string, place: object): RequestInit {
  const message = { from: "16505551234", ...place, id, timestamp: "1767225600", type: "text", text: { body: text } };
  const metadata = { display_phone_number: "15550783881", phone_number_id: "106540352242922" };
  const value = { messaging_product: "whatsapp", metadata, messages: [message] };
  const changes = [{ field: "messages", value }];
  const body = JSON.stringify({ object: "whatsapp_business_account", entry: [{ id: "419561257915477", changes }] });
  const proof = createHmac("sha256", appSecret).update(body).digest("hex");
  return { method: "POST", body, headers: { "content-type": "application/json", "x-hub-signature-256": `sha256=${proof}` } };
}

describe.each([
  { where: "a WhatsApp chat", fits: 3, here: {}, elsewhere: { from: "16505559999" } },
  { where: "a WhatsApp group", fits: 0, here: { group_id: "Y2FwaV9ncm91cDpB" }, elsewhere: { group_id: "Y2FwaV9ncm91cDpC" } },
])("more buttons than $where can show", ({ fits, here, elsewhere }) => {
  const asking = async () => {
    const adapter = whatsapp({ apiUrl: server.url, token: "EAAtest", appSecret });
    const gateway = createGateway({ adapters: [adapter], log: fakeLogger() });
    const got: string[] = [];
    gateway.on("message.created", (c) => (c.message.text === "ask" ? c.reply(question(fits)) : got.push(c.message.text)));
    gateway.action("pick", (c) => got.push(`pick=${c.event.value}`));
    await gateway.start();
    const say = async (id: string, text: string, place: object = here): Promise<number> => {
      const { status } = await gateway.fetch(new Request("http://localhost/webhooks/whatsapp", delivered(id, text, place)));
      await gateway.drain();
      return status;
    };
    expect(await say("wamid.ask", "ask")).toBe(200);
    return { gateway, got, say };
  };

  it("are a numbered list below the text, beside the buttons that fit", async () => {
    const { gateway } = await asking();
    await gateway.stop();
    expect(server.calls).toHaveLength(1);
    const call = JSON.parse(server.calls[0]?.body ?? "") as Record<string, unknown>;
    const text = "Which one?\n\n1. One more\n2. The last";
    const buttons = range(fits).map((n) => ({ reply: { title: `Fits ${n}` } }));
    expect(call).toMatchObject(fits === 0 ? { text: { body: text } } : { interactive: { body: { text }, action: { buttons } } });
  });

  it.each([
    ["2", "last"],
    ["one MORE", "more"],
  ])("%j sent back is action.invoked, there alone and once", async (answer, value) => {
    const { gateway, got, say } = await asking();
    await say("wamid.1", answer, elsewhere);
    expect(got).toEqual([answer]);
    await say("wamid.2", answer);
    expect(got).toEqual([answer, `pick=${value}`]);
    expect(await say("wamid.2", answer)).toBe(200);
    await say("wamid.3", answer);
    await gateway.stop();
    expect(got).toEqual([answer, `pick=${value}`, answer]);
  });

  it("without a signature an answer is nobody's", async () => {
    const { gateway, got } = await asking();
    const { body } = delivered("wamid.1", "1", here);
    const forged = new Request("http://localhost/webhooks/whatsapp", { method: "POST", body: body ?? null });
    expect((await gateway.fetch(forged)).status).toBe(401);
    await gateway.drain();
    await gateway.stop();
    expect(got).toEqual([]);
  });
});

describe("more buttons and menus than Discord's table allows", () => {
  const { actions } = discord().capabilities();
  const menu = (id: string) =>
    ({ kind: "select", id, label: `Menu ${id}`, options: [{ label: `Option ${id}`, value: id }] }) as const;

  it("are a numbered list, and what is sent back is action.invoked, there alone and once", async () => {
    const { fake, gateway, hear, clock } = await rig({ platform: { capabilities: { actions } } });
    const got: string[] = [];
    const menus = { type: "actions", items: [menu("a"), menu("b"), menu("c")] } as const;
    gateway.on("message.created", (c) =>
      c.message.text === "ask" ? c.reply([...question(actions.buttons), menus]) : got.push(c.message.text),
    );
    gateway.action(["pick", "c"], (c) => got.push(`${c.event.action}=${c.event.value}`));
    const say = async (text: string, room = "here"): Promise<void> => {
      await hear({ text, room });
      await clock.advance(1_000);
    };
    await say("ask");
    expect(fake.texts()[0]).toMatch(/^Which one\?\n\n1\. One more\n2\. The last\n[^]*3\. Option c/);
    expect(fake.texts()[0]).not.toContain("4.");
    await say("3", "elsewhere");
    await say("3");
    await say("3");
    expect(got).toEqual(["3", "c=c", "3"]);
  });
});

describe("buttons on Matrix, which has none", () => {
  it("are a numbered list, and what is sent back is action.invoked, there alone and once", async () => {
    const { actions, nodes } = matrix().capabilities();
    const { fake, gateway, hear, clock } = await rig({ platform: { capabilities: { actions, nodes } } });
    const got: string[] = [];
    gateway.on("message.created", (c) => (c.message.text === "ask" ? c.reply(question(0)) : got.push(c.message.text)));
    gateway.action("pick", (c) => got.push(`pick=${c.event.value}`));
    const say = async (text: string, room = "here"): Promise<void> => {
      await hear({ text, room });
      await clock.advance(1_000);
    };
    await say("ask");
    expect(fake.texts()[0]).toBe("Which one?\n\n1. One more\n2. The last");
    await say("2", "elsewhere");
    await say("the LAST");
    await say("2");
    await gateway.stop();
    expect(got).toEqual(["2", "pick=last", "2"]);
  });
});
