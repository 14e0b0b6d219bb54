import { connect, type Socket } from "node:net";
import { requestOf, type Mix } from "./mixed/webhooks.ts";

/** One run of the load generator. */
export interface LoadOrder {
  /** One, or several that share the requests. */
  readonly ports: readonly number[];
  /** Number of the first message; those of one system under test must not repeat. */
  readonly from: number;
  readonly count: number;
  readonly conversations: number;
  /** Sockets, kept alive, with one request each under way. */
  readonly concurrency: number;
  /** Requests are due at this pace, whatever becomes of those before; as fast as answers come unless set. */
  readonly perSecond?: number;
  /** `slack` unless set. */
  readonly mix?: Mix;
}

export interface LoadResult {
  /** Answers by status. */
  readonly statuses: Readonly<Record<number, number>>;
  /** Time from the first request to the last answer. */
  readonly wallMs: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** When each request was due or, without a pace, sent: microseconds of the machine's monotonic clock, in the order of their numbers. */
  readonly dueUs: readonly number[];
  /** Of all requests, heads included. */
  readonly bytes: number;
}

// A process of its own that writes requests signed beforehand and reads answers, without an HTTP client: it must be faster
// than whatever it measures.
process.on("message", (order: LoadOrder) => void run(order).then((result) => process.send?.(result)));
process.on("disconnect", () => process.exit(0));
process.send?.({ type: "ready", port: 0 });

async function run(order: LoadOrder): Promise<LoadResult> {
  const epochS = Math.floor(Date.now() / 1000);
  const requests = Array.from({ length: order.count }, (_, index) =>
    requestOf(order.mix ?? "slack", order.from + index, order.conversations, epochS),
  );
  const statuses: Record<number, number> = {};
  const latencies = new Float64Array(order.count);
  const dueUs: number[] = [];
  let next = 0;
  let answered = 0;
  const started = performance.now();
  const startedUs = monotonicUs();
  await Promise.all(
    Array.from({ length: Math.min(order.concurrency, order.count) }, (_, socket) =>
      line(order.ports[socket % order.ports.length] ?? 0, async () => {
        const index = next;
        const request = requests[next];
        next += 1;
        if (request === undefined) return undefined;
        const dueMs = order.perSecond === undefined ? undefined : (index / order.perSecond) * 1000;
        const early = dueMs === undefined ? 0 : started + dueMs - performance.now();
        if (early > 1) await new Promise((resolve) => setTimeout(resolve, early));
        const sent = dueMs === undefined ? performance.now() : started + dueMs;
        dueUs[index] = Math.round(startedUs + (sent - started) * 1000);
        const done = (status: number): void => {
          latencies[answered] = performance.now() - sent;
          answered += 1;
          statuses[status] = (statuses[status] ?? 0) + 1;
        };
        return { request, done };
      }),
    ),
  );
  const wallMs = performance.now() - started;
  const sorted = latencies.subarray(0, answered).toSorted();
  const at = (share: number): number => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
  return { statuses, wallMs, p50Ms: at(0.5), p99Ms: at(0.99), dueUs, bytes: requests.reduce((sum, one) => sum + one.length, 0) };
}

/** The same clock in every process of the machine. */
function monotonicUs(): number {
  return Number(process.hrtime.bigint() / 1000n);
}

type Take = () => Promise<{ readonly request: Buffer; readonly done: (status: number) => void } | undefined>;

/** One socket: a request, its answer, the next request. */
function line(port: number, take: Take): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket: Socket = connect({ port, host: "127.0.0.1", noDelay: true });
    let current: Awaited<ReturnType<Take>>;
    let received = "";
    const send = async (): Promise<void> => {
      current = await take();
      if (current === undefined) {
        socket.end();
        resolve();
      } else socket.write(current.request);
    };
    socket.on("connect", () => void send());
    socket.on("error", reject);
    socket.on("close", () => reject(new Error("The system under test closed a connection.")));
    socket.on("data", (piece: Buffer) => {
      received += piece.toString("latin1");
      if (!isWhole(received)) return;
      const status = Number(received.slice(9, 12));
      received = "";
      current?.done(status);
      void send();
    });
  });
}

/** Whether an answer has arrived to its end. */
function isWhole(received: string): boolean {
  const head = received.indexOf("\r\n\r\n");
  if (head < 0) return false;
  const length = /\r\ncontent-length: (\d+)/i.exec(received.slice(0, head + 2))?.[1];
  if (length !== undefined) return received.length >= head + 4 + Number(length);
  return received.endsWith("0\r\n\r\n");
}
