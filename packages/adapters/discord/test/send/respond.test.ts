import { manualClock } from "@devflow/conformance";
import type { Address, Operation, PreparedDraft } from "@devflow/gateway/contract";
import { parseMarkdown } from "@devflow/gateway/kit";
import { describe, expect, it } from "vitest";
import { discord } from "../../src/index.ts";
import { writeRoute } from "../../src/wire/index.ts";
import { api, refusal, type Answer, type Call } from "../support/api.ts";
import { ada, application, idAt, room, world } from "../support/index.ts";

const at = Date.UTC(2026, 0, 1);
const interaction = idAt(at, 7);
const routeOf = (deferral: 5 | 6): string => writeRoute({ interaction, deferral, user: ada.id, token: "tok" });
const draft = (rest: Partial<PreparedDraft> = {}): PreparedDraft => ({ content: parseMarkdown("hi"), attachments: [], ...rest });
const form = { id: "f", title: "F", fields: [{ id: "n", label: "N", kind: "text" as const }] };

type Script = (call: Call, count: number) => Answer | undefined;

/** Sends operations to the interaction, one after the other, and tells what was called. */
async function bench(script: Script, deferral: 5 | 6 = 5) {
  const server = await api(script);
  const context = world({ clock: manualClock(at + 100) });
  const adapter = discord({ apiUrl: server.url });
  const to: Address = { ...room, route: routeOf(deferral) };
  const send = async (key: string, operation: Operation, attempt = 1) => {
    const body = adapter.formatter.format(operation, to);
    return await adapter.sender.send({ key, kind: operation.kind, to, body, attempt, messageId: "9" }, context);
  };
  const say = (key: string, rest: Partial<PreparedDraft> = {}, attempt = 1) =>
    send(key, { kind: "message.post", draft: draft(rest) }, attempt);
  const called = (): readonly string[] => server.calls.map(({ method, path }) => `${method} ${path}`);
  return { server, context, send, say, called, [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() };
}

const callback = `POST /interactions/${interaction}/tok/callback?with_response=true`;
const follow = `POST /webhooks/${application}/tok?wait=true`;
const original = `PATCH /webhooks/${application}/tok/messages/@original`;
const channel = `POST /channels/${room.room}/messages`;
const made = (call: Call): Answer | undefined =>
  call.path.includes("/callback") ? { body: { resource: { type: 4, message: { id: "71" } } } } : undefined;

describe("an answer to an interaction", () => {
  it("is the first response, then a follow-up, without our credentials", async () => {
    await using run = await bench(made);
    expect((await run.say("a")).messageId).toBe("71");
    await run.say("b");
    expect(run.called()).toEqual([callback, follow]);
    expect(run.server.calls[0]?.body).toMatchObject({ type: 4, data: { content: "hi", allowed_mentions: { parse: [] } } });
    expect(run.server.calls.some(({ authorized }) => authorized)).toBe(false);
  });

  it("takes the place of a deferral once, and follows up after it", async () => {
    await using run = await bench(() => undefined);
    await run.context.memory.set(`interaction/${interaction}`, { by: "deferral", deferral: 5 });
    await run.say("a");
    await run.say("a", {}, 2);
    await run.say("b");
    expect(run.called()).toEqual([original, original, follow]);
  });

  it("never touches the message whose button was pressed", async () => {
    await using run = await bench(() => undefined, 6);
    await run.context.memory.set(`interaction/${interaction}`, { by: "deferral", deferral: 6 });
    await run.say("a");
    expect(run.called()).toEqual([follow]);
  });

  it("is not given twice when the answer to the first attempt was lost", async () => {
    await using run = await bench((call, count) =>
      call.path.includes("/callback") ? (count === 1 ? { status: 502, body: {} } : refusal(400, 40_060)) : undefined,
    );
    await expect(run.say("a")).rejects.toMatchObject({ code: "platform.failed", retryable: true });
    await run.say("a", {}, 2);
    expect(run.called()).toEqual([callback, callback, original]);
  });

  it("goes beside the answer of another handler", async () => {
    await using run = await bench((call) => (call.path.includes("/callback") ? refusal(400, 40_060) : undefined));
    await run.say("a");
    expect(run.called()).toEqual([callback, follow]);
  });

  it("goes to the channel when the interaction is unknown or too old", async () => {
    await using run = await bench((call) => (call.path.includes("/callback") ? refusal(404, 10_062) : undefined));
    await run.say("a");
    expect(run.called()).toEqual([callback, channel]);
    expect(run.server.calls[1]).toMatchObject({ authorized: true, body: { enforce_nonce: true } });
    await run.context.clock.advance(15 * 60_000);
    await run.say("b");
    expect(run.called().slice(2)).toEqual([channel]);
  });

  it("waits for a deferral that is under way", async () => {
    await using run = await bench((call) => (call.path.includes("@original") ? refusal(404, 10_015) : undefined));
    await run.context.memory.set(`interaction/${interaction}`, { by: "deferral", deferral: 5 });
    await expect(run.say("a")).rejects.toMatchObject({ code: "platform.failed", retryable: true, retryAfterMs: 500 });
    await run.context.clock.advance(10_000);
    await run.say("a", {}, 2);
    expect(run.called().at(-1)).toBe(channel);
  });

  it("lets the next one answer when Discord refuses this one for good", async () => {
    await using run = await bench((call, count) => (count === 1 ? refusal(400, 50_035, "Invalid Form Body") : made(call)));
    await expect(run.say("a")).rejects.toMatchObject({ code: "content.rejected" });
    await run.say("b");
    expect(run.called()).toEqual([callback, callback]);
  });
});

describe("a message for one person alone", () => {
  it("answers that person's interaction, and is rejected rather than shown to all", async () => {
    await using run = await bench(made);
    await run.say("a", { onlyFor: ada.id });
    expect(run.server.calls[0]?.body).toMatchObject({ data: { flags: 64 } });
    await expect(run.say("b", { onlyFor: "5" })).rejects.toMatchObject({ code: "operation.rejected" });
    await run.context.clock.advance(15 * 60_000);
    await expect(run.say("c", { onlyFor: ada.id })).rejects.toMatchObject({ code: "window.closed" });
    expect(run.called()).toEqual([callback]);
  });

  it("takes back a deferral that everybody sees", async () => {
    await using run = await bench(() => undefined);
    await run.context.memory.set(`interaction/${interaction}`, { by: "deferral", deferral: 5 });
    await run.say("a", { onlyFor: ada.id });
    expect(run.called()).toEqual([`DELETE /webhooks/${application}/tok/messages/@original`, follow]);
    expect(run.server.calls[1]?.body).toMatchObject({ flags: 64 });
  });
});

describe("a form", () => {
  const open: Operation = { kind: "form.open", trigger: routeOf(5), form };

  it("is opened as the first answer, once", async () => {
    await using run = await bench((_, count) => (count > 1 ? refusal(400, 40_060) : undefined));
    await run.send("a", open);
    expect(run.called()).toEqual([callback]);
    expect(run.server.calls[0]?.body).toMatchObject({ type: 9, data: { title: "F", custom_id: "f" } });
    await run.send("a", open, 2);
    await expect(run.send("b", open)).rejects.toMatchObject({ code: "window.closed" });
  });

  it("is too late after a deferral", async () => {
    await using run = await bench(() => undefined);
    await run.context.memory.set(`interaction/${interaction}`, { by: "deferral", deferral: 5 });
    await expect(run.send("a", open)).rejects.toMatchObject({ code: "window.closed" });
    expect(run.called()).toEqual([]);
  });
});

describe("what only the interaction's token reaches", () => {
  it("is edited and deleted by it", async () => {
    await using run = await bench((call) => (call.path.startsWith("/channels/") ? refusal(404, 10_008) : undefined));
    await run.send("a", { kind: "message.edit", messageId: "9", draft: draft() });
    await run.send("b", { kind: "message.delete", messageId: "9" });
    const by = `/webhooks/${application}/tok/messages/9`;
    expect(run.called().filter((one) => !one.includes("/channels/"))).toEqual([`PATCH ${by}`, `DELETE ${by}`]);
  });
});
