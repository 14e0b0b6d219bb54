import { manualClock, rawRequest, type ManualClock } from "@devflow/conformance";
import type { VerifiedRequest } from "@devflow/gateway/contract";
import { describe, expect, it } from "vitest";
import { discord } from "../src/index.ts";
import { api } from "./support/api.ts";
import { application, interaction, publicKey, signed, world } from "./support/index.ts";

const at = Date.UTC(2026, 0, 1);
const day = 86_400_000;

function arriving(payload: object, receivedAt = at): VerifiedRequest {
  const { body, headers } = signed(JSON.stringify(payload), receivedAt);
  return rawRequest(body, headers, receivedAt) as VerifiedRequest;
}

const transport = (options = {}) => {
  const { webhook } = discord(options).transports;
  if (!webhook) throw new Error("no webhook");
  return webhook;
};

/** Lets time pass, and then waits for what goes over the loopback for as long as a busy machine takes. */
async function after(ms: number, clock: ManualClock, condition: () => boolean): Promise<void> {
  await clock.advance(ms);
  while (!condition()) await clock.settle();
}

describe("pings", () => {
  it("are answered as Discord wants them, for interactions and for events", async () => {
    expect(await transport().receive(arriving({ type: 1, application_id: application, id: "1" }), world())).toMatchObject({
      deliveries: [],
      response: { status: 200, body: '{"type":1}' },
    });
    expect(await transport().receive(arriving({ type: 0, application_id: application }), world())).toMatchObject({
      deliveries: [],
      response: { status: 204 },
    });
  });
});

describe("a replay", () => {
  it("of a day-old interaction is refused, however well it was signed", async () => {
    const { body, headers } = signed(JSON.stringify(interaction(3, { custom_id: "go" })), at);
    for (const receivedAt of [at + day, at - day, at + 301_000]) {
      const verdict = await transport({ publicKey }).verifier.verify(rawRequest(body, headers, receivedAt), world());
      expect(verdict).toEqual({ proven: false, reason: "the timestamp is too far from now" });
    }
    expect(await transport({ publicKey }).verifier.verify(rawRequest(body, headers, at + 299_000), world())).toEqual({
      proven: true,
    });
  });

  it("within the window is refused by the interaction's id, over all processes of the store", async () => {
    const context = world();
    const press = interaction(3, { custom_id: "go" });
    const first = await transport().receive(arriving(press), context);
    expect(first.deliveries).toHaveLength(1);
    const again = await transport().receive(arriving(press, at + 1_000), context);
    expect(again).toMatchObject({ deliveries: [], response: { status: 401 } });
  });
});

describe("interactions", () => {
  it("are answered with 202 once durable, and deferred in time while the handler runs on", async () => {
    await using server = await api();
    const context = world({ clock: manualClock(at) });
    const { deliveries, response } = await transport({ apiUrl: server.url }).receive(
      arriving(interaction(2, { name: "deploy", type: 1 })),
      context,
    );
    expect(response).toEqual({ status: 202 });
    expect(deliveries).toMatchObject([{ interactive: true, account: application }]);
    await context.clock.advance(1_900);
    expect(server.calls).toEqual([]);
    await after(1_000, context.clock, () => server.calls.length > 0);
    expect(server.calls[0]).toMatchObject({ body: { type: 5 }, authorized: false });
  });

  it.each([
    ["a command", 2, { name: "x", type: 1 }, {}, 5],
    ["a button", 3, { custom_id: "x" }, {}, 6],
    ["a form of a command", 5, { custom_id: "x", components: [] }, {}, 5],
    ["a form of a message", 5, { custom_id: "x", components: [] }, { message: { id: "1", type: 0 } }, 6],
  ])("are deferred as they want it: %s", async (_, type, data, rest, deferral) => {
    await using server = await api();
    const context = world({ clock: manualClock(at) });
    await transport({ apiUrl: server.url, deferAfterMs: 500 }).receive(arriving(interaction(type, data, rest)), context);
    await after(1_000, context.clock, () => server.calls.length > 0);
    expect(server.calls[0]?.body).toEqual({ type: deferral });
  });

  it("are not deferred when somebody has answered", async () => {
    await using server = await api();
    const context = world({ clock: manualClock(at) });
    const command = interaction(2, { name: "deploy", type: 1 });
    await transport({ apiUrl: server.url }).receive(arriving(command), context);
    await context.memory.set(`interaction/${String(command["id"])}`, { by: "an answer" });
    await context.clock.advance(3_000);
    expect(server.calls).toEqual([]);
  });

  it("survive a deferral that fails", async () => {
    await using server = await api(() => ({ status: 500, body: {} }));
    const context = world({ clock: manualClock(at) });
    await transport({ apiUrl: server.url }).receive(arriving(interaction(2, { name: "deploy", type: 1 })), context);
    await after(5_000, context.clock, () => context.log.records.length > 0);
    expect(JSON.stringify(context.log.records)).toContain("not deferred");
  });

  it("ask what is typed into a command, and answer in the response", async () => {
    const options = [{ name: "env", type: 3, value: "pr", focused: true }];
    const { deliveries, question } = await transport().receive(arriving(interaction(4, { name: "deploy", options })), world());
    expect(deliveries).toEqual([]);
    expect(question?.event).toMatchObject({ kind: "options.requested", field: "env", query: "pr", form: "deploy" });
    const many = Array.from({ length: 30 }, (_, n) => ({ label: "x".repeat(200), value: `${n}` }));
    const { response } = question?.respond({ options: many }) ?? {};
    const { type, data } = JSON.parse(response?.body ?? "{}") as { type: number; data: { choices: { name: string }[] } };
    expect([type, data.choices.length, data.choices[0]?.name.length]).toEqual([8, 25, 100]);
    expect(JSON.parse(question?.respond(undefined).response.body ?? "")).toEqual({ type: 8, data: { choices: [] } });
    const long = `x${"😀".repeat(200)}`;
    const cut = question?.respond({ options: [{ label: long, value: long }] }).response.body;
    expect(cut).toContain("x😀");
    expect(cut).not.toMatch(/\\ud[89a-f]/);
  });

  it("say what is wrong with a form to its writer alone", async () => {
    const { question } = await transport().receive(arriving(interaction(5, { custom_id: "f", components: [] })), world());
    expect(question?.respond(undefined)).toEqual({ response: { status: 202 }, accept: true });
    const refused = question?.respond({ errors: { note: "too short" } });
    expect(refused?.accept).toBe(false);
    expect(JSON.parse(refused?.response.body ?? "")).toMatchObject({ type: 4, data: { flags: 64, content: "- too short" } });
    const long = question?.respond({ errors: { note: `x${"😀".repeat(1_100)}` } }).response.body;
    expect(long).toContain("x😀");
    expect(long).not.toMatch(/\\ud[89a-f]/);
  });

  it("without an id are malformed", async () => {
    await expect(async () => await transport().receive(arriving({ type: 2 }), world())).rejects.toMatchObject({
      code: "wire.malformed",
    });
  });
});

describe("proof", () => {
  it("is refused without a key, with another's, and with an altered body", async () => {
    const { body, headers } = signed('{"type":1}', at);
    const verify = async (options: object, text = body, given = headers) =>
      await transport(options).verifier.verify(rawRequest(text, given, at), world({ secrets: {} }));
    expect(await verify({})).toMatchObject({ proven: false });
    expect(await verify({ publicKey: "0".repeat(64) })).toMatchObject({ proven: false });
    expect(await verify({ publicKey }, '{"type":2}')).toMatchObject({ proven: false });
    expect(await verify({ publicKey }, body, { ...headers, "x-signature-ed25519": "zz" })).toMatchObject({ proven: false });
    expect(await verify({ publicKey: ["0".repeat(64), publicKey] })).toEqual({ proven: true });
  });
});
