import assert from "node:assert/strict";
import type { Logger, Queue, Store } from "@devflow/gateway/contract";
import { claim, hasCode, job, jobs, needsDurability, pause, queueDefaults } from "./subject.ts";
import type { StoreStatement, StoreSubject } from "./subject.ts";
import type { SmallDisk, StoreSuiteOptions } from "./options.ts";

const needsDisk = ({ disk }: StoreSuiteOptions): string | undefined => (disk === undefined ? "no disk was given" : disk.missing);

function smallDisk({ disk }: StoreSuiteOptions, megabytes: number, purpose: "fill" | "cut"): Promise<SmallDisk> {
  return (disk ?? assert.fail("no disk")).make({ megabytes, purpose });
}

/** P: what survives what. Killed processes are tested with `victim`. */
export const durabilityStatements: readonly StoreStatement[] = [
  {
    id: "P-2",
    says: "nothing that was acknowledged is lost in a power cut",
    waived: (options) =>
      options.caps.durable !== "power" ? `the store promises ${options.caps.durable}, not power` : needsDisk(options),
    async check(subject) {
      const disk = await smallDisk(subject.options, 64, "cut");
      try {
        await survive(subject, disk.place, disk.cut, disk.restore);
      } finally {
        await disk.remove();
      }
    },
  },
  {
    id: "P-3",
    says: "caps say what the store promises",
    async check({ store, options }) {
      assert.deepEqual(store.caps, options.caps);
    },
  },
  {
    id: "P-4",
    says: "a store that cannot keep the level asked for refuses to start",
    waived: (options) =>
      needsDurability(options) ??
      (options.weak !== undefined
        ? undefined
        : options.caps.multiProcess
          ? "no way was given to weaken the engine"
          : "the engine is part of the process and takes what it is told"),
    async check({ options }) {
      const warnings: string[] = [];
      const silent = (): void => {};
      const log: Logger = { debug: silent, info: silent, warn: (_, message) => void warnings.push(message), error: silent };
      const strict = (await options.weak?.({ strict: true, log })) ?? assert.fail();
      await assert.rejects(strict.migrate(), hasCode("store.unavailable"));
      await assert.rejects(strict.queue("inbox", queueDefaults).enqueue([job("a")]), hasCode("store.unavailable"));
      await strict.close();
      assert.deepEqual(warnings, [], "who refuses need not warn");
      const lenient = (await options.weak?.({ strict: false, log })) ?? assert.fail();
      await lenient.migrate();
      assert.equal(warnings.length, 1);
      const levels = ["none", "process", "power"];
      assert.ok(levels.indexOf(lenient.caps.durable) < levels.indexOf(options.caps.durable), lenient.caps.durable);
      assert.deepEqual(await lenient.queue("inbox", queueDefaults).enqueue([job("a")]), ["inserted"]);
      await lenient.close();
    },
  },
  {
    id: "P-5",
    says: "on a full disk enqueue rejects with store.full, nothing acknowledged is lost, and work goes on once there is space",
    waived: (options) => needsDurability(options) ?? needsDisk(options),
    async check(subject) {
      const disk = await smallDisk(subject.options, 8, "fill");
      try {
        const store = await subject.openAt(disk.place);
        const inbox = store.queue("inbox", queueDefaults);
        await inbox.enqueue(jobs(10, "early"));
        await disk.fill();
        const acknowledged: string[] = [];
        const refused = await fillUp(inbox, acknowledged);
        await disk.free();
        assert.deepEqual(await inbox.enqueue([job(refused, "k")]), ["inserted"], "without a restart, and the id is not burnt");
        await store.close();
        const again = (await subject.openAt(disk.place)).queue("inbox", queueDefaults);
        assert.deepEqual(
          (await again.peek("k", 100_000)).map(({ id }) => id),
          [...jobs(10, "early").map(({ id }) => id), ...acknowledged, refused],
        );
      } finally {
        await disk.remove();
      }
    },
  },
  {
    id: "P-6",
    says: "damaged data is noticed when it is opened, and never replaced by new",
    waived: (options) =>
      needsDurability(options) ?? (options.damage === undefined ? "the engine guards its own data" : undefined),
    async check(subject) {
      const inbox = subject.queue();
      for (let i = 0; i < 20; i += 1) await inbox.enqueue([job(`j${i}`, `k${i}`, { payload: "x".repeat(10_000) })]);
      await subject.store.close();
      await subject.options.damage?.(subject.place);
      for (let i = 0; i < 2; i += 1) await assert.rejects(subject.openAt(subject.place), hasCode("store.corrupt"));
    },
  },
];

/** Ends the engine of a place again and again under load, and looks each time whether all that was acknowledged is there. */
export async function survive(
  subject: StoreSubject,
  place: string,
  die: () => Promise<void>,
  rise: () => Promise<void>,
): Promise<void> {
  const deaths = subject.volume(3);
  let total = 0;
  for (let i = 0; i < deaths; i += 1) {
    const store = await subject.openAt(place);
    const load = workUntilItFails(store, String(i));
    await pause(150 + 37 * i);
    // A busy machine takes its time until there is something to lose.
    for (const end = performance.now() + 30_000; performance.now() < end; await pause(10)) {
      if (load.acked.length > 0 && load.enqueued.length > 50) break;
    }
    // The ioctl lets an fdatasync that is under way claim success, with plain files too: what counts is what was
    // acknowledged before it began.
    const enqueued = [...load.enqueued];
    const acked = [...load.acked];
    await die();
    load.stop();
    await inTime(
      subject,
      load.ended.then(() => store.close()),
    );
    await rise();
    const after = await subject.openAt(place);
    // Past the leases of what was in hand.
    await subject.advance(1_000);
    const pending = await idsIn(after.queue("inbox", queueDefaults));
    const done = await idsIn(after.queue("outbox", queueDefaults));
    const lost = enqueued.filter((id) => !pending.has(id) && !done.has(`${id}:1`));
    assert.deepEqual(lost, [], `${lost.length} of ${enqueued.length} acknowledged jobs are lost`);
    const undone = acked.filter((id) => !done.has(`${id}:1`));
    assert.deepEqual(undone, [], `${undone.length} of ${acked.length} acks are lost`);
    assert.deepEqual(
      [...pending].filter((id) => done.has(`${id}:1`)),
      [],
      "done by half",
    );
    assert.ok(acked.length > 0);
    total += enqueued.length;
    await after.close();
  }
  assert.ok(total > 100);
}

/** Moves the callers' clock until that is over: what was not yet sent when an engine died waits for it until its time is up. */
async function inTime({ clock }: StoreSubject, work: Promise<void>): Promise<void> {
  let over = false;
  const move = async (): Promise<void> => {
    for (; !over; await pause(10)) await clock.advance(100);
  };
  await Promise.all([work.finally(() => (over = true)), move()]);
}

/** Enqueues until the store is full; gives the id of the job it refused. */
async function fillUp(inbox: Queue, acknowledged: string[]): Promise<string> {
  for (let i = 0; i < 10_000; i += 1) {
    const id = `late${i}`;
    try {
      await inbox.enqueue([job(id, "k", { payload: "x".repeat(50_000) })]);
      acknowledged.push(id);
    } catch (error) {
      assert.ok(hasCode("store.full")(error), String(error));
      return id;
    }
  }
  throw new Error("The disk never gets full.");
}

const lanes = Array.from({ length: 16 }, (_, i) => `k${i}`);

/** Producers and a worker on a store that is going to fail; what it had acknowledged. */
function workUntilItFails(store: Store, run: string) {
  const inbox = store.queue("inbox", queueDefaults);
  store.queue("outbox", queueDefaults);
  const enqueued: string[] = [];
  const acked: string[] = [];
  const power = new AbortController();
  const produce = async (key: string): Promise<void> => {
    for (let n = 0; !power.signal.aborted; n += 1) {
      const id = `${run}-${key}-${n}`;
      await inbox.enqueue([job(id, key)]);
      enqueued.push(id);
    }
  };
  const consume = async (): Promise<void> => {
    for (let n = 0; !power.signal.aborted;) {
      for (const each of await claim(inbox, 8, 100)) {
        n += 1;
        // Some are still in hand at the end.
        if (n % 100 === 0) continue;
        await inbox.ack(each, { then: [{ queue: "outbox", ...job(`${each.id}:1`, each.key) }] });
        acked.push(each.id);
      }
    }
  };
  const ended = Promise.allSettled([...lanes.map(produce), consume()]);
  return { enqueued, acked, ended, stop: () => power.abort() };
}

async function idsIn(queue: Queue): Promise<Set<string>> {
  const found = await Promise.all(lanes.map((key) => queue.peek(key, Infinity)));
  return new Set(found.flat().map(({ id }) => id));
}
