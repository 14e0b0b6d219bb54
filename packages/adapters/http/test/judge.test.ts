import { fakeContext, manualClock, scriptedServer } from "@devflow/conformance";
import type { Event } from "@devflow/gateway/contract";
import { CloudEvent, HTTP } from "cloudevents";
import { Webhook } from "standardwebhooks";
import { describe, expect, it } from "vitest";
import { http } from "../src/index.ts";
import { at, opened, other, proven, secret, signed, structured } from "./support/requests.ts";

const bodies = ["{}", '{"text":"Grüße, 世界 👋"}', structured(opened), " ", "[1,2]"];

describe("judged by the official library of Standard Webhooks", () => {
  it("signs as it does", () => {
    for (const body of bodies)
      expect(signed(body, at, "msg_2")["webhook-signature"]).toBe(new Webhook(secret).sign("msg_2", new Date(at), body));
  });

  it("accepts what it signs", async () => {
    const { verifier } = http({ secret: [other, secret] }).transports.webhook ?? {};
    for (const body of bodies) {
      const headers = {
        "webhook-id": "msg_2",
        "webhook-timestamp": String(at / 1000),
        "webhook-signature": new Webhook(secret).sign("msg_2", new Date(at), body),
      };
      const request = proven(body, headers);
      expect(await verifier?.verify(request, fakeContext())).toEqual({ proven: true, account: "main" });
    }
  });

  it("sends what it accepts, by each secret while one is being replaced", async () => {
    const server = await scriptedServer(() => ({}));
    const adapter = http({ endpoints: { audit: { url: server.url, secret: [other, secret] } } });
    const to = { platform: "http", account: "audit", room: "r" };
    // The library reads the clock of this machine.
    const context = fakeContext({ platform: "http", clock: manualClock(Date.now()) });
    for (const operation of [
      { kind: "event.post", event: opened },
      {
        kind: "message.post",
        draft: { content: [{ type: "paragraph", children: [{ type: "text", value: "Grüße" }] }], attachments: [] },
      },
    ] as const) {
      const body = adapter.formatter.format(operation, to);
      await adapter.sender.send({ key: "a.b/ü", kind: operation.kind, to, body, attempt: 1 }, context);
      const call = server.calls.at(-1);
      for (const one of [secret, other]) expect(new Webhook(one).verify(call?.body ?? "", { ...call?.headers })).toEqual(body);
      expect(() =>
        new Webhook("whsec_Y2FuYXJ5LXNvbWVib2R5LWVsc2UtWHI4d0wzeVgw").verify(call?.body ?? "", { ...call?.headers }),
      ).toThrow();
    }
    await server.close();
  });
});

describe("judged by the SDK of CloudEvents", () => {
  const made = new CloudEvent({
    id: "e 1",
    source: "/shop/cheese",
    type: "com.example.sold",
    subject: "item/7",
    time: "2026-01-01T00:00:00.000Z",
    data: { price: 1 },
  });

  async function received(message: ReturnType<typeof HTTP.binary>): Promise<Event | undefined> {
    const adapter = http();
    const headers = Object.fromEntries(
      Object.entries(message.headers).map(([name, value]) => [name.toLowerCase(), String(value)]),
    );
    const reception = await adapter.transports.webhook?.receive(proven(message.body, headers), fakeContext());
    return adapter.normalizer.normalize(reception?.deliveries ?? [], undefined)[0];
  }

  it("reads what it sends in either mode, as the same event", async () => {
    const [inBody, inHeaders] = [await received(HTTP.structured(made)), await received(HTTP.binary(made))];
    expect(inBody).toMatchObject({ kind: "platform.event", type: "com.example.sold", raw: { data: { price: 1 } } });
    expect(inBody?.conversation.address.room).toBe("item/7");
    expect(inHeaders?.id).toBe(inBody?.id);
    expect(inHeaders?.raw).toMatchObject({ id: "e 1", source: "/shop/cheese", subject: "item/7", data: { price: 1 } });
  });

  it("sends what it reads", async () => {
    const server = await scriptedServer(() => ({}));
    const adapter = http({ endpoints: { audit: { url: server.url, secret } } });
    const to = { platform: "http", account: "audit", room: "r" };
    const body = adapter.formatter.format({ kind: "event.post", event: opened }, to);
    await adapter.sender.send({ key: "1", kind: "event.post", to, body, attempt: 1 }, fakeContext());
    const [call] = server.calls;
    const read = HTTP.toEvent({ headers: { ...call?.headers }, body: call?.body }) as CloudEvent<{ issue: unknown }>;
    expect(read.validate()).toBe(true);
    expect(read).toMatchObject({ type: "devflow.issue.opened", source: "/github/octo", data: { issue: opened.issue } });
    await server.close();
  });
});
