import type { Memory, Ready, Request, Setup, Spent } from "./protocol.ts";

/** The setup that this process was started with. */
export function readSetup(): Setup {
  return JSON.parse(process.argv[2] ?? "{}") as Setup;
}

/** Counts what a system has handled, and tells the bench when it has done what was expected. */
export class Meter {
  #handled = 0;
  #target = Infinity;
  #reached: (() => void) | undefined;
  #startedAt: number | undefined;

  /** One message was handled. */
  hit(): void {
    this.#handled += 1;
    this.#startedAt ??= performance.now();
    if (this.#handled === this.#target) this.#reached?.();
  }

  /** Answers the bench from now on. `settle` resolves when nothing is left to do for what was handled. */
  answer(port: number, settle: () => Promise<void>): void {
    process.on("message", (request: Request) => {
      void (request.type === "expect" ? this.#expect(request, settle) : collect()).then((answer) => process.send?.(answer));
    });
    process.on("disconnect", () => process.exit(0));
    process.send?.({ type: "ready", port } satisfies Ready);
  }

  async #expect({ count, timeoutMs }: { count: number; timeoutMs: number }, settle: () => Promise<void>): Promise<Spent> {
    const before = process.cpuUsage();
    const first = this.#handled;
    this.#target = first + count;
    this.#startedAt = undefined;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, timeoutMs);
      this.#reached = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    await settle();
    const { user, system } = process.cpuUsage(before);
    const wallMs = performance.now() - (this.#startedAt ?? 0);
    const peakRssBytes = process.resourceUsage().maxRSS * 1024;
    return { type: "spent", cpuUs: user + system, wallMs, handled: this.#handled - first, peakRssBytes };
  }
}

async function collect(): Promise<Memory> {
  // As when memory runs short: V8 gives back what it keeps for later. Twice, since finalizers let go in between.
  for (let round = 0; round < 2; round += 1) {
    globalThis.gc?.({ type: "major", execution: "sync", flavor: "last-resort" });
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  const { heapUsed, external, rss } = process.memoryUsage();
  return { type: "memory", heapBytes: heapUsed + external, rssBytes: rss };
}
