import { createHmac } from "node:crypto";
import type {
  Address,
  Content,
  Delivery,
  Event,
  EventKind,
  Identity,
  Operation,
  OperationKind,
  Outgoing,
  PreparedDraft,
  RawRequest,
  Receipt,
  Reception,
  VerifiedRequest,
} from "@devflow/gateway/contract";
import { parseMarkdown } from "@devflow/gateway/kit";
import { fakeContext, rawRequest, scriptedServer, type FakeContext, type ScriptedServer } from "@devflow/conformance";
import { gitlab, type GitlabOptions } from "../../src/index.ts";
import { emulator, type Emulator } from "./emulator.ts";

export const signingSecret = "whsec_dGVzdHRlc3R0ZXN0dGVzdHRlc3R0ZXN0dGVzdHRlc3Q=";
export const now = Date.UTC(2026, 0, 1);
export const identity: Identity = { user: { id: "7", kind: "bot", self: true, name: "devflow", handle: "project_1_bot_x" } };
export const person: Identity = { user: { id: "42", kind: "person", self: true, name: "User1", handle: "user1" } };

export const project: Address = { platform: "gitlab", account: "default", room: "group/app" };
export const issue: Address = { ...project, thread: "#5" };
export const change: Address = { ...project, thread: "!5" };

/** The world of a test. */
export function world(changes: Parameters<typeof fakeContext>[0] = {}): FakeContext {
  return fakeContext({ platform: "gitlab", secrets: { TOKEN: "glpat-test-token-1", WEBHOOK_SECRET: signingSecret }, ...changes });
}

/** A signature as GitLab makes it, by code of its own. */
export function signature(id: string, timestamp: string, body: string, secret = signingSecret): string {
  const hmac = createHmac("sha256", Buffer.from(secret.slice(6), "base64"));
  return `v1,${hmac.update(`${id}.${timestamp}.${body}`).digest("base64")}`;
}

/** A request as GitLab sends it. */
export function signed(body: string, headers: Readonly<Record<string, string>> = {}, at = now): RawRequest {
  const id = headers["webhook-id"] ?? "5c4b8a4e-0001-4000-8000-000000000001";
  const timestamp = String(Math.floor(at / 1000));
  return rawRequest(
    body,
    {
      "content-type": "application/json",
      "webhook-id": id,
      "webhook-timestamp": timestamp,
      "webhook-signature": signature(id, timestamp, body),
      ...headers,
    },
    now,
  );
}

/** Verifies and receives, as the host does. */
export async function receive(request: RawRequest, context = world(), options: GitlabOptions = {}): Promise<Reception> {
  const { webhook } = gitlab(options).transports;
  const verdict = await webhook?.verifier.verify(request, context);
  if (!verdict || !("proven" in verdict) || !verdict.proven) throw new Error(`not proven: ${JSON.stringify(verdict)}`);
  const proven = Object.assign(Object.create(request) as VerifiedRequest, { account: verdict.account });
  const reception = await webhook?.receive(proven, context);
  if (!reception) throw new Error("no webhook");
  return reception;
}

/** Events of a payload. */
export function normalize(payload: object, who: Identity = identity, via = "hook"): readonly Event[] {
  const body = JSON.stringify(payload);
  const delivery: Delivery = {
    id: "d",
    account: "default",
    lane: "gitlab/default/group%2fapp",
    via,
    body,
    payload: JSON.parse(body),
    receivedAt: now,
  };
  return gitlab().normalizer.normalize([delivery], who);
}

/** The one event of that kind; fails when it is another. */
export function only<K extends EventKind>(events: readonly Event[], kind: K): Event<K> {
  const [event] = events;
  if (events.length !== 1 || event?.kind !== kind) {
    throw new Error(`expected one ${kind}, got ${events.map((one) => one.kind).join(", ") || "nothing"}`);
  }
  return event as unknown as Event<K>;
}

export const draft = (content: string | Content, rest: Partial<PreparedDraft> = {}): PreparedDraft => ({
  attachments: [],
  ...rest,
  content: typeof content === "string" ? parseMarkdown(content) : content,
});

export const format = (
  operation: Operation,
  to: Address = issue,
): { path: string; method: string; fields: Record<string, unknown> } => gitlab().formatter.format(operation, to) as never;

/** An adapter on the emulator. */
export interface Bench {
  readonly server: ScriptedServer;
  readonly emulator: Emulator;
  readonly adapter: ReturnType<typeof gitlab>;
  readonly context: FakeContext;
  /** Formats and sends. */
  send(operation: Operation, to?: Address, rest?: Partial<Outgoing>): Promise<Receipt>;
  /** What the last request said. */
  said(): { readonly method: string; readonly path: string; readonly body: Record<string, unknown> };
}

/** Runs a test with an emulator; fails when a real instance would have refused anything. */
export async function onBench(options: GitlabOptions, run: (bench: Bench) => Promise<void>, context = world()): Promise<void> {
  const fake = emulator();
  const server = await scriptedServer((call) => fake.respond(call));
  const adapter = gitlab({ apiUrl: server.url, ...options });
  const bench: Bench = {
    server,
    emulator: fake,
    adapter,
    context,
    async send(operation, to = issue, rest = {}) {
      const body = adapter.formatter.format(operation, to);
      const kind: OperationKind = operation.kind;
      return await adapter.sender.send({ key: "ev:1/0", kind, to, body, attempt: 1, ...rest }, context);
    },
    said() {
      const call = server.calls.at(-1);
      return {
        method: call?.method ?? "",
        path: call?.url ?? "",
        body: JSON.parse(call?.body || "{}") as Record<string, unknown>,
      };
    },
  };
  try {
    await run(bench);
    if (fake.violations.length > 0) throw new Error(`the instance objects: ${fake.violations.join("; ")}`);
  } finally {
    await server.close();
  }
}
