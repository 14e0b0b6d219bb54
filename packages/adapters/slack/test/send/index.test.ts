import { scriptedServer, type HttpAnswer, type HttpCall, type ScriptedServer } from "@devflow/conformance";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Address, Attachment, Operation } from "@devflow/gateway/contract";
import { parseMarkdown } from "@devflow/gateway/kit";
import { slack } from "../../src/index.ts";
import { world } from "../support/index.ts";

const room: Address = { platform: "slack", account: "T0001", room: "C0001" };
let server: ScriptedServer;
let answers: Record<string, unknown> = {};
let context = world();

const methodOf = (call: HttpCall): string => call.url.replace(/^\/+(?:api\/)?/, "");
const args = (call: HttpCall | undefined): Record<string, string> => Object.fromEntries(new URLSearchParams(call?.body));
const calls = (): [string, Record<string, string>][] => server.calls.map((call) => [methodOf(call), args(call)]);

function respond(call: HttpCall): HttpAnswer {
  const scripted = answers[methodOf(call)];
  if (typeof scripted === "string") return { body: { ok: false, error: scripted } };
  return { body: { ok: true, ts: "5.000100", channel: "C0001", ...(scripted as object) } };
}

beforeEach(async () => {
  answers = {};
  context = world();
  server = await scriptedServer(respond);
});
afterEach(async () => await server.close());

const say = (text: string, rest: object = {}): Operation => ({
  kind: "message.post",
  draft: { content: parseMarkdown(text), attachments: [], ...rest },
});

function send(
  operation: Operation,
  to = room,
  rest: { messageId?: string; attachments?: readonly Attachment[]; attempt?: number } = {},
) {
  const adapter = slack({ apiUrl: `${server.url}/api/` });
  return adapter.sender.send(
    { key: "k", kind: operation.kind, to, body: adapter.formatter.format(operation, to), attempt: 1, ...rest },
    context,
  );
}

describe("sending", () => {
  it("posts, and returns the id that edits and replies go by", async () => {
    expect(await send(say("hi"))).toEqual({ at: context.clock.now(), messageId: "5.000100" });
    const metadata = JSON.stringify({ event_type: "devflow_message", event_payload: { key: "k" } });
    expect(calls()).toEqual([
      ["chat.postMessage", { channel: "C0001", text: "hi", unfurl_links: "false", unfurl_media: "false", metadata }],
    ]);
    expect(server.calls[0]?.headers["authorization"]).toBe("Bearer xoxb-test-1");
  });

  it("puts the message's id in", async () => {
    await send({ kind: "message.edit", messageId: "", draft: { content: parseMarkdown("b"), attachments: [] } }, room, {
      messageId: "1.000100",
    });
    await send({ kind: "message.delete", messageId: "" }, room, { messageId: "1.000100" });
    await send({ kind: "reaction.add", messageId: "", emoji: "👀" }, room, { messageId: "1.000100" });
    expect(calls()).toEqual([
      ["chat.update", { channel: "C0001", text: "b", blocks: "[]", parse: "none", ts: "1.000100" }],
      ["chat.delete", { channel: "C0001", ts: "1.000100" }],
      ["reactions.add", { channel: "C0001", name: "eyes", timestamp: "1.000100" }],
    ]);
    await expect(send({ kind: "message.delete", messageId: "" })).rejects.toMatchObject({
      code: "operation.rejected",
      retryable: false,
    });
  });

  it("calls it done when it is as it should be", async () => {
    answers = { "reactions.add": "already_reacted", "reactions.remove": "no_reaction", "chat.delete": "message_not_found" };
    const target = { messageId: "1.000100" };
    await expect(send({ kind: "reaction.add", messageId: "", emoji: "👀" }, room, target)).resolves.toEqual({
      at: context.clock.now(),
    });
    await expect(send({ kind: "reaction.remove", messageId: "", emoji: "👀" }, room, target)).resolves.toBeDefined();
    await expect(send({ kind: "message.delete", messageId: "" }, room, target)).resolves.toBeDefined();
    answers = { "reactions.add": "message_not_found" };
    await expect(send({ kind: "reaction.add", messageId: "", emoji: "👀" }, room, target)).rejects.toMatchObject({
      code: "target.gone",
    });
  });

  it("shows what one person alone may see, without an id", async () => {
    answers = { "chat.postEphemeral": { message_ts: "6.0", ts: undefined } };
    expect(await send(say("psst", { onlyFor: "U0001" }))).toEqual({ at: context.clock.now() });
    expect(calls()[0]).toEqual(["chat.postEphemeral", { channel: "C0001", user: "U0001", text: "psst" }]);
  });

  it("posts to a person as it is, and finds the room where a method wants one", async () => {
    answers = { "conversations.open": { channel: { id: "D0009" } } };
    const person = { ...room, room: "U0001" };
    await send(say("hi"), person);
    await send({ kind: "message.delete", messageId: "" }, person, { messageId: "1.0" });
    await send({ kind: "message.delete", messageId: "" }, person, { messageId: "2.0" });
    expect(calls().map(([method, { channel }]) => [method, channel])).toEqual([
      ["chat.postMessage", "U0001"],
      ["conversations.open", undefined],
      ["chat.delete", "D0009"],
      ["chat.delete", "D0009"],
    ]);
  });

  it("keeps a value that Slack would refuse, and gives it back whole", async () => {
    const value = "x".repeat(5_000);
    const actions = { type: "actions" as const, items: [{ kind: "button" as const, id: "go", label: "Go", value }] };
    await send({ kind: "message.post", draft: { content: [...parseMarkdown("a"), actions], attachments: [] } });
    const blocks = JSON.parse(calls()[0]?.[1]["blocks"] ?? "[]");
    const kept: string = blocks[1].elements[0].value;
    expect(kept.length).toBeLessThanOrEqual(2_000);
    const press = {
      type: "block_actions",
      team: { id: "T0001" },
      user: { id: "U1" },
      trigger_id: "t",
      actions: [{ action_id: "go", value: kept }],
    };
    const { receive, read } = await import("../support/index.ts");
    const { deliveries } = await receive(`payload=${encodeURIComponent(JSON.stringify(press))}`, { form: true }, context);
    expect(read(deliveries)[0]).toMatchObject({ kind: "action.invoked", value });
    expect(JSON.parse(deliveries[0]?.body ?? "")).toEqual(deliveries[0]?.payload);
  });
});

describe("a way in for the invited", () => {
  const command = {
    ...room,
    get route() {
      return `U0001 ${server.url}/response`;
    },
  };

  it("answers through the response_url where the bot is not let in", async () => {
    answers = { "chat.postMessage": "not_in_channel" };
    expect(await send(say("hi"), command)).toEqual({ at: context.clock.now() });
    expect(JSON.parse(server.calls[1]?.body ?? "")).toEqual({ text: "hi", response_type: "in_channel", replace_original: false });
  });

  it("shows what is for the caller to the caller, and to nobody else", async () => {
    answers = { "chat.postEphemeral": "channel_not_found" };
    await send(say("psst", { onlyFor: "U0001" }), command);
    expect(JSON.parse(server.calls[1]?.body ?? "")).toMatchObject({ response_type: "ephemeral" });
    await expect(send(say("psst", { onlyFor: "U0002" }), command)).rejects.toMatchObject({ code: "target.gone" });
    expect(server.calls.length).toBe(3);
  });

  it("is used for nothing else", async () => {
    answers = { "chat.postMessage": "msg_too_long" };
    await expect(send(say("hi"), command)).rejects.toMatchObject({ code: "content.rejected" });
    answers = { "chat.postMessage": "not_in_channel" };
    await expect(send(say("hi"))).rejects.toMatchObject({
      code: "operation.rejected",
      message: expect.stringContaining("/invite"),
    });
    await expect(send(say("hi"), { ...room, route: "U0001 http://intranet.example/x" })).rejects.toMatchObject({
      code: "operation.rejected",
    });
  });

  it("says when it is used up", async () => {
    server.behave((call) =>
      methodOf(call) === "response" ? { status: 404, body: "used_url" } : { body: { ok: false, error: "not_in_channel" } },
    );
    await expect(send(say("hi"), command)).rejects.toMatchObject({ code: "window.closed", retryable: false });
  });
});

describe("streams", () => {
  const thread = { ...room, thread: "1.000100" };
  const end = (changes: object = {}): Operation => ({
    kind: "stream.end",
    messageId: "",
    text: " end",
    draft: { content: parseMarkdown("the end"), attachments: [] },
    ...changes,
  });
  const methods = () => calls().map(([method]) => method);

  it("begin, grow and end", async () => {
    const { messageId = "" } = await send({ kind: "stream.begin", text: "the", recipient: "U0001" }, thread);
    await send({ kind: "stream.append", messageId, text: " long", full: "the long" }, thread, { messageId });
    expect(await send(end(), thread, { messageId })).toEqual({ at: context.clock.now(), messageId: "5.000100" });
    expect(calls()).toEqual([
      [
        "chat.startStream",
        { channel: "C0001", thread_ts: "1.000100", recipient_user_id: "U0001", recipient_team_id: "T0001", markdown_text: "the" },
      ],
      ["chat.appendStream", { channel: "C0001", ts: "5.000100", markdown_text: " long" }],
      ["chat.stopStream", { channel: "C0001", ts: "5.000100", markdown_text: " end" }],
    ]);
  });

  it("lesson 29: use the account's token for every call, the short ones too", async () => {
    await send(end({ text: "" }), thread, { messageId: "1.0" });
    for (const call of server.calls) expect(call.headers["authorization"]).toBe("Bearer xoxb-test-1");
    expect(server.calls.length).toBe(1);
  });

  it("lesson 30: lose nothing when Slack has closed them", async () => {
    answers = { "chat.appendStream": "message_not_in_streaming_state", "chat.stopStream": "message_not_in_streaming_state" };
    const append = send({ kind: "stream.append", messageId: "", text: "b", full: "ab" }, thread, { messageId: "1.0" });
    await expect(append).rejects.toMatchObject({ code: "stream.expired", retryable: false });
    await send(end(), thread, { messageId: "1.0" });
    expect(calls().at(-1)).toEqual(["chat.update", { channel: "C0001", ts: "1.0", markdown_text: "the end" }]);
  });

  it("stay as they are when the reader has had enough", async () => {
    answers = { "chat.appendStream": "stopped_by_user", "chat.stopStream": "stopped_by_user" };
    const append = send({ kind: "stream.append", messageId: "", text: "b", full: "ab" }, thread, { messageId: "1.0" });
    await expect(append).rejects.toMatchObject({ code: "stream.stopped" });
    expect(await send(end(), thread, { messageId: "1.0" })).toMatchObject({ messageId: "1.0" });
    expect(methods()).toEqual(["chat.appendStream", "chat.stopStream"]);
  });

  it("are put right by an edit when another process began them", async () => {
    await send(end({ resumed: true }), thread, { messageId: "1.0" });
    expect(methods()).toEqual(["chat.stopStream", "chat.update"]);
    expect(calls()[0]?.[1]).toEqual({ channel: "C0001", ts: "1.0" });
    answers = { "chat.update": "streaming_state_conflict" };
    await expect(send(end({ resumed: true }), thread, { messageId: "1.0" })).rejects.toMatchObject({
      retryable: true,
      retryAfterMs: 1_000,
    });
  });
});

describe("files", () => {
  it("go up byte for byte, then into the conversation", async () => {
    const data = Uint8Array.from({ length: 300 }, (_, n) => n % 256);
    const key = await context.blobs.put(data);
    answers = {
      "files.getUploadURLExternal": { upload_url: `${server.url}/upload/1`, file_id: "F0001" },
      "files.completeUploadExternal": { files: [{ id: "F0001", permalink: "https://acme.slack.com/files/F0001" }] },
    };
    const attachments: Attachment[] = [
      { kind: "file", name: "a.bin", alt: "bytes", mediaType: "application/x-x", source: { type: "stored", key } },
    ];
    const receipt = await send(say("see", { attachments }), { ...room, thread: "1.000100" }, { attachments });
    expect(receipt).toEqual({ at: context.clock.now(), url: "https://acme.slack.com/files/F0001" });
    expect(calls()[0]).toEqual(["files.getUploadURLExternal", { filename: "a.bin", length: "300", alt_txt: "bytes" }]);
    expect(server.calls[1]).toMatchObject({
      url: "/upload/1",
      method: "POST",
      headers: { "content-length": "300", "content-type": "application/x-x" },
    });
    expect(server.calls[1]?.headers).not.toHaveProperty("authorization");
    expect(calls()[2]).toEqual([
      "files.completeUploadExternal",
      {
        channel_id: "C0001",
        thread_ts: "1.000100",
        initial_comment: "see",
        files: JSON.stringify([{ id: "F0001", title: "a.bin" }]),
      },
    ]);
  });

  it("are missed, not invented, when their bytes are gone", async () => {
    const attachments: Attachment[] = [{ kind: "file", source: { type: "stored", key: "gone" } }];
    await expect(send(say("see", { attachments }), room, { attachments })).rejects.toMatchObject({ code: "target.gone" });
    const location: Attachment[] = [{ kind: "location" }];
    await expect(send(say("see", { attachments: location }), room, { attachments: location })).rejects.toMatchObject({
      code: "content.rejected",
    });
  });
});
