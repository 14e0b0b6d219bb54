import { code, outcome, verdict } from "../client/protocol.ts";
import type { Args, Handlers } from "./args.ts";
import { Refusal, type Value } from "./database.ts";
import type { KvTable } from "./kv.ts";
import type { Departing, Lanes } from "./lanes.ts";
import type { QueueState, State } from "./state.ts";

/** The calls that carry every job: in, out and done. */
export function queueHandlers(state: State, lanes: Lanes, kv: KvTable): Handlers {
  const { prepare } = state.database;
  const pick = prepare(
    `SELECT lane, key, held, head, attempts, crashes FROM devflow_lane
     WHERE q = ? AND depth > 0 AND ready_at <= ? ORDER BY ready_at, turn LIMIT ?`,
  );
  const head = prepare(
    `SELECT n, id, form, payload, headers, attempts, crashes, enqueued_at, expires_at, error FROM devflow_job
     WHERE lane = ? ORDER BY n LIMIT 1`,
  );
  const lease = prepare(
    `UPDATE devflow_lane SET ready_at = ?1, turn = ?2, held = 1, fence = ?2, attempts = ?4, crashes = ?5,
       error = iif(head = ?3, error, ?6), head = ?3 WHERE lane = ?7`,
  );
  const lastError = prepare("SELECT error FROM devflow_lane WHERE lane = ?");
  const remember = prepare("UPDATE devflow_job SET attempts = ?, crashes = ?, error = ? WHERE n = ?");
  const crashedId = prepare("SELECT id FROM devflow_job WHERE n = ?");
  const finish = prepare(
    `UPDATE devflow_lane SET ready_at = ?, turn = ?, depth = depth - 1, held = 0, head = 0
     WHERE q = ? AND key = ? AND held = 1 AND fence = ? AND head = ? RETURNING depth`,
  );
  const removeJob = prepare("DELETE FROM devflow_job WHERE n = ?");
  const extend = prepare(
    "UPDATE devflow_lane SET ready_at = ?, turn = ? WHERE q = ? AND key = ? AND held = 1 AND fence = ? AND head = ?",
  );
  const holder = prepare(
    "SELECT lane, attempts, crashes, error FROM devflow_lane WHERE q = ? AND key = ? AND held = 1 AND fence = ? AND head = ?",
  );
  const release = prepare("UPDATE devflow_lane SET ready_at = ?, turn = ?, held = 0, attempts = ?, error = ? WHERE lane = ?");

  /** Claims the head of a lane; undefined when it was buried instead. */
  const take = (queue: QueueState, row: Value[], leaseUntil: number, claims: Value[]): void => {
    const [lane, key, held, headN, counted, crashed] = row as [number, string, number, number, number, number];
    const crashes = crashed + held;
    const departing = (n: number, id: string, attempts: number, crashCount: number, error: Value): Departing => ({
      lane,
      key,
      n,
      id,
      attempts,
      crashes: crashCount,
      error,
    });
    const known = (): Value => lastError.row(lane)?.[0] ?? null;
    if (held === 1 && crashes >= queue.maxCrashes) {
      const id = String(crashedId.row(headN)?.[0]);
      return lanes.bury(queue, departing(headN, id, counted, crashes, known()), "poison");
    }
    const [n, id, form, payload, headers, ownAttempts, ownCrashes, enqueuedAt, expiresAt, error] = head.row(lane) as [
      number,
      string,
      number,
      Value,
      Value,
      number,
      number,
      number,
      number | null,
      Value,
    ];
    const same = n === headN;
    // A job replayed to the front has overtaken the one that the lane counted for.
    if (!same && headN !== 0) remember.row(counted, crashes, known(), headN);
    const attempts = same ? counted : ownAttempts;
    const crashCount = same ? crashes : ownCrashes;
    if (expiresAt !== null && expiresAt <= state.now) {
      return lanes.bury(queue, departing(n, id, attempts, crashCount, same ? known() : error), "expired");
    }
    const fence = state.next();
    lease.row(leaseUntil, fence, n, attempts + 1, crashCount, error, lane);
    claims.push(key, id, n, form, payload, headers, attempts + 1, crashCount, fence, enqueuedAt);
  };

  const held = (queue: QueueState, args: Args): Departing | undefined => {
    const key = args.text();
    const fence = args.number();
    const n = args.number();
    const id = args.text();
    const row = holder.row(queue.q, key, fence, n);
    if (row === undefined) return undefined;
    return { lane: Number(row[0]), key, n, id, attempts: Number(row[1]), crashes: Number(row[2]), error: row[3] ?? null };
  };

  return {
    [code.enqueue](args) {
      const queue = args.queue();
      const atomic = args.number() === 1;
      const count = args.number();
      const results: number[] = [];
      const put = (): void => {
        for (let i = 0; i < count; i += 1) results.push(lanes.put(queue, args));
      };
      if (!atomic || hasRoom(queue, count)) {
        put();
        return results;
      }
      const stored = state.undoable(() => {
        put();
        return !results.includes(outcome.full);
      });
      return stored ? results : results.map(() => outcome.full);
    },
    [code.claim](args) {
      const queue = args.queue();
      const limit = args.number();
      const leaseUntil = state.now + args.number();
      const claims: Value[] = [leaseUntil];
      const width = 10;
      for (;;) {
        const missing = limit - (claims.length - 1) / width;
        const rows = missing > 0 ? pick.rows(queue.q, state.now, missing) : [];
        if (rows.length === 0) return claims;
        const before = claims.length;
        for (const row of rows) take(queue, row, leaseUntil, claims);
        // Only lanes whose head was buried can still have something for this call.
        if (claims.length - before === rows.length * width && rows.length < missing) return claims;
      }
    },
    [code.extend](args) {
      const queue = args.queue();
      const key = args.text();
      const fence = args.number();
      const n = args.number();
      const until = state.now + args.number();
      return extend.changes(until, state.next(), queue.q, key, fence, n) === 1 ? verdict.ok : verdict.stale;
    },
    [code.ack](args) {
      const queue = args.queue();
      const key = args.text();
      const fence = args.number();
      const n = args.number();
      const id = args.text();
      const targets: QueueState[] = [];
      for (let count = args.number(); count > 0; count -= 1) targets.push(args.queue());
      const writes = kv.read(args);
      // Only a condition must be looked at beforehand: whether the claim still holds shows when it is finished.
      if (writes.some(({ ifVersion }) => ifVersion !== null)) {
        if (holder.row(queue.q, key, fence, n) === undefined) return verdict.stale;
        if (!writes.every(kv.holds)) return verdict.conflict;
      }
      let left = 0;
      const complete = (): boolean => {
        const row = finish.row(state.now, state.next(), queue.q, key, fence, n);
        if (row === undefined) return false;
        left = Number(row[0]);
        queue.waiting -= 1;
        removeJob.row(n);
        lanes.finishId(queue, id);
        for (const target of targets) {
          if (lanes.put(target, args) !== outcome.full) continue;
          const message = `queue "${target.name}" is full, so "${queue.name}" cannot complete ${id}; it stays held.`;
          throw new Refusal("store.full", message, true);
        }
        writes.forEach(kv.write);
        return true;
      };
      const safe = targets.every((target) => hasRoom(target, targets.length));
      if (!(safe ? complete() : state.undoable(complete))) return verdict.stale;
      return left > 0 ? verdict.more : verdict.ok;
    },
    [code.nack](args) {
      const queue = args.queue();
      const job = held(queue, args);
      const delayMs = args.number();
      const error = args.value() ?? job?.error ?? null;
      const counts = args.number() === 1;
      if (job === undefined) return verdict.stale;
      if (counts && job.attempts >= queue.maxAttempts) {
        lanes.bury(queue, { ...job, error }, "exhausted");
        return verdict.dead;
      }
      const attempts = counts ? job.attempts : job.attempts - 1;
      if (queue.yields) lanes.postpone(queue, { ...job, attempts, error }, state.now + delayMs);
      else release.row(state.now + delayMs, state.next(), attempts, error, job.lane);
      return verdict.ok;
    },
    [code.dead](args) {
      const queue = args.queue();
      const job = held(queue, args);
      const reason = args.text();
      const error = args.value() ?? job?.error ?? null;
      if (job === undefined) return verdict.stale;
      lanes.bury(queue, { ...job, error }, reason);
      return verdict.ok;
    },
  };
}

/** Whether so many jobs find room whatever their lanes are: then nothing will have to be undone. */
function hasRoom(queue: QueueState, count: number): boolean {
  return queue.waiting + queue.scheduled + count <= Math.min(queue.maxDepth, queue.maxLaneDepth);
}
