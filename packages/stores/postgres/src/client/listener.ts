import { randomUUID } from "node:crypto";
import type { Clock } from "@devflow/gateway/contract";
import type { PostgresConnection } from "../options.ts";
import type { Link } from "./link.ts";

/** Tells other processes of new work, and hears them. All of it is a hint: who misses one finds the work by looking. */
export interface Herald {
  /** There may be work in that queue. Soon the others know, but not more than fifty times a second. */
  tell(queue: string): void;
  /** Calls back when another process tells of a queue, and for all queues after a gap. */
  hear(queue: string, wake: () => void): void;
  /** Begins to listen. */
  start(): void;
}

const pauseMs = 20;
const redialMs = 1_000;

/** One that says and hears nothing. */
export const mute: Herald = { tell() {}, hear() {}, start() {} };

export function createHerald(link: Link, schema: string, clock: Clock, closed: AbortSignal): Herald {
  const channel = `devflow:${schema}`;
  const self = randomUUID();
  const wakes = new Map<string, () => void>();
  const news = new Set<string>();
  let resting = false;
  let connection: PostgresConnection | undefined;
  let started = false;

  const announce = (): void => {
    if (closed.aborted || news.size === 0) return;
    resting = true;
    const text = [self, ...news].join(" ");
    news.clear();
    // Nobody waits for the disk on account of a hint.
    const notify = "SELECT set_config('synchronous_commit', 'off', true), pg_notify($1, $2)";
    void link
      .run(notify, [channel, text], false)
      .catch(() => {})
      .finally(() => {
        clock.after(pauseMs, () => {
          resting = false;
          announce();
        });
      });
  };

  const dial = async (): Promise<void> => {
    let lost = false;
    const lose = (): void => {
      if (lost) return;
      lost = true;
      const old = connection;
      connection = undefined;
      old?.release(new Error("broken"));
      if (!closed.aborted) clock.after(redialMs, () => void dial());
    };
    try {
      const made = await link.dial();
      if (closed.aborted) return made.release(new Error("closed"));
      connection = made;
      made.on?.("error", lose);
      made.on?.("end", lose);
      made.on?.("notification", ({ payload = "" }) => {
        const [sender, ...queues] = payload.split(" ");
        if (sender !== self) for (const queue of queues) wakes.get(queue)?.();
      });
      await made.query({ text: `LISTEN "${channel}"`, rowMode: "array" });
      for (const wake of wakes.values()) wake();
    } catch {
      lose();
    }
  };

  closed.addEventListener("abort", () => {
    const old = connection;
    connection = undefined;
    // Not given back to a pool: it has ears.
    old?.release(new Error("closed"));
  });
  return {
    tell(queue) {
      news.add(queue);
      if (!resting) announce();
    },
    hear: (queue, wake) => void wakes.set(queue, wake),
    start() {
      if (started || closed.aborted) return;
      started = true;
      void dial();
    },
  };
}
