import type { AdapterContext } from "./context.ts";
import type { RawRequest, Reception, Verdict, VerifiedRequest, WireResponse } from "./wire.ts";

/** Proves who sent a request, from its exact bytes. A missing secret is `proven: false`, whatever the request says. */
export interface Verifier {
  /** Compares in constant time, accepts older secrets while they rotate, and parses nothing before the proof. */
  verify(request: RawRequest, context: AdapterContext): Verdict | Promise<Verdict>;
}

/** `POST /webhooks/<platform>`. */
export interface WebhookTransport {
  readonly verifier: Verifier;
  /** Reads a proven request. Throws `wire.malformed` when it cannot; the platform is answered 400. No I/O but the context's. */
  receive(request: VerifiedRequest, context: AdapterContext): Reception | Promise<Reception>;
}

/** Takes what a connection received. Resolves once the deliveries are durable; only then may a cursor move or an ack be sent. */
export type Sink = (reception: Reception) => Promise<WireResponse>;

/** A line that we open: a socket, long polling, a sync. */
export interface ConnectionTransport {
  /** The accounts that want a line, in this configuration. An empty list: none. */
  lines(context: AdapterContext): Promise<readonly string[]> | readonly string[];
  /**
   * Holds one line until `context.signal` aborts, then resolves. Rejects when the line dies *or falls silent*; the core
   * dials again with backoff. The core holds a lease meanwhile, so that one process per account is on the line.
   * Calls `up` once the line is able to receive.
   */
  run(account: string, sink: Sink, context: AdapterContext, up: () => void): Promise<void>;
}

/** How events reach us. A platform may have both; each is used when it is configured. */
export interface Transports {
  readonly webhook?: WebhookTransport;
  readonly connection?: ConnectionTransport;
}
