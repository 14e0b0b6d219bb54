import type { Adapter, AdapterContext, Clock, Observer, Reception, Store, WireResponse } from "../contract/index.ts";
import { isGatewayError } from "../error.ts";
import { backoff } from "../kit/backoff.ts";
import { failureOf } from "../kit/failure.ts";
import { sleep } from "../kit/time.ts";

export interface DialDeps {
  readonly store: Store;
  readonly clock: Clock;
  readonly observe: Observer;
  /** Name of this process among the holders of leases. */
  readonly holder: string;
  readonly context: (platform: string, signal: AbortSignal) => AdapterContext;
  readonly sink: (platform: string) => (reception: Reception) => Promise<WireResponse>;
}

/** How a line stands, for health. */
export interface Line {
  readonly platform: string;
  readonly account: string;
  /** `standby`: another process is on it. */
  readonly state: "connecting" | "up" | "down" | "standby";
  readonly since: number;
}

const ttlMs = 15_000;
const standbyMs = 900;

/** Holds the lines that adapters want: one process per line, dialled again for as long as we run. */
export function createDialer(deps: DialDeps): {
  start(adapters: readonly Adapter[]): void;
  /** Resolves when all lines are down, or after `graceMs`: a transport that does not let go is left behind. */
  stop(graceMs: number): Promise<void>;
  lines(): readonly Line[];
} {
  const { store, clock, observe } = deps;
  const stopping = new AbortController();
  const lines = new Map<string, Line>();
  let running: Promise<unknown> = Promise.resolve();

  const hold = async (adapter: Adapter, account: string): Promise<void> => {
    const { platform } = adapter;
    const transport = adapter.transports.connection;
    if (!transport) return;
    const name = `line/${platform}/${account}`;
    const mark = (state: Line["state"], detail?: { code: string; detail: string }): void => {
      const before = lines.get(name)?.state;
      lines.set(name, { platform, account, state, since: clock.now() });
      if (state === "up") observe({ step: "connection.up", level: "info", at: clock.now(), platform, account });
      else if (state === "down" && (before === "up" || detail))
        observe({
          step: "connection.down",
          level: stopping.signal.aborted ? "info" : "warn",
          at: clock.now(),
          platform,
          account,
          ...detail,
        });
    };
    let failures = 0;
    while (!stopping.signal.aborted) {
      const lease = await store.leases.acquire(name, { holder: deps.holder, ttlMs }).catch(() => undefined);
      if (!lease) {
        mark("standby");
        await sleep(clock, standbyMs, stopping.signal);
        continue;
      }
      mark("connecting");
      const signal = AbortSignal.any([lease.lost, stopping.signal]);
      let upAt: number | undefined;
      try {
        await transport.run(account, deps.sink(platform), deps.context(platform, signal), () => {
          upAt = clock.now();
          mark("up");
        });
        mark("down");
      } catch (error) {
        mark("down", failureOf(error, "network.failed"));
      }
      await lease.release().catch(() => undefined);
      if (stopping.signal.aborted) return;
      // A line that held for a minute was a good one: the next dial is a first attempt again.
      failures = upAt !== undefined && clock.now() - upAt > 60_000 ? 1 : failures + 1;
      await sleep(clock, backoff(failures, 500, 60_000, 100), stopping.signal);
    }
  };

  /**
   * Asks an adapter for its lines, and holds them. One that is not set up is reported, one that cannot tell now is asked again;
   * neither keeps the others from starting.
   */
  const holdAll = async (adapter: Adapter): Promise<void> => {
    const { platform } = adapter;
    const transport = adapter.transports.connection;
    const name = `line/${platform}/`;
    for (let failures = 1; transport && !stopping.signal.aborted; failures++) {
      try {
        const accounts = await transport.lines(deps.context(platform, stopping.signal));
        lines.delete(name);
        await Promise.all(accounts.map((account) => hold(adapter, account)));
        return;
      } catch (error) {
        const at = clock.now();
        observe({ step: "connection.down", level: "error", at, platform, ...failureOf(error, "options.invalid") });
        lines.set(name, { platform, account: "", state: "down", since: at });
        if (isGatewayError(error) && !error.retryable) return;
        await sleep(clock, backoff(failures, 500, 60_000, 100), stopping.signal);
      }
    }
  };

  return {
    start(adapters) {
      running = Promise.all(adapters.map(holdAll));
    },
    async stop(graceMs) {
      stopping.abort();
      const enough = new AbortController();
      await Promise.race([running, sleep(clock, graceMs, enough.signal)]);
      enough.abort();
    },
    lines: () => [...lines.values()],
  };
}
