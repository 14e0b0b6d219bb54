import { describe, expect, it } from "vitest";
import { rig } from "./harness.ts";

const form = { type: "form.submitted", form: "order", ask: true, values: { n: "0" } };

async function ask(one: Awaited<ReturnType<typeof rig>>, payload: object) {
  const response = one.gateway.fetch(one.fake.request(payload, { timestamp: one.clock.now() }));
  await one.clock.advance(10_000);
  const { status } = await response;
  return { status, body: await (await response).text() };
}

describe("questions", () => {
  it("errors of a form go into the response, and the form is not submitted", async () => {
    const one = await rig();
    let submitted = 0;
    one.gateway.form("order", () => void submitted++);
    one.gateway.answer("form.submitted", { form: "order" }, ({ event }) =>
      event.values["n"] === "0" ? { errors: { n: "More than none, please." } } : undefined,
    );
    expect(await ask(one, form)).toEqual({ status: 200, body: '{"errors":{"n":"More than none, please."}}' });
    expect(submitted).toBe(0);
    expect(await ask(one, { ...form, values: { n: "2" } })).toEqual({ status: 200, body: "{}" });
    expect(submitted).toBe(1);
  });

  it("options of a select are answered, and nothing is queued", async () => {
    const one = await rig();
    one.gateway.answer("options.requested", ({ event }) => ({ options: [{ label: event.query, value: event.field }] }));
    const { body } = await ask(one, { type: "options.requested", field: "city", query: "par" });
    expect(JSON.parse(body)).toEqual({ options: [{ label: "par", value: "city" }] });
    expect(one.count("delivery.stored")).toBe(0);
  });

  it("the first answer that matches is the answer", async () => {
    const one = await rig();
    one.gateway.answer("options.requested", { field: "a" }, () => ({ options: [{ label: "A", value: "a" }] }));
    one.gateway.answer("options.requested", () => ({ options: [{ label: "B", value: "b" }] }));
    const label = async (field: string) =>
      JSON.parse((await ask(one, { type: "options.requested", field })).body).options[0].label;
    expect([await label("a"), await label("z")]).toEqual(["A", "B"]);
  });

  it("without an answer in time the platform gets one all the same, within its deadline, and the form is accepted", async () => {
    const one = await rig();
    let aborted = false;
    let submitted = 0;
    one.gateway.form("order", () => void submitted++);
    one.gateway.answer("form.submitted", async ({ signal }) => {
      await new Promise((resolve) => signal.addEventListener("abort", resolve));
      aborted = true;
      return { errors: { n: "too late" } };
    });
    expect(await ask(one, form)).toEqual({ status: 200, body: "{}" });
    expect([aborted, submitted]).toEqual([true, 1]);
    expect(one.seen.find(({ step }) => step === "question.answered")).toMatchObject({
      code: "handler.timeout",
      durationMs: 2500,
    });
  });

  it("an answerer that throws, or that nobody registered, leaves the form accepted", async () => {
    for (const broken of [true, false]) {
      const one = await rig();
      let submitted = 0;
      one.gateway.form("order", () => void submitted++);
      if (broken)
        one.gateway.answer("form.submitted", () => {
          throw Object.create(null);
        });
      expect((await ask(one, form)).status).toBe(200);
      expect(submitted).toBe(1);
    }
  });

  it("a form opens in answer to a trigger, and says why where there is none", async () => {
    const one = await rig();
    const errors: string[] = [];
    const dialog = { id: "order", title: "Order", fields: [{ kind: "text", id: "n", label: "How many" }] } as const;
    one.gateway.command("order", async (c) => {
      await c.open(dialog);
    });
    one.gateway.on("message.created", (c) => c.open(dialog).catch((error: Error) => errors.push(error.message)));
    await one.hear({ type: "command.invoked", command: "order", trigger: "t-1" });
    await one.hear({ text: "hi" });
    await one.clock.advance(1000);
    expect(one.fake.calls.map(({ kind, body }) => [kind, body["trigger"]])).toEqual([["form.open", "t-1"]]);
    expect(errors[0]).toContain("message.created has none");
  });

  it("interactive events overtake the lane: a click is handled while the conversation is busy", async () => {
    const one = await rig();
    const got: string[] = [];
    one.gateway.on("message.created", () => new Promise<void>((resolve) => one.clock.after(60_000, resolve)));
    one.gateway.action("stop", (c) => got.push(c.event.action));
    await one.hear({ text: "long work" });
    await one.clock.advance(1000);
    await one.hear({ type: "action.invoked", action: "stop" });
    await one.clock.advance(100);
    expect(got).toEqual(["stop"]);
  });
});
