import type { Address } from "@devflow/gateway/contract";
import { describe, expect, it } from "vitest";
import { bots } from "../src/client.ts";
import { readOptions } from "../src/options.ts";
import { sender } from "../src/send.ts";
import type { GatewayError } from "@devflow/gateway/kit";
import { everything } from "@devflow/conformance";
import { fakeApi, refusal, token } from "./support/api.ts";

const to: Address = { platform: "telegram", account: "123456", room: "-1001", thread: "9" };
const body = { calls: [{ method: "sendMessage", params: { text: "x" } }] };

async function failure(answer: unknown, attempt = 1): Promise<GatewayError> {
  const { send } = sender(bots(readOptions({})));
  return await send({ key: "k", kind: "message.post", to, body, attempt }, fakeApi(() => answer).context()).then(
    () => {
      throw new Error("it was sent");
    },
    (error: unknown) => error as GatewayError,
  );
}

describe("refusals of the Bot API", () => {
  it.each([
    [400, "Bad Request: chat not found", "target.gone"],
    [400, "Bad Request: PEER_ID_INVALID", "target.gone"],
    [403, "Forbidden: bot was blocked by the user", "target.gone"],
    [403, "Forbidden: user is deactivated", "target.gone"],
    [403, "Forbidden: bot was kicked from the supergroup chat", "target.gone"],
    [403, "Forbidden: bot is not a member of the channel chat", "target.gone"],
    [403, "Forbidden: bot can't initiate conversation with a user", "target.gone"],
    [403, "Forbidden: the group chat was deleted", "target.gone"],
    [403, "Forbidden: bot can't send messages to bots", "target.gone"],
    [403, "Forbidden: something of 2031", "target.gone"],
    [400, "Bad Request: message thread not found", "target.gone"],
    [400, "Bad Request: TOPIC_CLOSED", "target.gone"],
    [400, "Bad Request: message to edit not found", "target.gone"],
    [400, "Bad Request: have no access to the user", "target.gone"],
    [400, "Bad Request: message can't be edited", "window.closed"],
    [400, "Bad Request: query is too old and response timeout expired", "window.closed"],
    [400, "Bad Request: not enough rights to send text messages to the chat", "operation.rejected"],
    [400, "Bad Request: CHAT_WRITE_FORBIDDEN", "operation.rejected"],
    [400, "Bad Request: CHAT_SEND_PHOTOS_FORBIDDEN", "operation.rejected"],
    [400, "Bad Request: CHAT_ADMIN_REQUIRED", "operation.rejected"],
    [400, "Bad Request: something of 2031", "operation.rejected"],
    [400, "Bad Request: message is too long", "content.rejected"],
    [400, "Bad Request: MESSAGE_TOO_LONG", "content.rejected"],
    [400, "Bad Request: message text is empty", "content.rejected"],
    [400, "Bad Request: BUTTON_DATA_INVALID", "content.rejected"],
    [400, "Bad Request: reply markup is too long", "content.rejected"],
    [400, "Bad Request: REACTION_INVALID", "content.rejected"],
    [400, "Bad Request: file is too big", "content.rejected"],
    [400, "Bad Request: wrong type of the web page content", "content.rejected"],
    [404, "Not Found: method not found", "operation.unsupported"],
    [404, "Not Found", "auth.failed"],
    [401, "Unauthorized", "auth.failed"],
  ])("%i %s is %s, and not tried again", async (status, said, code) => {
    expect(await failure(refusal(status, said))).toMatchObject({
      code,
      retryable: false,
      platform: "telegram",
      account: "123456",
    });
  });

  it("wait as long as Telegram says, in milliseconds", async () => {
    expect(await failure(refusal(429, "Too Many Requests: retry after 7", { retry_after: 7 }))).toMatchObject({
      code: "rate.limited",
      retryable: true,
      retryAfterMs: 7_000,
    });
    expect(await failure(refusal(429, "Too Many Requests"))).toMatchObject({ code: "rate.limited", retryAfterMs: 1_000 });
  });

  it("of a group that moved say where to, without the topic it had", async () => {
    expect(
      await failure(refusal(400, "Bad Request: group chat was upgraded to a supergroup chat", { migrate_to_chat_id: -100777 })),
    ).toMatchObject({
      code: "target.moved",
      retryable: true,
      movedTo: { platform: "telegram", account: "123456", room: "-100777" },
    });
    const { movedTo } = await failure(refusal(400, "x", { migrate_to_chat_id: -100777 }));
    expect(movedTo).not.toHaveProperty("thread");
  });

  it("of a file that could not be fetched are worth one more try", async () => {
    for (const said of ["failed to get HTTP URL content", "wrong file_id or the file is temporarily unavailable"]) {
      expect((await failure(refusal(400, `Bad Request: ${said}`), 1)).retryable).toBe(true);
      expect((await failure(refusal(400, `Bad Request: ${said}`), 2)).retryable).toBe(false);
    }
  });

  it("of two pollers, or of a poller beside a webhook, say which", async () => {
    expect(await failure(refusal(409, "Conflict: terminated by other getUpdates request"))).toMatchObject({
      code: "connection.conflict",
      message: expect.stringContaining("Another program"),
    });
    expect(await failure(refusal(409, "Conflict: can't use getUpdates method while webhook is active"))).toMatchObject({
      message: expect.stringContaining("webhook"),
    });
  });
});

describe("faults", () => {
  it.each([
    ["its own envelope", refusal(500, "Internal Server Error")],
    ["no envelope", Response.json({}, { status: 502 })],
    ["a proxy's page", new Response("<h1>Bad Gateway</h1>", { status: 502 })],
    ["a proxy's page that calls itself fine", new Response("<h1>Welcome</h1>")],
  ])("of the platform, told by %s, are tried again", async (_, answer) => {
    expect(await failure(answer)).toMatchObject({ code: "platform.failed", retryable: true });
  });

  it("of the network are tried again, and name the system's code", async () => {
    const cause = Object.assign(new Error("connect"), { code: "ECONNREFUSED" });
    expect(await failure(new TypeError("fetch failed", { cause }))).toMatchObject({
      code: "network.failed",
      retryable: true,
      message: expect.stringContaining("ECONNREFUSED"),
    });
  });

  it("lesson 34: never show the token, whatever the layers below said", async () => {
    const quoting = new TypeError(`Failed to parse URL from https://api.telegram.org/bot${token}/sendMessage`, {
      cause: new Error(`GET /bot${token}/x`),
    });
    for (const answer of [
      quoting,
      refusal(400, `Bad Request: ${token}`),
      new Response(`bot${token}`, { status: 503 }),
      new Response(token),
    ]) {
      expect(everything(await failure(answer))).not.toContain(token.slice(-16));
    }
  });
});
