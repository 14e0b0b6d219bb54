import type { Clock, Lease } from "../contract/index.ts";

/**
 * For stores: a lease that renews itself three times per `ttlMs` and whose `lost` aborts at 80 % of `ttlMs` after the last
 * renewal that succeeded was *sent*, hence before anybody else can have it. `renew` resolves to false when the lease is
 * no longer ours; when it rejects, it is tried again until time is up.
 */
export function keepLease(options: {
  readonly clock: Clock;
  readonly fence: number;
  readonly ttlMs: number;
  /** When the acquisition was sent. */
  readonly sentAt: number;
  /** Aborts when the store closes. */
  readonly signal: AbortSignal;
  readonly renew: () => Promise<boolean>;
  readonly release: () => Promise<void>;
}): Lease {
  const { clock, ttlMs, signal } = options;
  const lost = new AbortController();
  let validUntil = options.sentAt + ttlMs * 0.8;
  let cancelRenewal = (): void => {};
  let cancelDeadline = (): void => {};
  let ended = false;

  const end = (): void => {
    ended = true;
    cancelRenewal();
    cancelDeadline();
    signal.removeEventListener("abort", lose);
  };
  const lose = (): void => {
    if (ended) return;
    end();
    lost.abort();
  };
  const watch = (): void => {
    cancelDeadline();
    cancelDeadline = clock.after(Math.max(0, validUntil - clock.now()), lose);
  };
  const renew = async (): Promise<void> => {
    const sentAt = clock.now();
    if (sentAt >= validUntil) return lose();
    // A renewal that fails leaves the deadline where it is; the next one may still come in time.
    const renewed = await options.renew().catch(() => undefined);
    if (ended) return;
    if (renewed === false) return lose();
    if (renewed === true) {
      validUntil = sentAt + ttlMs * 0.8;
      watch();
    }
    plan();
  };
  const plan = (): void => {
    cancelRenewal = clock.after(ttlMs / 3, () => void renew());
  };

  if (signal.aborted) lose();
  else {
    signal.addEventListener("abort", lose, { once: true });
    watch();
    plan();
  }
  return {
    fence: options.fence,
    lost: lost.signal,
    async release() {
      if (ended) return;
      end();
      await options.release();
    },
  };
}
