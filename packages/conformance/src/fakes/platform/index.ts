import type { Adapter, Address, Bucket, Identity, OperationKind, RawRequest, Support } from "@devflow/gateway/contract";
import { GatewayError } from "@devflow/gateway/kit";
import { fakeCapabilities, type CapabilityChanges } from "./capability.ts";
import { fakeFormatter } from "./format.ts";
import { fakeConnection, type FakeLine } from "./line.ts";
import { botId, fakeNormalizer } from "./normalize.ts";
import { fakePayload, type FakePayload } from "./payload.ts";
import { fakeSender, type FakeRecord } from "./send.ts";
import { fakeWebhook, rawRequest, signed } from "./webhook.ts";

/** How a fake platform behaves. Everything has a default. */
export interface FakePlatformOptions<P extends string = string> {
  /** `fake` unless set. */
  readonly platform?: P;
  /** Keys that requests may be signed with; the first signs. `["fake-secret"]` unless set; `[]` leaves it to the context. */
  readonly secrets?: readonly string[];
  /** Takes idempotency keys: a repeated send makes one message. Off unless set. */
  readonly honoursKeys?: boolean;
  /** Whether it has streams of its own. `emulated` unless set. */
  readonly streams?: Support;
  /** Laid over the table of a platform that can do everything. */
  readonly capabilities?: CapabilityChanges;
  /** Buckets of an operation. One of 1000 in a second per account unless set. */
  readonly limits?: (kind: OperationKind, to: Address) => readonly Bucket[];
  /** Whether events come over a connection too. Off unless set. */
  readonly connection?: boolean;
  readonly needsIdentity?: boolean;
  /** How many calls of `identify` fail before one succeeds. */
  readonly identifyFailures?: number;
  /** Bytes of remote attachments by handle; with it, the adapter has `files`. */
  readonly files?: Readonly<Record<string, Uint8Array>>;
}

/** An adapter of a platform that exists in this process alone, and that platform itself in a test's hands. */
export interface FakePlatform<P extends string = string> extends Adapter<P, FakeRecord, FakePayload>, FakeRecord {
  /** A webhook request, signed now unless said otherwise: `gateway.fetch(fake.request({ text: "hi" }))`. */
  request(payload: FakePayload | readonly FakePayload[], options?: FakeRequestOptions): Request;
  /** The same request as a verifier gets it. */
  rawRequest(payload: FakePayload | readonly FakePayload[], options?: FakeRequestOptions): RawRequest;
  /** The far end of the connection. */
  readonly line: FakeLine;
  /** How often `identify` was called. */
  readonly identified: number;
}

/** How to sign a request of a fake platform. */
export interface FakeRequestOptions {
  /** Milliseconds since the epoch; now, by the clock of this machine, unless set. */
  readonly timestamp?: number;
  /** Key to sign with, the platform's first unless set. */
  readonly secret?: string;
  /** Origin and path. */
  readonly url?: string;
  /** Sends these bytes with the signature of the payload. */
  readonly body?: string;
}

/** Makes a {@link FakePlatform}. */
export function fakePlatform<const P extends string = "fake">(options: FakePlatformOptions<P> = {}): FakePlatform<P> {
  const platform = options.platform ?? ("fake" as P);
  const secrets = options.secrets ?? ["fake-secret"];
  const table = fakeCapabilities(options.capabilities ?? {}, options.streams ?? "emulated", options.honoursKeys ?? false);
  const sender = fakeSender(platform, options.honoursKeys ?? false);
  const { transport, line } = fakeConnection(platform);
  const identity: Identity = { user: { id: botId, kind: "bot", self: true, name: "Bot", handle: botId }, title: "Fake" };
  let identified = 0;

  const sign = (payload: FakePayload | readonly FakePayload[], how: FakeRequestOptions): ReturnType<typeof signed> => {
    const body = JSON.stringify(isList(payload) ? { events: payload.map(fakePayload) } : fakePayload(payload));
    const whole = signed(body, { secret: how.secret ?? secrets[0] ?? "", timestamp: how.timestamp ?? Date.now() });
    return { ...whole, body: how.body ?? body };
  };

  const parts: Omit<FakePlatform<P>, keyof FakeRecord> = {
    contract: 1,
    platform,
    transports: { webhook: fakeWebhook(platform, secrets), ...(options.connection === true && { connection: transport }) },
    normalizer: fakeNormalizer(platform, options.needsIdentity ?? false),
    formatter: fakeFormatter(platform),
    sender,
    capabilities: () => table,
    limits: options.limits ?? ((_, { account }) => [{ key: `${platform}/${account}`, rate: 1000, periodMs: 1000, burst: 1000 }]),
    async identify(account) {
      identified += 1;
      if (identified > (options.identifyFailures ?? 0)) return identity;
      throw new GatewayError("network.failed", `${platform}: nobody answered.`, { platform, account, retryable: true });
    },
    client: async () => sender.record,
    ...(options.files && { files: { open: open(platform, options.files) } }),
    request(payload, how = {}) {
      const { body, headers } = sign(payload, how);
      return new Request(how.url ?? `http://localhost/webhooks/${platform}`, { method: "POST", headers, body });
    },
    rawRequest(payload, how = {}) {
      const { body, headers } = sign(payload, how);
      return rawRequest(body, headers, how.timestamp ?? Number(headers["x-fake-timestamp"]));
    },
    line,
    get identified() {
      return identified;
    },
  };
  return Object.defineProperties(parts, Object.getOwnPropertyDescriptors(sender.record)) as FakePlatform<P>;
}

function isList<T>(value: T | readonly T[]): value is readonly T[] {
  return Array.isArray(value);
}

function open(platform: string, files: Readonly<Record<string, Uint8Array>>): NonNullable<Adapter["files"]>["open"] {
  return async ({ source }, account, { maxBytes }) => {
    const bytes = source?.type === "remote" ? files[source.handle] : undefined;
    if (bytes && bytes.length <= maxBytes) return bytes;
    throw new GatewayError("file.refused", `${platform}: the file is ${bytes ? "too large" : "not there"}.`, {
      platform,
      account,
    });
  };
}
