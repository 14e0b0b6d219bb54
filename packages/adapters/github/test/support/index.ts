import { createHmac, generateKeyPairSync } from "node:crypto";
import { createRequire } from "node:module";
import type {
  Address,
  Delivery,
  Event,
  EventKind,
  Identity,
  Operation,
  Outgoing,
  RawRequest,
  Receipt,
} from "@devflow/gateway/contract";
import { fakeContext, rawRequest, type FakeContext } from "@devflow/conformance";
import { github } from "../../src/index.ts";

export const webhookSecret = "It's a Secret to Everybody";
export const now: number = Date.UTC(2026, 0, 1);
export const account = "4001";
export const room: Address = { platform: "github", account, room: "octo/app" };
export const issue: Address = { ...room, thread: "12" };

/** An App, as which most tests write. */
export const bot: Identity = {
  user: { id: "9001", kind: "bot", self: true, name: "DevFlow", handle: "devflow[bot]" },
  title: "DevFlow",
};
/** A person whose token is used. */
export const person: Identity = { user: { id: "77", kind: "person", self: true, name: "Ada", handle: "ada" }, title: "ada" };

/** A key to sign with, of nobody's. */
export const privateKey: string = generateKeyPairSync("rsa", { modulusLength: 2048 })
  .privateKey.export({ type: "pkcs1", format: "pem" })
  .toString();

/** A request as GitHub signs it, by code of its own. */
export function signed(
  body: string,
  changes: { readonly secret?: string; readonly event?: string; readonly id?: string; readonly form?: boolean } = {},
): RawRequest {
  const { secret = webhookSecret, event = "issues", id = "72d3162e-cc78-11e3-81ab-4c9367dc0958", form = false } = changes;
  const signature = createHmac("sha256", secret).update(body).digest("hex");
  const headers = {
    "content-type": form ? "application/x-www-form-urlencoded" : "application/json",
    "x-github-event": event,
    "x-github-delivery": id,
    "x-hub-signature-256": `sha256=${signature}`,
  };
  return rawRequest(body, headers, now);
}

/** The world of a test. */
export function world(changes: Parameters<typeof fakeContext>[0] = {}): FakeContext {
  const secrets = { TOKEN: "github_pat_test", WEBHOOK_SECRET: webhookSecret };
  return fakeContext({ platform: "github", secrets, ...changes });
}

/** A delivery of an event, as `receive` makes it. */
export function delivery(via: string, payload: object, id = "d-1"): Delivery {
  return { id, account, lane: "lane", via, body: JSON.stringify(payload), payload, receivedAt: now };
}

/** The one event that a payload becomes; fails when it is of another kind. */
export function only<K extends EventKind>(kind: K, via: string, payload: object, identity: Identity = bot): Event<K> {
  const events = github().normalizer.normalize([delivery(via, payload)], identity);
  const [event] = events;
  if (events.length !== 1 || event?.kind !== kind)
    throw new Error(`expected one ${kind}, got ${events.map((one) => one.kind).join(", ") || "nothing"}`);
  return event as unknown as Event<K>;
}

/** An operation on its way, formatted. */
export function outgoing(operation: Operation, to: Address = issue, changes: Partial<Outgoing> = {}): Outgoing {
  const body = JSON.parse(JSON.stringify(github().formatter.format(operation, to))) as Outgoing["body"];
  return { key: "event-1/0", kind: operation.kind, to, body, attempt: 1, ...changes };
}

/** What is worth comparing of a receipt. */
export function told({ at: _, ...rest }: Receipt): Omit<Receipt, "at"> {
  return rest;
}

/** One example of GitHub's own collection. */
export interface Example {
  readonly server: string;
  readonly event: string;
  readonly index: number;
  readonly payload: Record<string, unknown>;
}

/** GitHub's own examples of webhooks, of github.com and five Enterprise Servers. */
export function examples(): readonly Example[] {
  const load = createRequire(import.meta.url);
  const servers = ["api.github.com", "ghes-31", "ghes-32", "ghes-33", "ghes-34", "ghes-35"];
  return servers.flatMap((server) => {
    const found = load(`@octokit/webhooks-examples/${server}/index.json`) as readonly {
      readonly name: string;
      readonly examples: readonly Record<string, unknown>[];
    }[];
    return found.flatMap(({ name, examples: all }) => all.map((payload, index) => ({ server, event: name, index, payload })));
  });
}

/** The first example of an event on github.com, with that action. */
export function example(event: string, action?: string): Record<string, unknown> {
  const found = examples().find(
    (one) => one.server === "api.github.com" && one.event === event && (action === undefined || one.payload["action"] === action),
  );
  if (found === undefined) throw new Error(`there is no example of ${event} ${action ?? ""}`);
  return structuredClone(found.payload);
}
