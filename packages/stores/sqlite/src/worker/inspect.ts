import { code } from "../client/protocol.ts";
import { never } from "../layout.ts";
import type { Handlers } from "./args.ts";
import type { Lanes } from "./lanes.ts";
import type { QueueState, State } from "./state.ts";

/** The calls that look at a queue, and those of an operator. */
export function inspectHandlers(state: State, lanes: Lanes): Handlers {
  const { prepare } = state.database;
  const earliest = prepare("SELECT ready_at FROM devflow_lane WHERE q = ? AND depth > 0 ORDER BY ready_at LIMIT 1");
  const later = prepare(
    `SELECT coalesce(sum(held), 0), count(*) FROM devflow_lane WHERE q = ? AND depth > 0 AND ready_at > ? AND ready_at < ${never}`,
  );
  const filled = prepare("SELECT count(*) FROM devflow_lane WHERE q = ? AND depth > 0");
  const findLane = prepare("SELECT lane, ready_at, held, head, attempts, crashes FROM devflow_lane WHERE q = ? AND key = ?");
  const list = prepare(
    `SELECT id, n, form, payload, headers, attempts, crashes, enqueued_at FROM devflow_job WHERE lane = ? AND n <> ?
     ORDER BY n LIMIT ?`,
  );
  const listDead = prepare(
    `SELECT id, key, form, payload, headers, attempts, reason, error, enqueued_at, died_at FROM devflow_dead
     WHERE q = ?1 AND id > ?2 AND (?3 IS NULL OR key = ?3) ORDER BY id LIMIT ?4`,
  );
  const deadKey = prepare("SELECT key FROM devflow_dead WHERE q = ? AND id = ?");
  const removeDead = prepare("DELETE FROM devflow_dead WHERE q = ? AND id = ?");
  const allDead = prepare("SELECT id FROM devflow_dead WHERE q = ?");
  const forget = prepare("DELETE FROM devflow_id WHERE q = ? AND until <= ?");
  const place = prepare("SELECT n FROM devflow_id WHERE q = ? AND id = ? AND n IS NOT NULL");
  const removeScheduled = prepare("DELETE FROM devflow_scheduled WHERE n = ? AND q = ?");
  const laneOf = prepare(
    `SELECT lane, ready_at, turn, held, head, (SELECT min(n) FROM devflow_job AS other WHERE other.lane = job.lane)
     FROM devflow_job AS job JOIN devflow_lane USING (lane) WHERE n = ? AND q = ?`,
  );
  const removeJob = prepare("DELETE FROM devflow_job WHERE n = ?");
  const shorten = prepare(
    `UPDATE devflow_lane SET depth = depth - 1, ready_at = ?, turn = ?, held = iif(head = ?3, 0, held), head = iif(head = ?3, 0, head)
     WHERE lane = ?`,
  );

  const discard = (queue: QueueState, id: string): boolean => {
    const key = deadKey.row(queue.q, id)?.[0];
    if (key === undefined) return false;
    removeDead.row(queue.q, id);
    queue.dead -= 1;
    lanes.finishId(queue, id);
    lanes.resume(queue, String(key));
    return true;
  };

  return {
    [code.next](args) {
      const queue = args.queue();
      return Math.min(Number(earliest.row(queue.q)?.[0] ?? Infinity), queue.dueAt);
    },
    [code.stats](args) {
      const queue = args.queue();
      const [leased, ahead] = (later.row(queue.q, state.now) ?? []).map(Number) as [number, number];
      const first = Number(earliest.row(queue.q)?.[0] ?? state.now);
      return {
        ready: queue.waiting - ahead,
        scheduled: queue.scheduled,
        leased,
        delayed: ahead - leased,
        dead: queue.dead,
        lanes: Number(filled.row(queue.q)?.[0]),
        haltedLanes: queue.halted,
        oldestReadyAgeMs: Math.max(0, state.now - first),
      };
    },
    [code.peek](args) {
      const queue = args.queue();
      const row = findLane.row(queue.q, args.text());
      if (row === undefined) return [];
      const [lane, readyAt, held, head, attempts, crashes] = row.map(Number) as [number, number, number, number, number, number];
      const inHand = held === 1 && readyAt > state.now ? head : 0;
      const jobs = list.rows(lane, inHand, args.number());
      // The lane counts for its head.
      for (const job of jobs) if (job[1] === head) job.splice(5, 2, attempts, crashes);
      return jobs;
    },
    [code.listDead](args) {
      return listDead.rows(args.queue().q, args.text(), args.value(), args.number());
    },
    [code.replay](args) {
      const queue = args.queue();
      const front = args.number() === 1;
      const ids = args.object<readonly string[]>();
      let count = 0;
      for (const id of front ? ids.toReversed() : ids) {
        const key = deadKey.row(queue.q, id)?.[0];
        if (key === undefined) continue;
        lanes.revive(queue, id, String(key), front);
        count += 1;
      }
      return count;
    },
    [code.discard](args) {
      const queue = args.queue();
      return args.object<readonly string[]>().filter((id) => discard(queue, id)).length;
    },
    [code.resume](args) {
      return lanes.resume(args.queue(), args.text());
    },
    [code.cancel](args) {
      const queue = args.queue();
      const id = args.text();
      const n = Number(place.row(queue.q, id)?.[0] ?? 0);
      if (n === 0) return false;
      if (removeScheduled.changes(n, queue.q) === 1) {
        queue.scheduled -= 1;
        lanes.finishId(queue, id);
        return true;
      }
      const found = laneOf.row(n, queue.q);
      if (found === undefined) return false;
      const [lane, readyAt, turn, held, head, first] = found.map(Number) as [number, number, number, number, number, number];
      const busy = held === 1 && readyAt > state.now;
      if (busy && head === n) return false;
      removeJob.row(n);
      queue.waiting -= 1;
      lanes.finishId(queue, id);
      // The head takes its backoff with it; everything else leaves the lane's time alone.
      const freed = first === n && !busy && readyAt > state.now && readyAt < never;
      shorten.row(freed ? state.now : readyAt, freed ? state.next() : turn, n, lane);
      return true;
    },
    [code.purge](args) {
      const queue = args.queue();
      let count = 0;
      if (args.number() === 1) for (const [id] of allDead.rows(queue.q)) if (discard(queue, String(id))) count += 1;
      return count + forget.changes(queue.q, state.now);
    },
  };
}
