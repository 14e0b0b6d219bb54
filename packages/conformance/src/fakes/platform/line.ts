import type { ConnectionTransport } from "@devflow/gateway/contract";
import { GatewayError } from "@devflow/gateway/kit";
import { fakePayload, type FakePayload } from "./payload.ts";
import { receive } from "./webhook.ts";

/** A line without a frame or a ping for this long is dead, whatever the socket says. */
const silenceMs = 60_000;

/** The platform's end of the connections, in a test's hands. */
export interface FakeLine {
  /** Accounts that want a line. `["main"]` unless set. */
  accounts: readonly string[];
  /** How often somebody dialled. */
  readonly dials: number;
  /** How many lines are up now. */
  readonly open: number;
  /** Delivery ids that were acknowledged, in order. */
  readonly acked: readonly string[];
  /** Sends frames down the line, or keeps them until there is one. What is not acknowledged is sent again after a redial. */
  push(...payloads: readonly FakePayload[]): void;
  /** Breaks the lines that are up. */
  die(): void;
  /** Keeps the lines up and says nothing more, pings included: adapters must notice by themselves. */
  fallSilent(): void;
  /** Refuses the next dials, before they are up. */
  refuse(times: number): void;
}

/** Makes the connection transport of a fake platform, and the other end of it. */
export function fakeConnection(platform: string): { readonly transport: ConnectionTransport; readonly line: FakeLine } {
  const frames: (FakePayload & { id: string })[] = [];
  const acked: string[] = [];
  const running = new Set<{ wake(): void; kill(error: Error): void }>();
  let accounts: readonly string[] = ["main"];
  let dials = 0;
  let refusals = 0;
  let silent = false;

  const dead = (account: string, what: string): GatewayError =>
    new GatewayError("network.failed", `${platform}: the line of ${account} ${what}.`, { platform, account, retryable: true });

  const transport: ConnectionTransport = {
    lines: () => accounts,
    async run(account, sink, context, up) {
      dials += 1;
      silent = false;
      if (refusals > 0) {
        refusals -= 1;
        throw dead(account, "was refused");
      }
      let killed: Error | undefined;
      let ring = (): void => {};
      const self = {
        wake: () => ring(),
        kill(error: Error) {
          killed = error;
          ring();
        },
      };
      const onAbort = (): void => ring();
      running.add(self);
      context.signal.addEventListener("abort", onAbort);
      up();
      try {
        while (!context.signal.aborted) {
          if (killed) throw killed;
          const frame = silent ? undefined : frames.find((one) => (one.account ?? "main") === account);
          if (!frame) {
            const quiet = await new Promise<boolean>((resolve) => {
              const cancel = context.clock.after(silenceMs, () => resolve(silent));
              ring = () => {
                cancel();
                resolve(false);
              };
            });
            if (quiet) throw dead(account, "has fallen silent");
            continue;
          }
          await sink(receive(platform, JSON.stringify(frame), context.clock.now()));
          const at = frames.indexOf(frame);
          if (killed === undefined && at >= 0) acked.push(...frames.splice(at, 1).map(({ id }) => id));
        }
      } finally {
        running.delete(self);
        context.signal.removeEventListener("abort", onAbort);
      }
    },
  };

  return {
    transport,
    line: {
      get accounts() {
        return accounts;
      },
      set accounts(names) {
        accounts = names;
      },
      get dials() {
        return dials;
      },
      get open() {
        return running.size;
      },
      acked,
      push(...payloads) {
        frames.push(...payloads.map(fakePayload));
        for (const one of running) one.wake();
      },
      die() {
        for (const one of running) one.kill(dead("main", "broke"));
      },
      fallSilent() {
        silent = true;
      },
      refuse(times) {
        refusals = times;
      },
    },
  };
}
