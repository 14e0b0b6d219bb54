import { rawRequest } from "@devflow/conformance";
import type { Event, VerifiedRequest } from "@devflow/gateway/contract";
import { toCloudEvent } from "@devflow/gateway/kit";
import { keyOf } from "../../src/options.ts";
import { signatureOf } from "../../src/wire.ts";

/** A secret of Standard Webhooks, and another. */
export const secret = "whsec_Y2FuYXJ5LXdlYmhvb2stWnE3dksyeFc5dEI0bk02cA==";
export const other = "whsec_Y2FuYXJ5LWVuZHBvaW50LVhyOHdMM3lYMHVDNW9ONw==";

export const at: number = Date.UTC(2026, 0, 1);

/** Headers of a request that is signed by Standard Webhooks. */
export function signed(body: string, signedAt = at, id = "msg_1", by = secret): Record<string, string> {
  const seconds = String(Math.floor(signedAt / 1000));
  return {
    "content-type": "application/json",
    "webhook-id": id,
    "webhook-timestamp": seconds,
    "webhook-signature": signatureOf(keyOf(by) ?? new Uint8Array(), id, seconds, body),
  };
}

/** A request that was proven. */
export function proven(body: unknown, headers: Readonly<Record<string, string>> = {}): VerifiedRequest {
  return rawRequest(typeof body === "string" ? body : JSON.stringify(body), headers, at) as VerifiedRequest;
}

const ada = { id: "U1", kind: "person", self: false, name: "Ada" } as const;
const issue = {
  kind: "issue",
  key: "octo/app#12",
  id: "1",
  title: "It breaks",
  body: "",
  state: "open",
  labels: ["bug"],
  assignees: [],
} as const;

/** Something that happened on another gateway. */
export const opened: Event<"issue.opened"> = {
  id: "github:1",
  kind: "issue.opened",
  platform: "github",
  account: "octo",
  at: at - 1000,
  conversation: {
    address: { platform: "github", account: "octo", room: "app", thread: "12" },
    kind: "issue",
    title: "It breaks",
    issue,
  },
  actor: ada,
  raw: {},
  issue,
};

/** A message that somebody wrote there. */
export const said: Event<"message.created"> = {
  ...opened,
  id: "github:2",
  kind: "message.created",
  message: {
    id: "m1",
    author: ada,
    text: "hi",
    content: [{ type: "paragraph", children: [{ type: "text", value: "hi" }] }],
    attachments: [],
    addressed: true,
    sentAt: at - 1000,
  },
};

/** The body of a request with an event in structured mode. */
export function structured(event: Event): string {
  return JSON.stringify(toCloudEvent(event));
}
