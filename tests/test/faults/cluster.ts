import { onTestFinished } from "vitest";
import { deliver, startLife, startPlatform, type Life } from "../core/child/index.ts";
import { range } from "../core/harness.ts";
import type { Engine } from "./engines.ts";

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Gateways in processes of their own, on one engine, before one platform. All of it ends with the test. */
export async function startCluster(engine: Engine, count: number, env: Readonly<Record<string, string>> = {}) {
  const platform = await startPlatform();
  const lives: Life[] = [];
  let over = false;
  // A gateway that cannot reach its store does not start; whatever supervises it tries again.
  const begin = async (): Promise<Life> => {
    for (;;) {
      const life = await startLife({
        DB: engine.url(),
        PLATFORM: platform.url,
        MAX_CRASHES: "1000000",
        LEASE_MS: "2000",
        ...env,
      });
      if (life.port !== 0 || over) return life;
      await pause(100);
    }
  };
  for (const life of await Promise.all(range(count).map(begin))) lives.push(life);
  onTestFinished(async () => {
    over = true;
    for (const { child } of lives) child.kill("SIGKILL");
    await Promise.all(lives.map(({ ended }) => ended));
    await platform.close();
    await engine.remove();
  });
  return {
    platform,
    lives,
    /** Kills one with -9, and starts another in its place. */
    async replace(index: number): Promise<void> {
      const life = lives[index];
      life?.child.kill("SIGKILL");
      await life?.ended;
      lives[index] = await begin();
    },
  };
}

/** People who talk in rooms, to whichever gateway comes next, and say it again until it is taken, as platforms do. */
export interface Crowd {
  /** What was taken, by room, in order. */
  readonly said: ReadonlyMap<string, readonly string[]>;
  /** Ends the talk; resolves to the number of messages, when the last one is taken. */
  hush(): Promise<number>;
}

/** Messages that may be unanswered before people wait: a backlog that only grows shows nothing but its size. */
const patience = 1000;

/**
 * Starts a {@link Crowd}: `voices` messages are on their way at once, each room in its own order. `heard` counts the replies, of
 * which each message gets two.
 */
export function startCrowd(lives: readonly Life[], rooms: number, voices: number, heard: () => number): Crowd {
  const said = new Map<string, string[]>();
  let talking = true;
  let turn = 0;
  let taken = 0;
  const voice = async (first: number): Promise<void> => {
    for (let room = first, n = 0; talking; room + voices < rooms ? (room += voices) : ((room = first), n++)) {
      const name = `room-${room}`;
      const event = { id: `${room}-${n}`, room: name, text: String(n) };
      while (talking && taken - heard() / 2 > patience) await pause(50);
      while ((await deliver(lives[turn++ % lives.length]?.port ?? 0, event)) !== 200) await pause(50);
      taken += 1;
      said.set(name, [...(said.get(name) ?? []), event.text]);
    }
  };
  const all = Promise.all(range(voices).map(voice));
  return {
    said,
    async hush() {
      talking = false;
      await all;
      return taken;
    },
  };
}
