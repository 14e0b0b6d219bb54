import assert from "node:assert/strict";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { systemClock } from "@devflow/gateway/kit";
import type { Claim, Queue, Store } from "@devflow/gateway/contract";
import { survive as surviveEngine } from "./durability.ts";
import type { StoreSuiteOptions } from "./options.ts";
import { claim, needsDurability, pause, queueDefaults, type StoreStatement, type StoreSubject } from "./subject.ts";

const needsVictim = (options: StoreSuiteOptions): string | undefined =>
  needsDurability(options) ?? (options.victim === undefined ? "no victim was given to kill" : undefined);

/** What a process said before it was killed. */
interface Said {
  readonly enqueued: string[];
  readonly claimed: string[];
  readonly acked: string[];
}

/** Of so many claims it has kept one, however slow the machine. */
const enoughToHold = 6;

/** Lets a victim work for a time after that many claims, kills it, and gives what it said. */
async function killAfter(child: ChildProcess, ms: number, claims = 0): Promise<Said> {
  const said = { enqueued: [] as string[], claimed: [] as string[], acked: [] as string[] };
  const errors: string[] = [];
  child.stderr?.on("data", (text: Buffer) => errors.push(text.toString()));
  const lines = createInterface({ input: child.stdout ?? assert.fail("The victim's output has to be piped.") });
  const closed = once(lines, "close");
  const ended = once(child, "exit");
  const ready = new Promise<void>((resolve) => {
    lines.on("line", (line) => {
      const [what, id = ""] = line.split(" ");
      if (what === "enqueued" || what === "claimed" || what === "acked") said[what].push(id);
      if (said.claimed.length >= claims) resolve();
    });
  });
  await Promise.race([ready, ended]);
  assert.equal(child.exitCode, null, `The victim ended by itself: ${errors.join("")}`);
  await new Promise((resolve) => void setTimeout(resolve, ms));
  child.kill("SIGKILL");
  await Promise.all([ended, closed]);
  return said;
}

/** What it had claimed and not said to be done. */
function heldBy({ claimed, acked }: Said): readonly string[] {
  return [...new Set(claimed)].filter((id) => !acked.includes(id));
}

/** Leaves the place to other processes. */
async function letGo(subject: StoreSubject): Promise<void> {
  await subject.releaseTime();
  await subject.store.close();
}

async function openWith({ options, place }: StoreSubject): Promise<{ store: Store; inbox: Queue; outbox: Queue }> {
  const store = await options.open({ clock: systemClock, place });
  await store.migrate();
  return { store, inbox: store.queue("inbox", queueDefaults), outbox: store.queue("outbox", queueDefaults) };
}

/** Everything that waits in a queue, lane by lane. */
async function waiting(queue: Queue, keys: readonly string[]): Promise<Map<string, number>> {
  const found = new Map<string, number>();
  for (const key of keys) for (const each of await queue.peek(key, 1_000_000)) found.set(each.id, each.attempts);
  return found;
}

const keys = Array.from({ length: 7 }, (_, i) => `k${i}`);

/** What survives kill -9, and when work goes on. */
export const killStatements: readonly StoreStatement[] = [
  {
    id: "C-8",
    says: "a claim whose process was killed costs an attempt, never the job",
    waived: needsVictim,
    async check(subject) {
      await letGo(subject);
      const child = subject.options.victim?.(subject.place) ?? assert.fail();
      const said = await killAfter(child, 300, enoughToHold);
      const held = heldBy(said);
      assert.ok(held.length > 0);
      const { store, inbox, outbox } = await openWith(subject);
      await pause(2_000);
      const found = new Map<string, Claim>();
      let missing = held;
      for (const end = performance.now() + 30_000; missing.length > 0 && performance.now() < end;) {
        for (const each of await claim(inbox, keys.length)) {
          if (missing.includes(each.id)) found.set(each.id, each);
          await inbox.ack(each);
        }
        // The last ack of the dead may have been under way.
        const done = await waiting(outbox, keys);
        missing = missing.filter((id) => !found.has(id) && !done.has(`${id}:1`));
      }
      assert.deepEqual(missing, [], "claimed by the dead process, and lost");
      for (const { id, attempts, crashes } of found.values()) {
        // A slow one may have seen its own leases end, and made a claim that it had no time to tell of.
        const told = said.claimed.filter((one) => one === id).length;
        assert.ok(crashes === told || crashes === told + 1, `${id}: ${crashes} crashes, ${told} claims`);
        assert.equal(attempts, crashes + 1);
      }
      await store.close();
    },
  },
  {
    id: "C-10",
    says: "what a killed process held can be claimed within its lease and a second, with nobody's help",
    waived: needsVictim,
    async check(subject) {
      await letGo(subject);
      const child = subject.options.victim?.(subject.place) ?? assert.fail();
      const said = await killAfter(child, 200, enoughToHold);
      const killedAt = performance.now();
      const { store, inbox, outbox } = await openWith(subject);
      // By then all of it is there at the first try, however long that takes here.
      await pause(killedAt + 3_000 - performance.now());
      const again = (await claim(inbox, keys.length)).map(({ id }) => id);
      const done = await waiting(outbox, keys);
      const held = heldBy(said).filter((id) => !done.has(`${id}:1`));
      assert.ok(held.length > 0);
      assert.deepEqual(
        held.filter((id) => !again.includes(id)),
        [],
        "still out of reach after lease and a second",
      );
      await store.close();
    },
  },
  {
    id: "X-4",
    says: "whenever a process is killed: an inbound job is done if and only if its chained job exists",
    waived: needsVictim,
    check: (subject) =>
      survive(subject, (pending, done) => {
        for (const id of pending.keys()) assert.ok(!done.has(`${id}:1`), `${id} still waits, though its chained job exists`);
      }),
  },
  {
    id: "P-1",
    says: "nothing that was acknowledged is lost when the process is killed, or the engine is",
    waived: needsVictim,
    async check(subject) {
      await survive(subject, (pending, done, said) => {
        for (const id of said.acked) assert.ok(done.has(`${id}:1`), `the ack of ${id} is lost`);
        for (const id of said.enqueued) assert.ok(done.has(`${id}:1`) || pending.has(id), `${id} is lost`);
      });
      const { engine } = subject.options;
      if (engine === undefined) return;
      // On the first place time runs by itself by now.
      const place = `${subject.place}-engine`;
      await surviveEngine(
        subject,
        place,
        () => engine.kill(place),
        () => engine.start(place),
      );
    },
  },
];

/** Kills one process after the other on one place, and looks at what is there each time. */
async function survive(
  subject: StoreSubject,
  look: (pending: ReadonlyMap<string, number>, done: ReadonlyMap<string, number>, said: Said) => void,
): Promise<void> {
  await letGo(subject);
  const all: Said = { enqueued: [], claimed: [], acked: [] };
  const kills = subject.volume(3);
  for (let i = 0; i < kills; i += 1) {
    const child = subject.options.victim?.(subject.place) ?? assert.fail();
    // On a busy machine a process may die before its first word, but not the first one.
    const said = await killAfter(child, 60 + ((i * 97) % 240), i === 0 ? enoughToHold : 0);
    for (const what of ["enqueued", "claimed", "acked"] as const) all[what].push(...said[what]);
    // What it had in hand is seen again when its leases are over, where others may hold leases too.
    if (subject.options.caps.multiProcess) await pause(2_100);
    const { store, inbox, outbox } = await openWith(subject);
    for (const end = performance.now() + 30_000; (await inbox.stats()).leased > 0 && performance.now() < end;) await pause(20);
    look(await waiting(inbox, keys), await waiting(outbox, keys), all);
    await store.close();
  }
  assert.ok(all.enqueued.length > 0 && all.acked.length > 0);
}
