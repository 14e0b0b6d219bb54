import type { Adapter, AdapterContext, Files, Sender } from "@devflow/gateway/contract";
import { GatewayError, type ErrorCode } from "@devflow/gateway/kit";
import { canaries, fakePlatform, type AdapterSuiteOptions } from "@devflow/conformance";
import { signed } from "../../src/fakes/platform/webhook.ts";

const secrets = canaries("SIGNING_SECRET", "BOT_TOKEN");

/** The fake platform with an API over HTTP, as a suite sees an adapter; `change` breaks it. */
export function wired(change: (adapter: Adapter, apiUrl: string) => Partial<Adapter> = () => ({})): AdapterSuiteOptions {
  return {
    name: "the fake platform",
    adapter({ apiUrl }) {
      const adapter: Adapter = { ...fakePlatform({ secrets: [] }), sender: sender(apiUrl), files: files(apiUrl) };
      return { ...adapter, ...change(adapter, apiUrl) };
    },
    entry: import.meta.resolve("../fixtures/lazy/index.js"),
    secrets,
    to: { platform: "fake", account: "main", room: "general" },
    webhook: {
      sign: (body, at) => signed(body, { secret: secrets["SIGNING_SECRET"] ?? "", timestamp: at }),
      proof: "x-fake-signature",
      toleranceMs: 300_000,
    },
    fixtures: [
      {
        name: "a message",
        body: JSON.stringify({ id: "1", text: "hi", also: [{ text: "too" }] }),
        kinds: ["message.created", "message.created"],
      },
      {
        name: "a file",
        body: JSON.stringify({ id: "2", attachments: [{ kind: "file", source: { type: "remote", handle: "f1" } }] }),
        kinds: ["message.created"],
      },
      { name: "a button", body: JSON.stringify({ id: "3", type: "action.invoked", action: "go" }), kinds: ["action.invoked"] },
      {
        name: "ours",
        body: JSON.stringify({ id: "4", user: { id: "bot" }, text: "me" }),
        kinds: ["message.created"],
        self: true,
      },
      { name: "news", body: JSON.stringify({ id: "5", type: "moon.rose" }), kinds: ["platform.event"] },
      { name: "a handshake", body: JSON.stringify({ id: "6", type: "hello" }), kinds: [] },
    ],
    server: {
      respond: ({ url }) => (url.startsWith("/files/") ? { body: "bytes" } : { body: { id: "m1" } }),
      isDownload: ({ url }) => url.startsWith("/files/"),
    },
  };
}

async function token(context: AdapterContext): Promise<string> {
  const found = await context.secret("BOT_TOKEN");
  if (found) return found.expose();
  throw new GatewayError("secret.missing", "fake: BOT_TOKEN is missing. Set FAKE_BOT_TOKEN.", {
    platform: "fake",
    account: "main",
  });
}

function sender(apiUrl: string): Sender {
  return {
    async send({ kind, body, messageId = "", key, to: { account } }, context) {
      const authorization = `Bearer ${await token(context)}`;
      const fail = (code: ErrorCode, retryable: boolean, retryAfterMs?: number): never => {
        throw new GatewayError(code, `fake: ${kind} failed (${code}).`, {
          platform: "fake",
          account,
          retryable,
          ...(retryAfterMs && { retryAfterMs }),
        });
      };
      const response = await context
        .fetch(`${apiUrl}/${kind}/${messageId}`, {
          method: "POST",
          headers: { authorization, "idempotency-key": key },
          body: JSON.stringify(body),
          signal: context.signal,
        })
        .catch(() => fail("network.failed", true));
      if (response.status === 429) fail("rate.limited", true, Number(response.headers.get("retry-after")) * 1000);
      if (response.status >= 500) fail("platform.failed", true);
      if (response.status === 401) fail("auth.failed", false);
      if (!response.ok) fail("target.gone", false);
      return { at: context.clock.now(), messageId: ((await response.json()) as { id: string }).id };
    },
  };
}

/** The files role; `fetchFile` may be careless. */
export function files(
  apiUrl: string,
  fetchFile = (url: string, headers: Record<string, string>, context: AdapterContext): Promise<Response> =>
    context.fetch(url, { headers, redirect: "error" }),
): Files {
  return {
    async open({ source }, account, { maxBytes }, context) {
      const handle = source?.type === "remote" ? source.handle : "";
      const headers = { authorization: `Bearer ${await token(context)}` };
      const response = await fetchFile(`${apiUrl}/files/${handle}`, headers, context);
      const bytes = new Uint8Array(await response.arrayBuffer());
      if (bytes.length <= maxBytes) return bytes;
      throw new GatewayError("file.refused", "fake: the file is too large.", { platform: "fake", account });
    },
  };
}
