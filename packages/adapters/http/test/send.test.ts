import { fakeContext, leaks, scriptedServer, type HttpAnswer, type ScriptedServer } from "@devflow/conformance";
import { isGatewayError, parseMarkdown, secret as sealed } from "@devflow/gateway/kit";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { forward, http, type Forwarding } from "../src/index.ts";
import { at, opened, other, secret, structured } from "./support/requests.ts";

let server: ScriptedServer;
beforeEach(async () => {
  server = await scriptedServer(() => ({ status: 204 }));
});
afterEach(async () => await server.close());

const to = { platform: "http", account: "audit", room: "ops", thread: "t" };
const make = (path = "/hook-canary?key=url-canary", headers: Readonly<Record<string, string>> = {}) =>
  http({ endpoints: { audit: { url: server.url + path, secret, headers: { ...headers, "x-token": sealed("header-canary") } } } });

async function post(adapter = make(), key = "k"): Promise<unknown> {
  const body = adapter.formatter.format({ kind: "event.post", event: opened }, to);
  return adapter.sender.send({ key, kind: "event.post", to, body, attempt: 1 }, fakeContext());
}

describe("what is posted", () => {
  it("is an event as a CloudEvent, with headers of theirs and of ours", async () => {
    const receipt = await post(make("/hook", { "X-Tenant": "7" }));
    const [call] = server.calls;
    expect(call).toMatchObject({ method: "POST", url: "/hook", body: structured(opened) });
    expect(call?.headers).toMatchObject({
      "content-type": "application/cloudevents+json",
      "x-tenant": "7",
      "x-token": "header-canary",
      "webhook-timestamp": String(at / 1000),
    });
    expect(receipt).toEqual({ at, messageId: call?.headers["webhook-id"] });
    expect(call?.headers["webhook-id"]).toMatch(/^msg_[\w-]{43}$/);
  });

  it("is a message as JSON, its text as Markdown, with what an endpoint is told besides", async () => {
    const adapter = make();
    const draft = {
      content: parseMarkdown("**hi** `x`"),
      attachments: [],
      replyTo: "m1",
      native: { http: { urgent: true }, slack: { no: 1 } },
    };
    const body = adapter.formatter.format({ kind: "message.post", draft }, to);
    await adapter.sender.send({ key: "k", kind: "message.post", to, body, attempt: 1 }, fakeContext());
    expect(server.calls[0]?.headers["content-type"]).toBe("application/json");
    expect(JSON.parse(server.calls[0]?.body ?? "")).toEqual({
      type: "message",
      room: "ops",
      thread: "t",
      text: "**hi** `x`",
      replyTo: "m1",
      urgent: true,
    });
  });

  it("is what came as a CloudEvent, as it came", () => {
    const raw = { specversion: "1.0", id: "1", source: "/elsewhere", type: "devflow.issue.opened", extension: "kept" };
    expect(make().formatter.format({ kind: "event.post", event: { ...opened, raw } }, to)).toEqual(raw);
  });

  it("goes nowhere without an endpoint of that name", () => {
    const nowhere = { ...to, account: "main" };
    expect(() => make().formatter.format({ kind: "event.post", event: opened }, nowhere)).toThrow(
      /no endpoint "main", there is audit/,
    );
    expect(() => http().formatter.format({ kind: "event.post", event: opened }, to)).toThrow(/there is none/);
    expect(() => make().formatter.format({ kind: "typing.start" }, to)).toThrow(
      expect.objectContaining({ code: "operation.unsupported" }),
    );
  });

  it("can be posted past the outbox, by the same signature", async () => {
    const client = await make().client("audit", fakeContext());
    const response = await client.post({ key: "k", body: "{}" });
    expect(response.status).toBe(204);
    expect(server.calls[0]).toMatchObject({ body: "{}", headers: { "content-type": "application/json" } });
    await expect(make().client("nobody", fakeContext())).rejects.toMatchObject({ code: "options.invalid" });
  });

  it("is signed by the endpoint's own variable, then by that of all", async () => {
    const adapter = http({ endpoints: { audit: { url: server.url } } });
    const body = { a: 1 };
    const sent = async (secrets: Readonly<Record<string, string>>): Promise<string | undefined> => {
      const context = fakeContext({ platform: "http", secrets });
      await adapter.sender.send({ key: "k", kind: "event.post", to, body, attempt: 1 }, context);
      return server.calls.at(-1)?.headers["webhook-signature"];
    };
    const [one, two] = [await sent({ ENDPOINT_SECRET: secret }), await sent({ ENDPOINT_SECRET: other })];
    expect(one).not.toBe(two);
    expect(await sent({ "ENDPOINT_SECRET@audit": secret, ENDPOINT_SECRET: other })).toBe(one);
    expect(await sent({ ENDPOINT_SECRET: `${secret},${other}` })).toBe(`${one} ${two}`);
    await expect(sent({ ENDPOINT_SECRET: "short" })).rejects.toMatchObject({ code: "secret.missing" });
  });
});

describe("what an endpoint answers", () => {
  const date = new Date(at + 90_000).toUTCString();
  it.each<[number, Record<string, string>, { code: string; retryable: boolean; retryAfterMs?: number }]>([
    [429, { "retry-after": "7" }, { code: "rate.limited", retryable: true, retryAfterMs: 7000 }],
    [429, { "retry-after": date }, { code: "rate.limited", retryable: true, retryAfterMs: 90_000 }],
    [429, {}, { code: "rate.limited", retryable: true, retryAfterMs: 5000 }],
    [429, { "retry-after": "soon" }, { code: "rate.limited", retryable: true, retryAfterMs: 5000 }],
    [503, { "retry-after": "60" }, { code: "rate.limited", retryable: true, retryAfterMs: 60_000 }],
    [502, {}, { code: "platform.failed", retryable: true }],
    [504, {}, { code: "platform.failed", retryable: true }],
    [408, {}, { code: "network.failed", retryable: true }],
    [301, { location: "/elsewhere" }, { code: "operation.rejected", retryable: false }],
    [307, { location: "http://169.254.169.254/" }, { code: "operation.rejected", retryable: false }],
    [304, {}, { code: "operation.rejected", retryable: false }],
    [400, {}, { code: "operation.rejected", retryable: false }],
    [403, {}, { code: "auth.failed", retryable: false }],
    [410, {}, { code: "target.gone", retryable: false }],
  ])("%i with %o", async (status, headers, expected) => {
    server.behave((): HttpAnswer => ({ status, headers, body: "a page" }));
    const error: unknown = await post().catch((thrown: unknown) => thrown);
    expect(isGatewayError(error)).toBe(true);
    expect(error).toMatchObject({ ...expected, platform: "http", account: "audit" });
    expect(server.calls).toHaveLength(1);
    const canaries = { url: "url-canary", path: "hook-canary", header: "header-canary", secret };
    expect(leaks(`${String(error)} ${JSON.stringify(error)}`, canaries)).toEqual([]);
  });

  it.each([200, 201, 202, 204])("%i is a success", async (status) => {
    server.behave(() => ({ status }));
    await expect(post()).resolves.toMatchObject({ at });
  });
});

describe("forward", () => {
  it("asks for one post to the endpoint, in the order of the conversation", async () => {
    const asked: unknown[] = [];
    const context: Forwarding = { event: opened, do: async (...args) => void asked.push(args) };
    await forward("audit")(context);
    await forward("audit", { platform: "out" })(context);
    const operation = { kind: "event.post", event: opened };
    expect(asked).toEqual([
      [operation, { platform: "http", account: "audit", room: "github/octo/app/12" }],
      [operation, { platform: "out", account: "audit", room: "github/octo/app/12" }],
    ]);
  });
});
