import type { Claim, Clock, Queue } from "../contract/index.ts";

/** How a {@link startWorker} takes work from a queue. */
export interface WorkerOptions {
  readonly queue: Queue;
  readonly clock: Clock;
  /** Name in the store, for people. */
  readonly name: string;
  readonly concurrency: number;
  readonly leaseMs: number;
  /** Longest sleep without a hint from the store. */
  readonly pollMs: number;
  /**
   * Does one job and settles its claim (ack, nack or dead). `signal` aborts when the lease is lost or the worker gives up
   * waiting; what the job does after that has no effect. Never rejects.
   */
  run(claim: Claim, signal: AbortSignal): Promise<void>;
  /** The store failed; the worker goes on by itself. */
  failed(error: unknown): void;
}

/** A running worker. */
export interface Worker {
  /** Jobs in hand. */
  readonly busy: number;
  /** Takes no more work, waits up to `graceMs` for the jobs in hand, then gives the rest back uncounted. */
  stop(graceMs: number): Promise<void>;
  /** Resolves when nothing is in hand and the last claim found nothing. */
  idle(): Promise<void>;
}

const batch = 64;

/** Takes jobs from a queue and runs them, `concurrency` at a time, keeping their leases alive. */
export function startWorker(options: WorkerOptions): Worker {
  const { queue, clock, concurrency, leaseMs, pollMs } = options;
  const stopping = new AbortController();
  const held = new Map<Claim, { readonly abort: AbortController; renewed: number }>();
  let freed: (() => void) | undefined;
  let idlers: (() => void)[] = [];
  let hinted = false;
  let hint: Promise<void> | undefined;
  let empty = false;

  // A hint that fires while a claim is under way must not be missed: one wait is always armed, and it leaves a mark.
  const arm = (): Promise<void> =>
    (hint ??= queue.wait(stopping.signal, pollMs).then(
      () => {
        hint = undefined;
        hinted = true;
        empty = false;
      },
      () => {
        hint = undefined;
      },
    ));

  const start = (claim: Claim): void => {
    const abort = new AbortController();
    held.set(claim, { abort, renewed: clock.now() });
    void options.run(claim, abort.signal).finally(() => {
      held.delete(claim);
      freed?.();
      settle();
    });
  };

  const settle = (): void => {
    if (held.size > 0 || !empty) return;
    for (const idler of idlers) idler();
    idlers = [];
  };

  const pause = (ms: number): Promise<void> =>
    new Promise((resolve) => {
      const done = (): void => {
        cancel();
        stopping.signal.removeEventListener("abort", done);
        resolve();
      };
      const cancel = clock.after(ms, done);
      stopping.signal.addEventListener("abort", done, { once: true });
    });

  const loop = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      if (held.size >= concurrency) {
        await new Promise<void>((resolve) => (freed = resolve));
        freed = undefined;
        continue;
      }
      const wake = arm();
      hinted = false;
      let claims: readonly Claim[];
      try {
        claims = await queue.claim({ limit: Math.min(batch, concurrency - held.size), leaseMs, worker: options.name });
      } catch (error) {
        if (stopping.signal.aborted) return;
        options.failed(error);
        await pause(pollMs);
        continue;
      }
      if (stopping.signal.aborted) {
        await Promise.all(claims.map((claim) => giveBack(claim)));
        return;
      }
      for (const claim of claims) start(claim);
      empty = claims.length === 0;
      if (empty && !hinted) {
        settle();
        await wake;
      }
    }
  };

  const renew = async (): Promise<void> => {
    const due = clock.now() - leaseMs / 3;
    await Promise.all(
      [...held].map(async ([claim, state]) => {
        if (state.renewed > due) return;
        const sent = clock.now();
        const result = await queue.extend(claim, leaseMs).catch((error: unknown) => {
          options.failed(error);
          return "failed" as const;
        });
        if (result === "ok") state.renewed = sent;
        else if (result === "stale" || clock.now() > state.renewed + leaseMs * 0.9)
          state.abort.abort(new Error("The lease of this job was lost."));
      }),
    );
  };
  let cancelRenewal = (): void => {};
  const keepAlive = (): void => {
    cancelRenewal = clock.after(leaseMs / 3, () => {
      void renew().then(() => {
        if (!stopping.signal.aborted || held.size > 0) keepAlive();
      });
    });
  };
  keepAlive();

  const giveBack = (claim: Claim): Promise<unknown> =>
    queue.nack(claim, { delayMs: 0, countAttempt: false }).catch((error: unknown) => options.failed(error));

  const running = loop();
  return {
    get busy() {
      return held.size;
    },
    async stop(graceMs) {
      stopping.abort();
      freed?.();
      await running;
      if (held.size > 0) {
        await new Promise<void>((resolve) => {
          const cancel = clock.after(graceMs, resolve);
          freed = () => {
            if (held.size > 0) return;
            cancel();
            resolve();
          };
        });
      }
      cancelRenewal();
      await Promise.all(
        [...held].map(async ([claim, state]) => {
          state.abort.abort(new Error("The gateway is stopping."));
          await giveBack(claim);
        }),
      );
      for (const idler of idlers) idler();
    },
    idle: () => new Promise((resolve) => (idlers.push(resolve), settle())),
  };
}
