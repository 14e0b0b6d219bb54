import type { Claim, Clock, Queue } from "../contract/index.ts";
import { isGatewayError } from "../error.ts";
import { isPassing } from "./failure.ts";
import { sleep } from "./time.ts";

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
  /** Whether a job that a stop breaks off counts as tried, because others may have seen its work. No unless set. */
  readonly countBroken?: boolean;
  /**
   * Does one job and settles its claim (ack, nack or dead). `signal` aborts when the lease is lost or the worker gives up
   * waiting; what the job does after that has no effect. `done` may be called just before settling: the place is free from
   * then on, and the next claim goes to the store together with the settling. Never rejects.
   */
  run(claim: Claim, signal: AbortSignal, done: () => void): Promise<void>;
  /** The store failed; the worker goes on by itself. */
  failed(error: unknown): void;
}

/** A running worker. */
export interface Worker {
  /** Jobs in hand. */
  readonly busy: number;
  /** Takes no more work, waits up to `graceMs` for the jobs in hand, then gives the rest back, uncounted unless `countBroken`. */
  stop(graceMs: number): Promise<void>;
  /** Resolves when nothing is in hand and a claim made since finds nothing; at once when the worker has stopped. */
  idle(): Promise<void>;
}

/** A job in hand, settled or about to be. They are a list, each with its place in it: a Map in steady use burdens the collector, see `dictionary`. */
interface Held {
  readonly claim: Claim;
  readonly abort: AbortController;
  place: number;
  done: boolean;
  renewed: number;
  tried: boolean;
}

const batch = 64;
/** Pause between attempts to settle a job. */
const againMs = 1000;

/**
 * Settles a job although the store is away: tries for as long as its lease is ours, since nobody else may take it. Undefined when the
 * lease was lost. Rejects with what will not pass.
 */
export async function settleLater<T>(
  { clock, failed }: Pick<WorkerOptions, "clock" | "failed">,
  signal: AbortSignal,
  settle: () => Promise<T>,
): Promise<T | undefined> {
  for (;;) {
    try {
      return await settle();
    } catch (error) {
      if (isGatewayError(error) && !error.retryable && !isPassing(error)) throw error;
      failed(error);
    }
    await sleep(clock, againMs, signal);
    if (signal.aborted) return undefined;
  }
}

/** Takes jobs from a queue and runs them, `concurrency` at a time, keeping their leases alive. */
export function startWorker(options: WorkerOptions): Worker {
  const { queue, clock, concurrency, leaseMs, pollMs, countBroken = false } = options;
  const stopping = new AbortController();
  const held: Held[] = [];
  let running = 0;
  let freed: (() => void) | undefined;
  let settled: (() => void) | undefined;
  let nudge: (() => void) | undefined;
  let hinted = false;
  let hint: Promise<void> | undefined;
  // Claims are numbered. Only one that began after the question, and after the last job ended, can tell that nothing is left.
  let begun = 0;
  let emptyAt = 0;
  let endedAt = 0;
  let idlers: { readonly after: number; readonly resolve: () => void }[] = [];

  // A hint that fires while a claim is under way must not be missed: a wait is armed with each claim, and it leaves a mark.
  const arm = (): Promise<void> =>
    (hint ??= queue
      .wait(stopping.signal, pollMs)
      .catch(() => sleep(clock, pollMs, stopping.signal))
      .then(() => {
        hint = undefined;
        hinted = true;
      }));

  const release = ({ place }: Held): void => {
    const last = held.pop();
    if (last === undefined || last.place === place) return;
    last.place = place;
    held[place] = last;
  };
  const start = (claim: Claim): void => {
    const job: Held = {
      claim,
      abort: new AbortController(),
      place: held.length,
      done: false,
      renewed: clock.now(),
      tried: false,
    };
    const done = (): void => {
      if (job.done) return;
      job.done = true;
      running -= 1;
      freed?.();
    };
    held.push(job);
    running += 1;
    void options
      .run(claim, job.abort.signal, done)
      .catch(options.failed)
      .finally(() => {
        done();
        release(job);
        endedAt = begun;
        settled?.();
        if (idlers.length > 0) nudge?.();
      });
  };
  /** Places for more. What is only being settled takes none, but is bounded too: a store may answer claims and nothing else. */
  const room = (): number => Math.min(batch, concurrency - running, 2 * concurrency - held.length);

  const finishIdlers = (): void => {
    if (held.length > 0) return;
    const done = idlers.filter(({ after }) => emptyAt > Math.max(after, endedAt));
    idlers = idlers.filter((idler) => !done.includes(idler));
    for (const { resolve } of done) resolve();
  };

  const loop = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      const limit = room();
      if (limit <= 0) {
        await new Promise<void>((resolve) => (freed = settled = resolve));
        freed = settled = undefined;
        // Jobs often end together: one claim for all that end now, in the same message to the store as their settling.
        await new Promise<void>((resolve) => process.nextTick(resolve));
        continue;
      }
      hinted = false;
      const number = ++begun;
      let wake: Promise<void>;
      let claims: readonly Claim[];
      try {
        const claiming = queue.claim({ limit, leaseMs, worker: options.name });
        // Asked after the claim, in the same message: when there will be something that the claim leaves.
        wake = arm();
        claims = await claiming;
      } catch (error) {
        if (stopping.signal.aborted) return;
        options.failed(error);
        await sleep(clock, pollMs, stopping.signal);
        continue;
      }
      if (stopping.signal.aborted) {
        await Promise.all(claims.map((claim) => giveBack(claim)));
        return;
      }
      for (const claim of claims) start(claim);
      if (claims.length === limit) continue;
      if (claims.length === 0) {
        emptyAt = number;
        finishIdlers();
      }
      if (hinted || (idlers.length > 0 && held.length === 0)) continue;
      await Promise.race([wake, new Promise<void>((resolve) => (nudge = resolve))]);
      nudge = undefined;
    }
  };

  const everyMs = leaseMs / 6;
  const renew = (): void => {
    const now = clock.now();
    for (const state of held) {
      // Unanswered so far, and by the next look it would be too late: another worker may have the job before this one knows.
      const late = now + (state.tried ? everyMs : 0) > state.renewed + leaseMs * 0.9;
      if (late) state.abort.abort(new Error("The lease of this job was lost."));
      else if (now - state.renewed >= leaseMs / 3) {
        state.tried = true;
        void queue.extend(state.claim, leaseMs).then((result) => {
          if (result !== "ok") return state.abort.abort(new Error("The lease of this job was lost."));
          state.renewed = Math.max(state.renewed, now);
          state.tried = false;
        }, options.failed);
      }
    }
  };
  let cancelRenewal = (): void => {};
  const keepAlive = (): void => {
    cancelRenewal = clock.after(everyMs, () => {
      renew();
      keepAlive();
    });
  };
  keepAlive();

  const giveBack = (claim: Claim, countAttempt = false): Promise<unknown> =>
    queue.nack(claim, { delayMs: 0, countAttempt }).catch((error: unknown) => options.failed(error));

  const looping = loop();
  return {
    get busy() {
      return held.length;
    },
    async stop(graceMs) {
      stopping.abort();
      freed?.();
      nudge?.();
      await looping;
      if (held.length > 0) {
        await new Promise<void>((resolve) => {
          const cancel = clock.after(graceMs, resolve);
          settled = () => {
            if (held.length > 0) return;
            cancel();
            resolve();
          };
        });
      }
      cancelRenewal();
      await Promise.all(
        held.map(async ({ claim, abort }) => {
          abort.abort(new Error("The gateway is stopping."));
          await giveBack(claim, countBroken);
        }),
      );
      for (const { resolve } of idlers) resolve();
    },
    idle: () =>
      new Promise((resolve) => {
        if (stopping.signal.aborted) return resolve();
        idlers.push({ after: begun, resolve });
        nudge?.();
      }),
  };
}
