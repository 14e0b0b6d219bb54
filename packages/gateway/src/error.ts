import type { Address } from "./contract/index.ts";

/** The codes the core itself acts on or raises. Adapters may add their own in the same form, `subject.problem`. */
export type KnownErrorCode =
  | "wire.malformed"
  | "wire.oversized"
  | "verify.failed"
  | "secret.missing"
  | "options.invalid"
  | "network.failed"
  | "platform.failed"
  | "rate.limited"
  | "auth.failed"
  | "target.gone"
  | "target.moved"
  | "window.closed"
  | "content.rejected"
  | "operation.unsupported"
  | "operation.rejected"
  | "stream.expired"
  | "stream.stopped"
  | "file.refused"
  | "handler.failed"
  | "handler.timeout"
  | "gateway.closed"
  | "contract.unknown"
  | "store.unavailable"
  | "store.busy"
  | "store.full"
  | "store.closed"
  | "store.corrupt"
  | "store.newer"
  | "payload.oversized"
  | "key.invalid"
  | "outcome.unknown";

/** `subject.problem`. */
export type ErrorCode = KnownErrorCode | (`${string}.${string}` & {});

/** Everything a {@link GatewayError} carries besides its message. */
export interface GatewayErrorOptions {
  /** True when the same call may succeed later. Decided once, where the failure is known. */
  readonly retryable?: boolean;
  /** Not before this many milliseconds: a platform's `Retry-After`. What is no number between 0 and a week is ignored. */
  readonly retryAfterMs?: number;
  readonly platform?: string;
  readonly account?: string;
  /** Key of the bucket that a `rate.limited` blocks; the operation's first bucket unless set. */
  readonly bucket?: string;
  /** With `target.moved`: where the conversation is now. The outbox sends there and remembers it. */
  readonly movedTo?: Address;
  readonly cause?: unknown;
}

const longestWaitMs = 7 * 86_400_000;
const brand = Symbol.for("devflow.gateway.error");

/**
 * The one error of this project. Its message names the integration, says what failed and what to do next, and never holds a
 * secret. Recognise it with {@link isGatewayError}: two copies of this package in one program agree on that.
 */
export class GatewayError extends Error {
  readonly code: ErrorCode;
  readonly retryable: boolean;
  readonly retryAfterMs: number | undefined;
  readonly platform: string | undefined;
  readonly account: string | undefined;
  readonly bucket: string | undefined;
  readonly movedTo: Address | undefined;

  constructor(code: ErrorCode, message: string, options: GatewayErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = "GatewayError";
    this.code = code;
    this.retryable = options.retryable ?? false;
    // A `Retry-After` that a platform garbled is no number to wait for.
    const { retryAfterMs: waitMs } = options;
    this.retryAfterMs = waitMs !== undefined && waitMs >= 0 && waitMs <= longestWaitMs ? waitMs : undefined;
    this.platform = options.platform;
    this.account = options.account;
    this.bucket = options.bucket;
    this.movedTo = options.movedTo;
    // Whoever prints the error sees what there is to know about it, and no list of what there is not.
    for (const [name, value] of Object.entries(this))
      if (value === undefined) Object.defineProperty(this, name, { enumerable: false });
    Object.defineProperty(this, brand, { value: true });
  }
}

/** True for every {@link GatewayError}, whichever copy of the package made it. */
export function isGatewayError(value: unknown): value is GatewayError {
  return typeof value === "object" && value !== null && brand in value;
}
