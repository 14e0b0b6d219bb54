/** Steps in the life of a request, an event and an operation, in the order they usually come. */
export type Step =
  | "webhook.received"
  | "webhook.refused"
  | "webhook.answered"
  | "question.answered"
  | "delivery.stored"
  | "delivery.duplicate"
  | "delivery.refused"
  | "event.started"
  | "event.handled"
  | "event.unrouted"
  | "event.skipped"
  | "event.failed"
  | "event.dead"
  | "operation.queued"
  | "operation.delayed"
  | "operation.sent"
  | "operation.failed"
  | "operation.dead"
  | "stream.appended"
  | "stream.rotated"
  | "connection.up"
  | "connection.down"
  | "breaker.opened"
  | "breaker.closed"
  | "store.failed"
  | "gateway.started"
  | "gateway.stopped";

/** What happened in one step: plain data without secrets or message text. Logs, traces, tests and consoles read this one stream. */
export interface Observation {
  readonly step: Step;
  readonly level: "debug" | "info" | "warn" | "error";
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly platform?: string;
  readonly account?: string;
  /** Address key of the conversation. */
  readonly conversation?: string;
  /** Id of the delivery, event or operation. */
  readonly id?: string;
  /** Kind of the event or operation. */
  readonly kind?: string;
  /** Id of the event that caused this operation. */
  readonly cause?: string;
  readonly attempt?: number;
  readonly durationMs?: number;
  /** Error code, or the reason of a refusal. */
  readonly code?: string;
  readonly detail?: string;
  readonly status?: number;
}

/** Receives every step. Must not throw; what it throws is dropped. */
export type Observer = (observation: Observation) => void;
