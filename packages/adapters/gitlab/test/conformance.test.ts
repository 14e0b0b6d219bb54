import { adapterSuite, canaries, type Fixture } from "@devflow/conformance";
import { afterAll, describe, expect, it } from "vitest";
import { gitlab } from "../src/index.ts";
import { emulator } from "./support/emulator.ts";
import { identity, signature } from "./support/index.ts";
import { payloads } from "./support/payloads.ts";

const secrets = canaries("WEBHOOK_SECRET", {
  TOKEN: "glpat-canary-Zq7vK2xW9tB4nM6p",
  WEBHOOK_SECRET: `whsec_${Buffer.from("canary-of-a-webhook-secret-00032").toString("base64")}`,
});

const fixtures: readonly Fixture[] = payloads.map(({ name, kinds, self, payload }) => ({
  name,
  kinds,
  ...(self === undefined ? {} : { self }),
  body: JSON.stringify(payload),
}));
const fake = emulator();
afterAll(() => expect(fake.violations).toEqual([]));

adapterSuite(
  {
    name: "gitlab",
    adapter: ({ apiUrl }) => gitlab({ apiUrl }),
    entry: import.meta.resolve("../src/index.ts"),
    secrets,
    to: { platform: "gitlab", account: "default", room: "group/app", thread: "!5" },
    identity,
    webhook: {
      proof: "webhook-signature",
      toleranceMs: 300_000,
      sign(body, at) {
        // A delivery has an id of its own: here, one for each body.
        const id = `id-${Buffer.from(body).reduce((sum, byte) => (sum * 31 + byte) >>> 0, 7)}`;
        const timestamp = String(Math.floor(at / 1000));
        const secret = secrets["WEBHOOK_SECRET"] ?? "";
        return {
          headers: {
            "content-type": "application/json",
            "webhook-id": id,
            "webhook-timestamp": timestamp,
            "webhook-signature": signature(id, timestamp, body, secret),
          },
          body,
        };
      },
    },
    fixtures,
    server: {
      respond: (call) => fake.respond(call),
      isDownload: (call) => call.method === "GET" && call.url.includes("/uploads/"),
    },
  },
  { describe, it },
);
