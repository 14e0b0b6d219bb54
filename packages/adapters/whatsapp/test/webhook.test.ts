import { describe, expect, it } from "vitest";
import type { Verdict, VerifiedRequest } from "@devflow/gateway/contract";
import { whatsapp } from "../src/index.ts";
import {
  account,
  ada,
  appSecret,
  change,
  deliveriesOf,
  envelope,
  eventsOf,
  groupId,
  incoming,
  request,
  scoped,
  signature,
  status,
  world,
} from "./support/index.ts";

const text = (id: string, body: string): object => ({ from: ada, id, timestamp: "1767225600", type: "text", text: { body } });
const verify = async (what: ReturnType<typeof request>, options = {}): Promise<Verdict> =>
  (await whatsapp(options).transports.webhook?.verifier.verify(what, world())) ?? {
    proven: false,
    reason: "there is no webhook",
  };

describe("the handshake", () => {
  const ask = (query: Record<string, string>): ReturnType<typeof request> =>
    request("", { method: "GET", url: `/webhooks/whatsapp?${new URLSearchParams(query).toString()}` });
  const right = { "hub.mode": "subscribe", "hub.verify_token": "open sesame", "hub.challenge": "1158201444" };

  it("gives the challenge back to who knows the token", async () => {
    expect(await verify(ask(right))).toMatchObject({ answer: { status: 200, body: "1158201444" } });
    expect(await verify(ask({ ...right, "hub.verify_token": "mine" }), { verifyToken: "mine" })).toMatchObject({
      answer: { status: 200 },
    });
  });

  it.each([
    ["another token", { ...right, "hub.verify_token": "guess" }],
    ["no token", { "hub.mode": "subscribe", "hub.challenge": "1" }],
    ["no challenge", { "hub.mode": "subscribe", "hub.verify_token": "open sesame" }],
    ["a page for a challenge", { ...right, "hub.challenge": "<script>alert(1)</script>" }],
  ])("is refused with %s", async (_name, query) => {
    expect(await verify(ask(query))).toMatchObject({ answer: { status: 403 } });
  });

  it("is refused while there is no token, and is nothing else", async () => {
    const { webhook } = whatsapp().transports;
    expect(await webhook?.verifier.verify(ask({ ...right, "hub.verify_token": "" }), world({ secrets: {} }))).toMatchObject({
      answer: { status: 403 },
    });
    expect(await verify(ask({}))).toMatchObject({ proven: false });
  });
});

describe("the signature", () => {
  const signed = (body: string, secret?: string): ReturnType<typeof request> =>
    request(body, { headers: { "x-hub-signature-256": signature(body, secret) } });

  it("covers the bytes as Meta escaped them", async () => {
    expect(await verify(signed('{"body":"L\\u00fac\\u00eda"}'))).toEqual({ proven: true });
    const escaped = signed('{"body":"L\\u00fa"}');
    expect(await verify({ ...escaped, body: new TextEncoder().encode('{"body":"Lú"}') })).toMatchObject({ proven: false });
  });

  it("may be made with any of the secrets, while they rotate", async () => {
    const options = { appSecret: ["new-secret", appSecret] };
    expect(await verify(signed("{}"), options)).toEqual({ proven: true });
    expect(await verify(signed("{}", "new-secret"), options)).toEqual({ proven: true });
    expect(await verify(signed("{}", "old-secret"), options)).toMatchObject({ proven: false });
  });
});

describe("deliveries", () => {
  it("are one for each thing of each change of each entry", async () => {
    const one = change({ messages: [text("wamid.1", "a"), text("wamid.2", "b")] });
    const two = change({
      messages: [text("wamid.3", "c")],
      statuses: [{ id: "wamid.4", status: "sent", timestamp: "1", recipient_id: ada }],
    });
    const body = JSON.stringify({
      object: "whatsapp_business_account",
      entry: [
        { id: "1", changes: [one, two] },
        { id: "2", changes: [one] },
      ],
    });
    const found = await deliveriesOf(body);
    expect(found.map(({ id }) => id.slice(account.length + 1))).toEqual([
      "wamid.1",
      "wamid.2",
      "wamid.3",
      "wamid.4:sent::1",
      "wamid.1",
      "wamid.2",
    ]);
    expect(found.every(({ lane }) => lane === `whatsapp/${account}/${ada}`)).toBe(true);
  });

  it("belong to the number that they came to, and to the room they are from", async () => {
    const other = change({
      metadata: { phone_number_id: "999", display_phone_number: "1" },
      messages: [{ ...text("wamid.1", "a"), from_user_id: scoped }],
    });
    const group = incoming({ ...text("wamid.2", "b"), group_id: groupId });
    const whole = change({ event: "APPROVED" }, "message_template_status_update");
    const found = await deliveriesOf(envelope(other, group, { ...whole, value: { event: "x" } }));
    expect(found.map(({ lane }) => lane)).toEqual([
      `whatsapp/999/${scoped}`,
      `whatsapp/${account}/${groupId}`,
      "whatsapp/419561257915477/419561257915477",
    ]);
  });

  it("of one message take the contact that is its own", async () => {
    const contacts = [
      { wa_id: "1", profile: { name: "Bo" } },
      { wa_id: ada, profile: { name: "Ada" } },
    ];
    const events = await eventsOf([
      change({ contacts, messages: [text("wamid.1", "a"), { ...text("wamid.2", "b"), from: "1" }] }),
    ]);
    expect(events.map(({ actor }) => actor.name)).toEqual(["Ada", "Bo"]);
  });

  it("have the same ids when Meta delivers again, in whatever company", async () => {
    const [a, b] = [text("wamid.1", "a"), text("wamid.2", "b")];
    const group = change({ groups: [{ group_id: groupId, timestamp: "1", type: "group_create" }] }, "group_lifecycle_update");
    const first = await deliveriesOf(envelope(change({ messages: [a, b] }), status({}), group));
    const again = await deliveriesOf(envelope(group, change({ messages: [b] }), status({}), change({ messages: [a] })));
    expect(again.map(({ id }) => id).toSorted()).toEqual(first.map(({ id }) => id).toSorted());
    expect(new Set(first.map(({ id }) => id)).size).toBe(4);
  });

  it("tell the statuses of one message apart", async () => {
    const found = await deliveriesOf(
      envelope(status({ status: "sent" }), status({ status: "delivered" }), status({ recipient_participant_id: "7" })),
    );
    expect(new Set(found.map(({ id }) => id)).size).toBe(3);
  });

  it("have the full value of a button whose id is a stand-in", async () => {
    const context = world();
    const press = (id: string): string =>
      envelope(incoming({ type: "interactive", interactive: { type: "list_reply", list_reply: { id, title: "Go" } } }));
    await context.memory.set(`press/${account}/abc`, "~go~all of it");
    const [known] = await deliveriesOf(press("~~abc"), context);
    expect(known?.body).toContain("~go~all of it");
    const [lost] = await deliveriesOf(press("~~gone"), context);
    expect(whatsapp().normalizer.normalize(lost ? [lost] : [], undefined)).toMatchObject([
      { kind: "platform.event", type: "interactive" },
    ]);
  });

  it("of a status that says a message is sent spare its retry", async () => {
    const context = world();
    await deliveriesOf(envelope(status({ status: "sent", biz_opaque_callback_data: "df0:op1" })), context);
    await deliveriesOf(envelope(status({ status: "sent", biz_opaque_callback_data: "somebody else's" })), context);
    expect([...context.remembered.keys()]).toEqual([`taken/${account}/df0:op1`]);
    const adapter = whatsapp();
    const to = { platform: "whatsapp", account, room: ada };
    const body = { calls: [{ type: "text", text: { body: "hi" } }] };
    const receipt = await adapter.sender.send({ key: "op1", kind: "message.post", to, body, attempt: 2 }, context);
    expect(receipt).toEqual({ at: context.clock.now(), messageId: "wamid.out" });
  });

  it("of a thousand statuses wait for the memory together, and keep their order", async () => {
    const context = world();
    let release = (): void => {};
    const all = new Promise<void>((resolve) => (release = resolve));
    let asked = 0;
    const slow: typeof context.memory.set = async (...args) => {
      if (++asked === 1_000) release();
      await all;
      return await context.memory.set(...args);
    };
    const statuses = Array.from({ length: 1_000 }, (_, n) =>
      status({ id: `wamid.${n}`, status: "sent", biz_opaque_callback_data: `df0:${n}` }),
    );
    const found = await deliveriesOf(envelope(...statuses), { ...context, memory: { ...context.memory, set: slow } });
    expect(found.map(({ id }) => id)).toEqual(statuses.map((_, n) => `${account}:wamid.${n}:sent::1767225600`));
  });

  it("are refused for what is no webhook of Meta's", async () => {
    const { webhook } = whatsapp().transports;
    for (const body of ["{}", '{"entry":{}}', "[]", "nonsense"]) {
      await expect(async () => await webhook?.receive(request(body) as VerifiedRequest, world())).rejects.toMatchObject({
        code: "wire.malformed",
      });
    }
  });
});
