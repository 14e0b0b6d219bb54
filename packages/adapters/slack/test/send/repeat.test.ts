import { scriptedServer, type HttpCall, type ScriptedServer } from "@devflow/conformance";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Address } from "@devflow/gateway/contract";
import { parseMarkdown } from "@devflow/gateway/kit";
import { slack, type SlackOptions } from "../../src/index.ts";
import { world } from "../support/index.ts";

interface Stored {
  readonly ts: string;
  readonly metadata?: unknown;
}

const room: Address = { platform: "slack", account: "T0001", room: "C0001" };
let server: ScriptedServer;
let posted: Stored[] = [];
let answer: object | undefined;

const args = (call: HttpCall): Record<string, string> => Object.fromEntries(new URLSearchParams(call.body));
const methods = (): string[] => server.calls.map((call) => call.url.slice(1));

beforeEach(async () => {
  posted = [];
  answer = undefined;
  server = await scriptedServer((call) => {
    if (call.url === "/chat.postMessage") {
      const ts = `${posted.length + 1}.000100`;
      posted.push({ ts, metadata: JSON.parse(args(call)["metadata"] ?? "null") });
      return { body: { ok: true, ts } };
    }
    const messages = [{ ts: "0.1" }, ...posted].slice(0, Number(args(call)["limit"]));
    return { body: answer ?? { ok: true, messages, channel: { id: "D0001" } } };
  });
});
afterEach(async () => await server.close());

const context = world();
async function send(
  attempt: number,
  options: SlackOptions = {},
  to = room,
  key = "e/0",
  replyTo?: string,
): Promise<string | undefined> {
  const adapter = slack({ apiUrl: server.url, ...options });
  const draft = { content: parseMarkdown("hi"), attachments: [], ...(replyTo === undefined ? {} : { replyTo }) };
  const body = adapter.formatter.format({ kind: "message.post", draft }, to);
  return (await adapter.sender.send({ key, kind: "message.post", to, body, attempt }, context)).messageId;
}

describe("a second attempt", () => {
  it("finds what the first has posted", async () => {
    await send(1);
    expect(await send(2)).toBe("1.000100");
    expect(methods()).toEqual(["chat.postMessage", "conversations.history"]);
    expect(args(server.calls[1] as HttpCall)).toMatchObject({
      channel: "C0001",
      include_all_metadata: "true",
      oldest: String(context.clock.now() / 1000 - 86_400),
    });
    expect(posted[0]?.metadata).toEqual({ event_type: "devflow_message", event_payload: { key: "e/0" } });
  });

  it("looks in the thread, and in a person's room", async () => {
    await send(1, {}, { ...room, thread: "9.000100" });
    await send(2, {}, { ...room, thread: "9.000100" });
    expect(args(server.calls[1] as HttpCall)).toMatchObject({ ts: "9.000100" });
    expect(await send(2, {}, { ...room, room: "U0001" })).toBe("1.000100");
    expect(methods()).toEqual(["chat.postMessage", "conversations.replies", "conversations.open", "conversations.history"]);
  });

  it("looks in the thread that an answer began, where the room does not show it", async () => {
    await send(1, {}, room, "e/0", "9.000100");
    expect(await send(2, {}, room, "e/0", "9.000100")).toBe("1.000100");
    expect(args(server.calls[1] as HttpCall)).toMatchObject({ channel: "C0001", ts: "9.000100" });
    expect(methods()).toEqual(["chat.postMessage", "conversations.replies"]);
  });

  it("finds it at the end of a long thread, which Slack tells from its beginning", async () => {
    const thread = { ...room, thread: "9.000100" };
    posted = Array.from({ length: 300 }, (_, index) => ({ ts: `0.${index}` }));
    await send(1, {}, thread);
    expect(await send(2, {}, thread)).toBe("301.000100");
  });

  it("posts what is not there, and does not take another message for it", async () => {
    await send(1, {}, room, "e/1");
    expect(await send(2)).toBe("2.000100");
  });

  it("posts again where it may not look, and waits where Slack is away", async () => {
    for (const error of ["missing_scope", "ratelimited", "channel_not_found"]) {
      answer = { ok: false, error };
      expect(await send(2)).toBeDefined();
    }
    expect(posted.length).toBe(3);
    answer = { ok: false, error: "internal_error" };
    await expect(send(2)).rejects.toMatchObject({ code: "platform.failed", retryable: true });
    expect(posted.length).toBe(3);
  });

  it("neither marks nor looks when it is told not to", async () => {
    await send(1, { avoidDoubles: false });
    await send(2, { avoidDoubles: false });
    expect(methods()).toEqual(["chat.postMessage", "chat.postMessage"]);
    expect(posted[0]?.metadata).toBeNull();
  });
});
