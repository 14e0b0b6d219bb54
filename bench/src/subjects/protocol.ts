/** How a system under test is to be set up. Comes as JSON in the first argument. */
export interface Setup {
  /** Take messages in, or answer each. */
  readonly mode: "inbound" | "reply";
  readonly store: "memory" | "sqlite";
  /** Path of the database, for SQLite. */
  readonly file: string;
  /** Base address of the Slack API to call. */
  readonly apiUrl: string;
  /** Routes of which one matches a message. */
  readonly routes: number;
}

/** What the bench asks of a system under test. Each request gets one answer. */
export type Request =
  /** Answered once so many more messages have been handled and nothing is left to do, or after `timeoutMs`. */
  | { readonly type: "expect"; readonly count: number; readonly timeoutMs: number }
  /** Answered after a full garbage collection. */
  | { readonly type: "memory" };

export interface Spent {
  readonly type: "spent";
  /** Processor time of all threads since the request, in microseconds. */
  readonly cpuUs: number;
  /** From the first of these messages to the end of all work for the last, in milliseconds. */
  readonly wallMs: number;
  /** Messages whose handler has ended since the request. */
  readonly handled: number;
  readonly peakRssBytes: number;
}

export interface Memory {
  readonly type: "memory";
  /** The heap of the main thread, and buffers beside it. */
  readonly heapBytes: number;
  readonly rssBytes: number;
}

export interface Ready {
  readonly type: "ready";
  readonly port: number;
}

/** Slack's signing secret, bot and workspace in every part of the bench. */
export const slack = {
  signingSecret: "8f742231b10e8888abcd99yyyzzz85a5",
  botToken: "xoxb-1-bench",
  botUserId: "U0BENCHBOT",
  botId: "B0BENCHBOT",
  team: "T0BENCH001",
  app: "A0BENCH001",
} as const;

/** The number that the load generator wrote into a message. */
export function numberIn(text: string): string {
  return /#(\d+)/.exec(text)?.[1] ?? "";
}

/** What every system answers: some Markdown with the number of the message. */
export function answerTo(text: string): string {
  return `Noted **#${numberIn(text)}**: I will look at the _build_ and come back.`;
}
