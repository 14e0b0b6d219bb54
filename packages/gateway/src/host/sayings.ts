import type { Clock, Event, Job, KvWrite, Logger, Store } from "../contract/index.ts";
import { GatewayError } from "../error.ts";
import { failureOf } from "../kit/failure.ts";
import type { Effects, Run } from "../inbox/index.ts";
import type { Outbox, OutboxJob } from "../outbox/index.ts";

/** Replies wait this long for the end of their handler, to be committed with it; a handler that goes on is not waited for. */
const flushAfterMs = 20;

/**
 * What one run says: each saying under a name of its own (`<event id>/<n>`), so that the next run says the same ones again; in
 * the order in which they were said, awaited or not; stored with the completion of the run, or early when that takes long.
 */
export class Sayings {
  readonly #deps: { readonly store: Store; readonly clock: Clock; readonly log: Logger; readonly outbox: Outbox };
  readonly #event: Event;
  readonly #run: Run;
  #count = 0;
  #jobs: OutboxJob[] = [];
  #last: ({ readonly queue: string } & Job)[] = [];
  #kv: KvWrite[] = [];
  /** Stored with the completion, and not before. */
  readonly #lastKv: KvWrite[];
  #order: Promise<unknown> = Promise.resolve();
  #cancelFlush: (() => void) | undefined;
  #ended = false;
  readonly #failed = new AbortController();

  constructor(
    deps: { readonly store: Store; readonly clock: Clock; readonly log: Logger; readonly outbox: Outbox },
    event: Event,
    run: Run,
    taken: readonly KvWrite[],
  ) {
    this.#deps = deps;
    this.#event = event;
    this.#run = run;
    this.#lastKv = [...taken];
  }

  /** Aborts when what is being said is void: the run is over, or has failed. The handler's own signal is not touched by the latter. */
  get signal(): AbortSignal {
    return AbortSignal.any([this.#run.signal, this.#failed.signal]);
  }

  /** Names a saying and does its work when all before it is done. Rejects when the run is over. */
  say<T>(work: (id: string) => Promise<T>): Promise<T> {
    if (this.#over) return this.#noticed(Promise.reject(this.#refusal()));
    const id = `${this.#event.id}/${this.#count++}`;
    return this.#inOrder(() => (this.#over ? Promise.reject(this.#refusal()) : work(id)));
  }

  /** Takes jobs to be stored, with what must be known by the time they are sent. */
  add(jobs: readonly OutboxJob[], kv: readonly KvWrite[] = []): void {
    this.#jobs.push(...jobs);
    // What takes the place of that by which this event was understood waits: a second run is to understand the same.
    for (const write of kv) (this.#lastKv.some(({ key }) => key === write.key) ? this.#lastKv : this.#kv).push(write);
    this.#cancelFlush ??= this.#deps.clock.after(flushAfterMs, () => void this.flush());
  }

  /** Takes a job that is stored with the completion, and not before. */
  addLast(job: { readonly queue: string } & Job): void {
    this.#last.push(job);
  }

  /** Stores what was said so far. */
  flush(): Promise<void> {
    return this.#inOrder(() => this.store());
  }

  /** The same, for work that is in order already. */
  async store(): Promise<void> {
    this.#cancelFlush?.();
    this.#cancelFlush = undefined;
    if (this.#over || this.#jobs.length === 0) return;
    const { store, outbox, log } = this.#deps;
    const [jobs, kv] = [this.#jobs, this.#kv];
    [this.#jobs, this.#kv] = [[], []];
    try {
      for (const { key, value, ttlMs } of kv) if (value) await store.kv.set(key, value, ttlMs === undefined ? {} : { ttlMs });
      await outbox.enqueue(jobs);
    } catch (error) {
      // Not stored yet: it goes with the completion instead, or fails there.
      this.#jobs = [...jobs, ...this.#jobs];
      this.#kv = [...kv, ...this.#kv];
      log.warn({ event: this.#event.id, ...failureOf(error) }, "replies could not be stored early");
    }
  }

  /** Ends the run when all is said: nothing can be said after this. Resolves to what belongs to its completion. */
  async finish(): Promise<Effects> {
    for (let last; last !== this.#order;) {
      last = this.#order;
      await last;
    }
    this.#end();
    return { then: [...this.#jobs, ...this.#last], kv: [...this.#lastKv, ...this.#kv] };
  }

  /** Ends a run that failed. What it had said and not yet stored is said by the next one. */
  abandon(): void {
    this.#end();
    this.#failed.abort();
  }

  #end(): void {
    this.#ended = true;
    this.#cancelFlush?.();
  }

  get #over(): boolean {
    return this.#ended || this.#run.signal.aborted;
  }

  #refusal(): GatewayError {
    return new GatewayError(
      "gateway.closed",
      `The handler of ${this.#event.kind} has ended or lost its time; await what it says before it returns.`,
      { retryable: true },
    );
  }

  #inOrder<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#order.then(work);
    this.#order = result.catch(() => undefined);
    return this.#noticed(result);
  }

  /** A handler need not await what it says: a failure must then not end the process, and not pass in silence. */
  #noticed<T>(result: Promise<T>): Promise<T> {
    result.catch((error: unknown) =>
      this.#deps.log.warn({ event: this.#event.id, ...failureOf(error) }, "a saying of a handler failed"),
    );
    return result;
  }
}
