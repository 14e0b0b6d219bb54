import type { Event, QuestionKind } from "./event.ts";

/** An HTTP request as it arrived: exact bytes, nothing parsed, nothing proven. */
export interface RawRequest {
  readonly method: string;
  /** Path and query, as sent. */
  readonly url: string;
  /** Value of a header by lower-case name; several are joined with `, `. */
  header(name: string): string | undefined;
  readonly body: Uint8Array;
  /** Milliseconds since the epoch, when the last byte was here. */
  readonly receivedAt: number;
}

/** An HTTP response to send. */
export interface WireResponse {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** What a verifier concluded. `answer` is for a platform's unsigned probe: its fixed response is sent and the request forgotten. */
export type Verdict =
  | { readonly proven: true; readonly account?: string }
  | { readonly proven: false; readonly reason: string }
  | { readonly answer: WireResponse };

declare const verified: unique symbol;
/** A request whose sender is proven. Only the host can make one, so a `receive` cannot run on an unproven request. */
export interface VerifiedRequest extends RawRequest {
  readonly [verified]: true;
  /** The account, where the verifier learned it. */
  readonly account?: string;
}

/** One thing a platform handed over, as it goes into the inbox. */
export interface Delivery {
  /** Same for every redelivery, and unique within the platform (the core adds its name): the key of deduplication. */
  readonly id: string;
  readonly account: string;
  /** Conversation key; deliveries of one lane are handled in order, one at a time. */
  readonly lane: string;
  /** Kind of payload, for the normalizer: the adapter's own word, such as `event` or `command`. */
  readonly via: string;
  /** The payload as JSON text, the platform's bytes wherever they are JSON. This is what is stored. */
  readonly body: string;
  /** `body` parsed. The core parses again when the delivery comes from the store. */
  readonly payload: unknown;
  /** Milliseconds since the epoch. */
  readonly receivedAt: number;
  /** A person waits and a short-lived trigger is ticking: run at once, beside the lane instead of in it. */
  readonly interactive?: boolean;
  /** Parts of one thing (an album): those of one lane and group that arrive within `windowMs` are normalized together. */
  readonly group?: { readonly id: string; readonly windowMs: number };
}

/** A question that must be answered within the platform's request. */
export interface Question {
  readonly event: Event<QuestionKind>;
  /** Time the core gives the answering handler. */
  readonly deadlineMs: number;
  /** Turns the answer (undefined: nobody answered in time) into the response. `accept: false` drops the deliveries of this reception. */
  respond(answer: unknown): { readonly response: WireResponse; readonly accept: boolean };
}

/** What a transport made of one request or frame. An empty list of deliveries is fine: a handshake, noise. */
export interface Reception {
  readonly deliveries: readonly Delivery[];
  /** The platform's acknowledgement, sent after the deliveries are durable. 200 without a body unless set. */
  readonly response?: WireResponse;
  readonly question?: Question;
}
