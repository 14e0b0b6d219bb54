import { scriptedServer, type HttpAnswer, type ScriptedServer } from "@devflow/conformance";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { LogLevel, WebClient } from "@slack/web-api";
import { createClients } from "../src/client/index.ts";
import { readOptions } from "../src/options.ts";
import { world } from "./support/index.ts";

let server: ScriptedServer;
beforeAll(async () => void (server = await scriptedServer(() => ({ body: { ok: true, ts: "1.0" } }))));
afterAll(async () => await server.close());

const options = () => ({ apiUrl: server.url, token: "xoxb-test-1" });
const ours = () => createClients(readOptions(options()));
/** A client that is handed in is used for every call: the SDK's own way. */
const sdks = () =>
  createClients(
    readOptions({
      client: new WebClient("xoxb-test-1", {
        slackApiUrl: server.url,
        retryConfig: { retries: 0 },
        rejectRateLimitedCalls: true,
        logLevel: LogLevel.ERROR,
      }),
    }),
  );

describe("a call past the SDK", () => {
  it("is the request that the SDK would make", async () => {
    const args = fc.dictionary(
      fc.stringMatching(/^[a-z_]{1,12}$/),
      fc.oneof(
        fc.string({ unit: "grapheme" }),
        fc.integer(),
        fc.boolean(),
        fc.constant(undefined),
        fc.constant(null),
        fc.jsonValue(),
      ),
    );
    await fc.assert(
      fc.asyncProperty(args, async (values) => {
        const seen = [];
        for (const clients of [ours(), sdks()]) {
          await clients.call("T0001", "chat.postMessage", values, world());
          const { method, url, body, headers } = server.calls.at(-1) ?? {};
          seen.push({ method, url, body, type: headers?.["content-type"], token: headers?.["authorization"] });
        }
        expect(seen[0]).toEqual(seen[1]);
      }),
      { numRuns: 50 },
    );
  });

  const answers: readonly (readonly [string, HttpAnswer])[] = [
    ["a platform error", { body: { ok: false, error: "channel_not_found" } }],
    ["an error with advice", { body: { ok: false, error: "missing_scope", needed: "chat:write" } }],
    ["a limit", { status: 429, headers: { "retry-after": "30" } }],
    ["a limit without a time", { status: 429 }],
    ["a limit in the body", { headers: { "retry-after": "7" }, body: { ok: false, error: "ratelimited" } }],
    ["a failure", { status: 503, body: "busy" }],
    ["a refusal", { status: 403, body: "no" }],
    ["a page of a proxy", { body: "<html>" }],
    ["no object", { body: "[]" }],
    ["a redirect", { status: 302, headers: { location: "https://example.com/" } }],
  ];
  it.each(answers)("ends in the same error: %s", async (_, reply) => {
    const failed = async (clients: ReturnType<typeof ours>): Promise<object> => {
      server.behave(() => reply);
      const error: unknown = await clients.call("T0001", "chat.update", { channel: "C0001" }, world()).catch((thrown) => thrown);
      const { code, message, retryable, retryAfterMs, cause } = error as Record<string, unknown>;
      const { slack } = (cause ?? {}) as Record<string, unknown>;
      return { code, message, retryable, retryAfterMs, slack };
    };
    expect(await failed(ours())).toEqual(await failed(sdks()));
  });

  it("ends with its signal, and so does its request", async () => {
    let broken = false;
    const fetch: typeof globalThis.fetch = (_, init) =>
      new Promise((_resolve, reject) =>
        init?.signal?.addEventListener("abort", () => {
          broken = true;
          reject(new Error("aborted"));
        }),
      );
    const abort = new AbortController();
    const call = ours().call("T0001", "chat.postMessage", {}, { ...world(), fetch, signal: abort.signal });
    setImmediate(() => abort.abort());
    await expect(call).rejects.toMatchObject({ code: "network.failed", retryable: true });
    expect(broken).toBe(true);
  });
});
