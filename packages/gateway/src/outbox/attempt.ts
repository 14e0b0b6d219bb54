import type { Adapter, AdapterContext, Bucket, Clock, Observer, Outgoing, Receipt, Store } from "../contract/index.ts";
import { GatewayError, isGatewayError } from "../error.ts";
import { failureOf } from "../kit/failure.ts";
import { Breaker } from "./breaker.ts";

/**
 * What came of one attempt. `waitMs`: nothing was sent, it is not the operation's fault, try again then. `away`: the platform fails
 * whatever it is asked, as far as we know.
 */
export type Outcome =
  | { readonly sent: Receipt }
  | { readonly waitMs: number; readonly reason: string; readonly bucket?: Bucket }
  | { readonly failed: GatewayError; readonly waitMs: number; readonly away: boolean };

export interface AttemptDeps {
  readonly store: Store;
  readonly clock: Clock;
  readonly observe: Observer;
  readonly sendTimeoutMs: number;
  readonly adapter: (platform: string) => Adapter;
  readonly context: (platform: string, signal: AbortSignal) => AdapterContext;
  readonly limits: (adapter: Adapter, outgoing: Pick<Outgoing, "kind" | "to">) => ReturnType<Adapter["limits"]>;
}

/** Pause after a refusal for its pace that does not say how long to wait, or says not at all. */
const usualWaitMs = 1000;

/** One attempt at one operation: past the breaker and the buckets, to the platform, and back as an outcome. Never rejects for the platform's reasons. */
export function createAttempt(deps: AttemptDeps): {
  attempt(outgoing: Outgoing, signal: AbortSignal): Promise<Outcome>;
  readonly breakers: ReadonlyMap<string, Breaker>;
} {
  // One for each account that this process talks to: as many as there are installations, and a few numbers each.
  const breakers = new Map<string, Breaker>();

  const breakerOf = (platform: string, account: string): Breaker => {
    const key = `${platform}/${account}`;
    let breaker = breakers.get(key);
    if (!breaker) breakers.set(key, (breaker = new Breaker(deps.clock)));
    return breaker;
  };

  const attempt = async (outgoing: Outgoing, signal: AbortSignal): Promise<Outcome> => {
    const { platform, account } = outgoing.to;
    const adapter = deps.adapter(platform);
    const breaker = breakerOf(platform, account);
    const closedFor = breaker.enter();
    if (closedFor > 0) return { waitMs: closedFor, reason: "breaker" };

    let buckets: ReturnType<Adapter["limits"]> = [];
    let allowed = false;
    try {
      buckets = deps.limits(adapter, outgoing);
      // A store that cannot answer rejects here: without its consent nothing is sent.
      const { ok, retryAfterMs } = buckets.length > 0 ? await deps.store.limiter.take(buckets) : { ok: true, retryAfterMs: 0 };
      // Which of them is empty is not said; most wait for the one that most share.
      if (!ok) return { waitMs: retryAfterMs, reason: "bucket", ...(buckets.at(-1) && { bucket: buckets.at(-1) as Bucket }) };
      allowed = true;
    } finally {
      if (!allowed) breaker.leave();
    }

    const note = (step: "breaker.opened" | "breaker.closed", code?: string): void =>
      deps.observe({ step, level: "warn", at: deps.clock.now(), platform, account, ...(code ? { code } : {}) });
    try {
      const sent = await withTimeout(deps, outgoing, signal, (inner) =>
        adapter.sender.send(outgoing, deps.context(platform, inner)),
      );
      if (breaker.success()) note("breaker.closed");
      return { sent };
    } catch (thrown) {
      const failed = asGatewayError(thrown, platform, account);
      const outage = failed.code === "network.failed" || failed.code === "platform.failed";
      if (outage ? breaker.failure() : breaker.success()) note(outage ? "breaker.opened" : "breaker.closed", failed.code);
      const limited = failed.code === "rate.limited";
      const waitMs = failed.retryAfterMs || (limited ? usualWaitMs : 0);
      const bucket = failed.bucket ?? buckets[0]?.key;
      if (limited && bucket !== undefined) await deps.store.limiter.penalize(bucket, (await deps.store.now()) + waitMs);
      return { failed, waitMs, away: outage && breaker.open };
    }
  };
  return { attempt, breakers };
}

/** Gives a sender its time and no more: one that ignores its signal must not hold a worker. */
async function withTimeout(
  deps: AttemptDeps,
  outgoing: Outgoing,
  signal: AbortSignal,
  send: (signal: AbortSignal) => Promise<Receipt>,
): Promise<Receipt> {
  const { platform, account } = outgoing.to;
  const abort = new AbortController();
  const onAbort = (): void => abort.abort(signal.reason);
  if (signal.aborted) onAbort();
  signal.addEventListener("abort", onAbort, { once: true });
  let cancel = (): void => {};
  try {
    return await new Promise<Receipt>((resolve, reject) => {
      cancel = deps.clock.after(deps.sendTimeoutMs, () => {
        const error = new GatewayError(
          "network.failed",
          `${platform} did not answer ${outgoing.kind} within ${deps.sendTimeoutMs} ms. It may have been done all the same.`,
          {
            retryable: true,
            platform,
            account,
          },
        );
        reject(error);
        abort.abort(error);
      });
      send(abort.signal).then(resolve, reject);
    });
  } finally {
    cancel();
    signal.removeEventListener("abort", onAbort);
  }
}

/** Errors that an adapter did not name are retried: they are more often a passing fault than a verdict. */
function asGatewayError(thrown: unknown, platform: string, account: string): GatewayError {
  if (isGatewayError(thrown)) return thrown;
  const message = `${platform}: ${failureOf(thrown).detail}`;
  return new GatewayError("operation.rejected", message, { retryable: true, platform, account, cause: thrown });
}
