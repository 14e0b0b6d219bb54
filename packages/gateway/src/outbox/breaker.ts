import type { Clock } from "../contract/index.ts";

/** When a breaker opens and how long it stays so. */
export interface BreakerOptions {
  /** Failures in a row, within `windowMs`, that open it. */
  readonly consecutive: number;
  /** Or this share of at least `minimum` calls within `windowMs`. */
  readonly share: number;
  readonly minimum: number;
  readonly windowMs: number;
  /** First pause; doubles with each failed probe up to `maxOpenMs`. */
  readonly openMs: number;
  readonly maxOpenMs: number;
}

const breakerDefaults: BreakerOptions = {
  consecutive: 5,
  share: 0.5,
  minimum: 20,
  windowMs: 30_000,
  openMs: 30_000,
  maxOpenMs: 300_000,
};

/**
 * Knows whether a platform account is worth calling. While open, work waits in the outbox; after the pause one call probes,
 * and its outcome decides. State is this process's own: each finds out for itself within a few calls.
 */
export class Breaker {
  readonly #clock: Clock;
  readonly #options: BreakerOptions;
  #windowStart = 0;
  #calls = 0;
  #failures = 0;
  #streak = 0;
  #pauseMs = 0;
  #openUntil = 0;
  #probing = false;

  constructor(clock: Clock, options: BreakerOptions = breakerDefaults) {
    this.#clock = clock;
    this.#options = options;
  }

  get open(): boolean {
    return this.#pauseMs > 0;
  }

  /** Zero: go ahead, and report the outcome by `success`, `failure` or `leave`. Otherwise the milliseconds to wait. */
  enter(): number {
    if (!this.open) return 0;
    const left = this.#openUntil - this.#clock.now();
    if (left > 0) return left;
    if (this.#probing) return 1000;
    this.#probing = true;
    return 0;
  }

  /** Nothing was sent after all: if this was to be the probe, the next call is. */
  leave(): void {
    this.#probing = false;
  }

  /** The platform answered. True when that closed the breaker. */
  success(): boolean {
    this.#count(false);
    this.#streak = 0;
    if (!this.open) return false;
    this.#pauseMs = 0;
    this.#probing = false;
    this.#calls = this.#failures = 0;
    return true;
  }

  /** The platform could not be reached, or failed by its own account. True when that opened the breaker. */
  failure(): boolean {
    this.#count(true);
    const { consecutive, share, minimum, openMs, maxOpenMs } = this.#options;
    if (this.open) {
      if (!this.#probing) return false;
      this.#probing = false;
      this.#pauseMs = Math.min(maxOpenMs, this.#pauseMs * 2);
    } else if (this.#streak >= consecutive || (this.#calls >= minimum && this.#failures >= this.#calls * share)) {
      this.#pauseMs = openMs;
    } else return false;
    this.#openUntil = this.#clock.now() + this.#pauseMs;
    return true;
  }

  #count(failed: boolean): void {
    const now = this.#clock.now();
    if (now - this.#windowStart > this.#options.windowMs) {
      this.#windowStart = now;
      this.#calls = this.#failures = this.#streak = 0;
    }
    this.#calls++;
    if (failed) {
      this.#failures++;
      this.#streak++;
    }
  }
}
