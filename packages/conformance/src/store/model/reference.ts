import type { QueueOptions, QueueStats } from "@devflow/gateway/contract";

/** A job as the reference sees it. */
export interface RefJob {
  readonly key: string;
  readonly id: string;
  attempts: number;
  crashes: number;
  runAt: number;
  expiresAt: number;
  error: string | undefined;
  reason: string;
}

interface RefLane {
  readonly jobs: RefJob[];
  readyAt: number;
  turn: number;
  held: RefClaim | undefined;
  halted: boolean;
}

/** The right to end a job, in the reference. */
export interface RefClaim {
  readonly job: RefJob;
}

/**
 * What a queue does, in the fewest words: lists that are searched from end to end. Stores are compared with it, so it is
 * written for reading alone.
 */
export class Reference {
  readonly options: QueueOptions;
  now: number;
  readonly lanes: Map<string, RefLane> = new Map();
  readonly scheduled: RefJob[] = [];
  readonly dead: RefJob[] = [];
  readonly finished: Map<string, number> = new Map();
  #turn = 0;

  constructor(options: QueueOptions, now: number) {
    this.options = options;
    this.now = now;
  }

  /** Moves time; jobs that are due join their lanes in the order of runAt, then of arrival. */
  pass(ms: number): void {
    this.now += ms;
    this.#promote();
  }

  enqueue(job: RefJob): "inserted" | "duplicate" | "full" {
    if (this.#known(job.id)) return "duplicate";
    if (this.#isFull(job)) return "full";
    this.#place(job);
    return "inserted";
  }

  enqueueAll(jobs: readonly RefJob[]): string[] {
    const fresh: RefJob[] = [];
    const perLane = new Map<string, number>();
    let all = this.#waiting().length + this.scheduled.length;
    for (const job of jobs) {
      if (this.#known(job.id) || fresh.some(({ id }) => id === job.id)) continue;
      const depth = (perLane.get(job.key) ?? 0) + (this.lanes.get(job.key)?.jobs.length ?? 0);
      const full = all >= this.options.maxDepth || (job.runAt <= this.now && depth >= this.options.maxLaneDepth);
      if (full) return jobs.map(() => "full");
      fresh.push(job);
      if (job.runAt <= this.now) perLane.set(job.key, (perLane.get(job.key) ?? 0) + 1);
      all += 1;
    }
    return jobs.map((job) => this.enqueue(job));
  }

  claim(limit: number, leaseMs: number): RefClaim[] {
    const claims: RefClaim[] = [];
    while (claims.length < limit) {
      const [key, lane] = this.#due()[0] ?? [];
      if (key === undefined || lane === undefined) break;
      const crashed = lane.held?.job;
      lane.held = undefined;
      if (crashed !== undefined && (crashed.crashes += 1) >= this.options.maxCrashes) {
        this.#bury(lane, crashed, "poison");
        continue;
      }
      const head = lane.jobs[0] as RefJob;
      if (head.expiresAt <= this.now) {
        this.#bury(lane, head, "expired");
        continue;
      }
      head.attempts += 1;
      lane.held = { job: head };
      this.#ready(lane, this.now + leaseMs);
      claims.push(lane.held);
    }
    return claims;
  }

  extend(claim: RefClaim, leaseMs: number): string {
    return this.#with(claim, (lane) => {
      this.#ready(lane, this.now + leaseMs);
      return "ok";
    });
  }

  /** With a job that is to follow in the same queue; it finds the room that the ended one leaves. */
  ack(claim: RefClaim, next?: RefJob): string {
    return this.#with(claim, (lane) => {
      if (next !== undefined && !this.#known(next.id) && this.#isFull(next, claim.job)) return "store.full";
      this.#leave(lane, claim.job);
      this.finished.set(claim.job.id, this.now + this.options.dedupeTtlMs);
      if (next !== undefined) this.enqueue(next);
      return "ok";
    });
  }

  nack(claim: RefClaim, delayMs: number, counts: boolean, error: string | undefined): string {
    return this.#with(claim, (lane) => {
      const { job } = claim;
      job.error = error ?? job.error;
      if (counts && job.attempts >= this.options.maxAttempts) {
        this.#bury(lane, job, "exhausted");
        return "dead";
      }
      if (!counts) job.attempts -= 1;
      if (this.options.onRetry === "yield") {
        this.#leave(lane, job);
        job.runAt = this.now + delayMs;
        this.#place(job);
      } else {
        lane.held = undefined;
        this.#ready(lane, this.now + delayMs);
      }
      return "ok";
    });
  }

  kill(claim: RefClaim, error: string | undefined): string {
    return this.#with(claim, (lane) => {
      claim.job.error = error ?? claim.job.error;
      this.#bury(lane, claim.job, "no");
      return "ok";
    });
  }

  replay(id: string, front: boolean): number {
    const job = this.#exhume(id);
    if (job === undefined) return 0;
    Object.assign(job, { attempts: 0, crashes: 0, expiresAt: Infinity, error: undefined });
    this.#join(job, this.now, front);
    return 1;
  }

  discard(id: string): number {
    if (this.#exhume(id) === undefined) return 0;
    this.finished.set(id, this.now + this.options.dedupeTtlMs);
    return 1;
  }

  resume(key: string): boolean {
    const lane = this.lanes.get(key);
    if (lane?.halted !== true) return false;
    lane.halted = false;
    if (lane.jobs.length > 0) this.#ready(lane, this.now);
    return true;
  }

  cancel(id: string): boolean {
    const planned = this.scheduled.findIndex((job) => job.id === id);
    if (planned >= 0) this.scheduled.splice(planned, 1);
    else {
      const [lane] = [...this.lanes.values()].filter(({ jobs }) => jobs.some((job) => job.id === id));
      const at = lane?.jobs.findIndex((job) => job.id === id) ?? -1;
      if (lane === undefined) return false;
      const busy = lane.held !== undefined && lane.readyAt > this.now;
      if (busy && lane.held?.job.id === id) return false;
      if (lane.held?.job.id === id) lane.held = undefined;
      lane.jobs.splice(at, 1);
      if (at === 0 && !busy && !lane.halted && lane.readyAt > this.now) this.#ready(lane, this.now);
    }
    this.finished.set(id, this.now + this.options.dedupeTtlMs);
    return true;
  }

  /** Ids in a lane that no live claim holds. */
  peek(key: string): readonly RefJob[] {
    const lane = this.lanes.get(key);
    const inHand = lane !== undefined && lane.readyAt > this.now ? lane.held?.job : undefined;
    return (lane?.jobs ?? []).filter((job) => job !== inHand);
  }

  stats(): QueueStats {
    const filled = [...this.lanes.values()].filter(({ jobs }) => jobs.length > 0);
    const later = filled.filter(({ halted, readyAt }) => !halted && readyAt > this.now);
    const leased = later.filter(({ held }) => held !== undefined).length;
    const [first] = this.#due();
    return {
      ready: this.#waiting().length - later.length,
      scheduled: this.scheduled.length,
      leased,
      delayed: later.length - leased,
      dead: this.dead.length,
      lanes: filled.length,
      haltedLanes: [...this.lanes.values()].filter(({ halted }) => halted).length,
      oldestReadyAgeMs: first === undefined ? 0 : this.now - first[1].readyAt,
    };
  }

  /** All jobs that are not dead. */
  jobs(): RefJob[] {
    return [...this.#waiting(), ...this.scheduled];
  }

  #promote(): void {
    for (;;) {
      const [next] = this.scheduled.filter(({ runAt }) => runAt <= this.now).toSorted((a, b) => a.runAt - b.runAt);
      if (next === undefined) return;
      this.scheduled.splice(this.scheduled.indexOf(next), 1);
      this.#join(next, next.runAt, false);
    }
  }

  #known(id: string): boolean {
    return [...this.jobs(), ...this.dead].some((job) => job.id === id) || (this.finished.get(id) ?? 0) > this.now;
  }

  /** A job for later finds only the whole queue full: it joins its lane when due, however long that is by then. */
  #isFull({ key, runAt }: RefJob, leaving?: RefJob): boolean {
    const others = this.jobs().filter((job) => job !== leaving);
    if (others.length >= this.options.maxDepth) return true;
    const lane = this.lanes.get(key)?.jobs.filter((job) => job !== leaving) ?? [];
    return runAt <= this.now && lane.length >= this.options.maxLaneDepth;
  }

  #waiting(): RefJob[] {
    return [...this.lanes.values()].flatMap(({ jobs }) => jobs);
  }

  #due(): [string, RefLane][] {
    return [...this.lanes]
      .filter(([, { jobs, halted, readyAt }]) => jobs.length > 0 && !halted && readyAt <= this.now)
      .toSorted(([, a], [, b]) => a.readyAt - b.readyAt || a.turn - b.turn);
  }

  #place(job: RefJob): void {
    if (job.runAt > this.now) this.scheduled.push(job);
    else this.#join(job, this.now, false);
  }

  #join(job: RefJob, at: number, front: boolean): void {
    const lane = this.lanes.get(job.key) ?? { jobs: [], readyAt: 0, turn: 0, held: undefined, halted: false };
    this.lanes.set(job.key, lane);
    if (front) lane.jobs.unshift(job);
    else lane.jobs.push(job);
    if (lane.jobs.length === 1 && !lane.halted) this.#ready(lane, at);
  }

  #ready(lane: RefLane, at: number): void {
    lane.readyAt = at;
    lane.turn = this.#turn += 1;
  }

  #with(claim: RefClaim, run: (lane: RefLane) => string): string {
    const lane = this.lanes.get(claim.job.key);
    return lane?.held === claim ? run(lane) : "stale";
  }

  #leave(lane: RefLane, job: RefJob): void {
    lane.jobs.splice(lane.jobs.indexOf(job), 1);
    lane.held = undefined;
    this.#ready(lane, this.now);
  }

  #bury(lane: RefLane, job: RefJob, reason: string): void {
    this.#leave(lane, job);
    job.reason = reason;
    this.dead.push(job);
    lane.halted = this.options.onDead === "halt";
  }

  #exhume(id: string): RefJob | undefined {
    const at = this.dead.findIndex((job) => job.id === id);
    if (at < 0) return undefined;
    const [job] = this.dead.splice(at, 1);
    this.resume(job?.key ?? "");
    return job;
  }
}
