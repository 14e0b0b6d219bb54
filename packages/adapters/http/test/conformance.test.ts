import { createHmac } from "node:crypto";
import { adapterSuite, canaries, type AdapterSuiteOptions, type Fixture, type HttpCall } from "@devflow/conformance";
import type { Event } from "@devflow/gateway/contract";
import { describe, it } from "vitest";
import { http } from "../src/index.ts";
import { at, opened, other, said, secret, signed, structured } from "./support/requests.ts";

const secrets = canaries({ WEBHOOK_SECRET: secret, ENDPOINT_SECRET: other });
const { issue, conversation, actor } = opened;
const envelope = { platform: "github", account: "octo", at, conversation, actor, raw: {} };

let last = 10;

function fixture(event: object): Fixture {
  const whole = { id: `github:${++last}`, ...envelope, ...event } as Event;
  return { name: whole.kind, kinds: [whole.kind], body: structured(whole) };
}

const fixtures: readonly Fixture[] = [
  { name: "anything as JSON", kinds: ["platform.event"], body: '{"type":"invoice.paid","data":{"object":{"id":"in_1"}}}' },
  { name: "a number", kinds: ["platform.event"], body: "42" },
  {
    name: "somebody's CloudEvent",
    kinds: ["platform.event"],
    body: '{"specversion":"1.0","id":"1","source":"/shop","type":"com.example.sold","subject":"item/7","data":{"price":1}}',
  },
  fixture(said),
  fixture(opened),
  fixture({ kind: "issue.closed", issue: { ...issue, state: "closed" }, changes: { state: { from: "open", to: "closed" } } }),
  fixture({ kind: "pipeline.finished", pipeline: { id: "7", name: "ci", status: "finished", passed: false } }),
  fixture({ kind: "push.received", push: { ref: "refs/heads/main", forced: false, commits: [] } }),
  fixture({ kind: "command.invoked", command: "deploy", args: "api" }),
];

function respond(_call: HttpCall): object {
  return { status: 202, body: "thanks" };
}

const common: Omit<AdapterSuiteOptions, "name" | "adapter" | "webhook"> = {
  entry: import.meta.resolve("../src/index.ts"),
  secrets,
  to: { platform: "http", account: "audit", room: "general" },
  fixtures,
  server: { respond },
  except: { "A-38": "nothing that others post is our own doing" },
};
const endpoints = (apiUrl: string): Parameters<typeof http>[0] => ({ endpoints: { audit: { url: `${apiUrl}/hook` } } });

adapterSuite(
  {
    ...common,
    name: "http by Standard Webhooks",
    adapter: ({ apiUrl }) => http(endpoints(apiUrl)),
    webhook: {
      proof: "webhook-signature",
      toleranceMs: 300_000,
      // The id of a delivery is the sender's: the same for the same body.
      sign: (body, signedAt) => ({ body, headers: signed(body, signedAt, `msg_${body.length}`) }),
    },
  },
  { describe, it },
);

adapterSuite(
  {
    ...common,
    name: "http by a header with an HMAC",
    adapter: ({ apiUrl }) => http({ ...endpoints(apiUrl), scheme: { header: "X-Hub-Signature-256", prefix: "sha256=" } }),
    webhook: {
      proof: "x-hub-signature-256",
      sign: (body) => ({
        body,
        headers: { "x-hub-signature-256": `sha256=${createHmac("sha256", secret).update(body).digest("hex")}` },
      }),
    },
  },
  { describe, it },
);

adapterSuite(
  {
    ...common,
    name: "http by a token",
    adapter: ({ apiUrl }) => http({ ...endpoints(apiUrl), scheme: "bearer" }),
    webhook: { proof: "authorization", sign: (body) => ({ body, headers: { authorization: `Bearer ${secret}` } }) },
  },
  { describe, it },
);
