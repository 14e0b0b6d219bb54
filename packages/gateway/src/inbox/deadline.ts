import type { Clock, Event } from "../contract/index.ts";
import { GatewayError } from "../error.ts";

/** Runs the handlers of an event until they end, their lease is lost or their time is over, whichever comes first. What they do afterwards is void. */
export function withDeadline<T>(
  work: (signal: AbortSignal) => Promise<T>,
  { kind }: Pick<Event, "kind">,
  lease: AbortSignal,
  clock: Clock,
  maxRunMs: number,
): Promise<T> {
  const abort = new AbortController();
  return new Promise((resolve, reject) => {
    const give = (error: GatewayError): void => {
      reject(error);
      abort.abort(error);
    };
    const onLost = (): void =>
      give(new GatewayError("gateway.closed", `The handler of ${kind} lost its lease; it is run again.`, { retryable: true }));
    if (lease.aborted) return onLost();
    const cancel = clock.after(maxRunMs, () =>
      give(
        new GatewayError(
          "handler.timeout",
          `The handler of ${kind} did not end within ${maxRunMs} ms. Raise inbox.maxRunMs, or end it when its signal aborts.`,
          { retryable: true },
        ),
      ),
    );
    lease.addEventListener("abort", onLost, { once: true });
    work(abort.signal)
      .then(resolve, reject)
      .finally(() => {
        cancel();
        lease.removeEventListener("abort", onLost);
      });
  });
}
