import assert from "node:assert/strict";
import type { Lease, Store } from "@devflow/gateway/contract";
import { systemClock } from "@devflow/gateway/kit";
import { faultProxy, type FaultProxy } from "./network.ts";
import type { StoreSuiteOptions } from "./options.ts";
import { claim, drain, hasCode, job, pause, queueDefaults, type StoreSubject } from "./subject.ts";

/** For statements about an engine that does not answer. */
export function needsFailure({ stall, network }: StoreSuiteOptions): string | undefined {
  return stall === undefined && network === undefined
    ? "nothing lies between this store and its callers that could fail"
    : undefined;
}

const turnMs = 50;
/** The longest that a call may take, with some time for the machine. */
const patience = (5_000 + 1_500) / turnMs;

/** Counts turns of {@link turnMs} until it is over: time that a busy machine does not give us is not counted. */
async function turnsUntil(over: () => boolean, limit: number): Promise<number> {
  let turns = 0;
  for (; !over() && turns < limit; turns += 1) await pause(turnMs);
  return turns;
}

/** A second store on the subject's place, by way of a proxy and on the system's clock. */
async function withProxy(subject: StoreSubject, run: (store: Store, proxy: FaultProxy) => Promise<void>): Promise<void> {
  const { network } = subject.options;
  await subject.releaseTime();
  const proxy = await faultProxy((await network?.port(subject.place)) ?? assert.fail());
  const store = (await network?.open({ clock: systemClock, place: subject.place, port: proxy.port })) ?? assert.fail();
  try {
    await store.migrate();
    await run(store, proxy);
  } finally {
    proxy.heal();
    await store.close();
    await proxy.close();
  }
}

/** Every call of a store, one of each kind. */
function calls(store: Store): readonly (() => Promise<unknown>)[] {
  const inbox = store.queue("inbox", queueDefaults);
  const held = {
    queue: "inbox",
    key: "k",
    id: "a",
    n: 1,
    payload: "",
    headers: {},
    attempts: 1,
    crashes: 0,
    fence: 1,
    enqueuedAt: 0,
  };
  const one = { ...held, leaseUntil: 0 };
  return [
    () => inbox.enqueue([job("out")]),
    () => inbox.enqueue([job("out too")], { atomic: true }),
    () => claim(inbox),
    () => inbox.extend(one, 1_000),
    () => inbox.ack(one),
    () => inbox.nack(one, { delayMs: 0 }),
    () => inbox.dead(one, { reason: "no" }),
    () => inbox.stats(),
    () => inbox.peek("k", 1),
    () => inbox.listDead({ limit: 1 }),
    () => inbox.replay(["a"]),
    () => inbox.discard(["a"]),
    () => inbox.resume("k"),
    () => inbox.cancel("nobody"),
    () => inbox.purge(),
    () => store.kv.get("a"),
    () => store.kv.set("a", new Uint8Array(1)),
    () => store.kv.delete("b"),
    () => store.kv.list(""),
    () => store.limiter.take([{ key: "b", rate: 1, periodMs: 1_000, burst: 1 }]),
    () => store.limiter.penalize("b", 1),
    () => store.leases.acquire("outage", { holder: "h", ttlMs: 1_000 }),
    () => store.now(),
  ];
}

const isAway = (error: unknown): boolean => hasCode("store.unavailable")(error) || hasCode("outcome.unknown")(error);

/** E-7: the connection breaks before or after the request has arrived, or in the middle of it or of its answer. */
export function repeatAfterCuts(subject: StoreSubject): Promise<void> {
  return withProxy(subject, async (store, proxy) => {
    const inbox = store.queue("cut", queueDefaults);
    await inbox.stats();
    const rounds = subject.volume(60);
    let count = 0;
    let failures = 0;
    // Some lines that are cut carry no more than hints, and more of them on a slow machine.
    for (; count < rounds || (failures < rounds / 5 && count < rounds * 20); count += 1) {
      const i = count;
      const one = job(`j${i}`, `k${i % 7}`, { payload: "x".repeat((i * 37) % 5_000) });
      proxy.cut(i % 2 === 0 ? "toStore" : "toEngine", i % 4 < 2 ? 0 : (i * 13) % 300);
      const before = failures;
      for (let tries = 0; ; tries += 1) {
        assert.ok(tries < 5, "the line was cut once");
        try {
          const [result] = await inbox.enqueue([one]);
          assert.ok(result === "inserted" || (result === "duplicate" && failures > before));
          break;
        } catch (error) {
          assert.ok(isAway(error), String(error));
          failures += 1;
        }
      }
      proxy.heal();
    }
    assert.ok(failures >= rounds / 5, `${failures} of ${count} calls were cut off`);
    const found = await drain(inbox, 7);
    assert.deepEqual(found.toSorted(), Array.from({ length: count }, (_, i) => `j${i}`).toSorted());
  });
}

/** U-1: an engine that says nothing, refuses, or has vanished. */
export function answerInTime(subject: StoreSubject): Promise<void> {
  return withProxy(subject, async (store, proxy) => {
    for (const fault of ["stall", "refuse", "vanish"] as const) {
      proxy[fault]();
      if (fault === "vanish") proxy.refuse();
      let over = false;
      const rejections = Promise.all(calls(store).map((call) => assert.rejects(call(), isAway, `${fault}: ${String(call)}`)));
      const ended = rejections.finally(() => (over = true));
      const [turns] = await Promise.all([turnsUntil(() => over, Infinity), ended]);
      assert.ok(turns < patience, `${fault}: ${turns * turnMs} ms`);
      assert.equal((await store.health()).ok, false);
      proxy.heal();
      await backAgain(store);
    }
  });
}

/** U-2: within five seconds after the engine is back. */
async function backAgain(store: Store): Promise<void> {
  let back = false;
  const ask = (): boolean => {
    if (!back) void store.health().then(({ ok }) => (back ||= ok));
    return back;
  };
  await turnsUntil(ask, 5_000 / turnMs);
  assert.ok(back, "still nothing, five seconds after the engine is back");
  for (const call of calls(store)) await call();
}

/** U-2 with work on both sides of the outage: a worker that waits, claims and acks needs no restart. */
export function resumeWork(subject: StoreSubject): Promise<void> {
  return withProxy(subject, async (store, proxy) => {
    const inbox = store.queue("resumed", queueDefaults);
    const stop = new AbortController();
    const taken = new Set<string>();
    const work = async (): Promise<void> => {
      while (!stop.signal.aborted) {
        try {
          for (const each of await claim(inbox, 4, 1_000)) {
            taken.add(each.id);
            await inbox.ack(each);
          }
          await inbox.wait(stop.signal, 500);
        } catch (error) {
          if (!isAway(error)) throw error;
          await pause(50);
        }
      }
    };
    const working = work();
    working.catch(() => {});
    let count = 0;
    const engine = subject.options.engine;
    for (const fault of ["refuse", "stall", "vanish", "kill"] as const) {
      await inbox.enqueue([job(`before ${fault}`)]);
      count += 1;
      if (fault !== "kill") proxy[fault]();
      else await engine?.kill(subject.place);
      await pause(300);
      if (fault === "kill") await engine?.start(subject.place);
      proxy.heal();
      await backAgain(store);
      await inbox.enqueue([job(`after ${fault}`)]);
      count += 1;
      // Not what its acks were answered: one may have been done, and its answer lost.
      let left = count;
      for (const end = performance.now() + 30_000; left > 0 && performance.now() < end; await pause(20)) {
        const { ready, leased, delayed } = await inbox.stats();
        left = ready + leased + delayed;
      }
      assert.deepEqual([left, taken.size], [0, count], `after ${fault}: ${[...taken].join(", ")}`);
    }
    stop.abort();
    await working;
  });
}

/** M-6: the holder stops before another can begin, which sees the engine all the while. */
export function stopHolder(subject: StoreSubject): Promise<void> {
  return withProxy(subject, async (store, proxy) => {
    for (const fault of ["stall", "vanish", "refuse"] as const) {
      const lease = await keptLease(store, `line ${fault}`);
      proxy[fault]();
      if (fault === "vanish") proxy.refuse();
      let next: Lease | undefined;
      for (const end = performance.now() + 30_000; next === undefined && performance.now() < end;) {
        next = await subject.store.leases.acquire(`line ${fault}`, { holder: "b", ttlMs: 60_000 });
        if (next === undefined) await pause(10);
      }
      assert.ok(next !== undefined, "the lease ends without its holder");
      // Both are this process, which may have heard of the one before it could look at its clock for the other.
      await pause(0);
      assert.equal(lease.lost.aborted, true, `${fault}: two holders at a time`);
      assert.ok(next.fence > lease.fence);
      proxy.heal();
      await backAgain(store);
    }
  });
}

/** A lease that has outlived its first renewal. A machine that stalls for most of a second loses one, as it should. */
async function keptLease(store: Store, name: string): Promise<Lease> {
  for (let tries = 0; tries < 60; tries += 1) {
    const lease = await store.leases.acquire(name, { holder: "a", ttlMs: 1_000 });
    await pause(500);
    if (lease?.lost.aborted === false) return lease;
  }
  return assert.fail("no lease is ever renewed");
}
