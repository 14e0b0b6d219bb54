import { outcome } from "../client/protocol.ts";
import { jobColumns, never } from "../layout.ts";
import type { Args } from "./args.ts";
import { emptyIsBlob, type Value } from "./database.ts";
import type { QueueState, State } from "./state.ts";

/** The moves of jobs between a queue's tables, as everything that touches lanes needs them. */
export interface Lanes {
  /** Reads a job from the arguments and stores it; an `outcome`. */
  put(queue: QueueState, args: Args): number;
  /** Lets scheduled jobs that are due join their lanes. */
  promote(queue: QueueState): void;
  /** Sets aside a job of a lane, with what the lane knows of it. */
  bury(queue: QueueState, job: Departing, reason: string): void;
  /** Takes the claimed job out of its lane until `runAt`; then it joins at the tail. */
  postpone(queue: QueueState, job: Departing, runAt: number): void;
  revive(queue: QueueState, id: string, key: string, front: boolean): void;
  /** The job is gone; its id is remembered for the queue's time. */
  finishId(queue: QueueState, id: string): void;
  /** Opens a halted lane. */
  resume(queue: QueueState, key: string): boolean;
}

/** A job about to leave its lane, with the lane's count of its attempts. */
export interface Departing {
  readonly lane: number;
  readonly key: string;
  readonly n: number;
  readonly id: string;
  readonly attempts: number;
  readonly crashes: number;
  readonly error: Value;
}

export function createLanes(state: State): Lanes {
  const { prepare } = state.database;
  const addId = prepare(
    `INSERT INTO devflow_id (q, id, n) VALUES (?, ?, ?)
     ON CONFLICT DO UPDATE SET n = excluded.n, until = NULL WHERE until <= ? RETURNING 1`,
  );
  const removeId = prepare("DELETE FROM devflow_id WHERE q = ? AND id = ?");
  const moveId = prepare("UPDATE devflow_id SET n = ? WHERE q = ? AND id = ?");
  const finishId = prepare("UPDATE devflow_id SET n = NULL, until = ? WHERE q = ? AND id = ?");
  const enter = prepare(
    `INSERT INTO devflow_lane (q, key, ready_at, turn, depth) VALUES (?1, ?2, ?3, ?4, 1)
     ON CONFLICT DO UPDATE SET
       ready_at = iif(depth = 0 AND ready_at < ${never}, excluded.ready_at, ready_at),
       turn = iif(depth = 0, excluded.turn, turn),
       depth = depth + 1
     WHERE depth < ?5 RETURNING lane`,
  );
  const addJob = prepare(
    `INSERT INTO devflow_job (n, lane, id, form, headers, enqueued_at, expires_at, payload) VALUES (?, ?, ?, ?, ?, ?, ?, ${emptyIsBlob})`,
  );
  const removeJob = prepare("DELETE FROM devflow_job WHERE n = ?");
  const addScheduled = prepare(
    `INSERT INTO devflow_scheduled (n, q, key, run_at, id, form, headers, enqueued_at, expires_at, payload)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ${emptyIsBlob})`,
  );
  const postpone = prepare(
    `INSERT INTO devflow_scheduled (n, q, key, run_at, ${jobColumns})
     SELECT ?, ?, ?, ?, id, form, headers, enqueued_at, expires_at, ?, ?, ?, payload FROM devflow_job WHERE n = ?`,
  );
  const due = prepare(
    "SELECT n, key, run_at, id FROM devflow_scheduled WHERE q = ? AND run_at <= ? ORDER BY run_at, n LIMIT 1000",
  );
  const nextDue = prepare("SELECT min(run_at) FROM devflow_scheduled WHERE q = ?");
  const promote = prepare(
    `INSERT INTO devflow_job (n, lane, ${jobColumns}) SELECT ?, ?, ${jobColumns} FROM devflow_scheduled WHERE n = ?`,
  );
  const removeScheduled = prepare("DELETE FROM devflow_scheduled WHERE n = ?");
  const leave = prepare("UPDATE devflow_lane SET ready_at = ?, turn = ?, depth = depth - 1, held = 0, head = 0 WHERE lane = ?");
  const bury = prepare(
    `INSERT INTO devflow_dead (q, key, reason, died_at, ${jobColumns})
     SELECT ?, ?, ?, ?, id, form, headers, enqueued_at, expires_at, ?, ?, ?, payload FROM devflow_job WHERE n = ?`,
  );
  const revive = prepare(
    `INSERT INTO devflow_job (n, lane, ${jobColumns})
     SELECT ?, ?, id, form, headers, enqueued_at, NULL, 0, 0, NULL, payload FROM devflow_dead WHERE q = ? AND id = ?`,
  );
  const removeDead = prepare("DELETE FROM devflow_dead WHERE q = ? AND id = ?");
  const resume = prepare(`UPDATE devflow_lane SET ready_at = ?, turn = ? WHERE q = ? AND key = ? AND ready_at = ${never}`);

  const enterLane = (queue: QueueState, key: string, at: number, limit: number): number | undefined => {
    const row = enter.row(queue.q, key, at, state.next(), limit);
    if (row === undefined) return undefined;
    queue.waiting += 1;
    return Number(row[0]);
  };
  const leaveLane = (queue: QueueState, job: Departing, readyAt: number): void => {
    leave.row(readyAt, state.next(), job.lane);
    removeJob.row(job.n);
    queue.waiting -= 1;
  };
  const open = (queue: QueueState, key: string): boolean => {
    if (queue.halted === 0 || resume.changes(state.now, state.next(), queue.q, key) === 0) return false;
    queue.halted -= 1;
    return true;
  };

  return {
    put(queue, args) {
      const { q } = queue;
      const key = args.text();
      const id = args.text();
      const form = args.number();
      const payload = args.value();
      const headers = args.value();
      const runAt = args.maybe();
      const expiresAt = args.maybe();
      const n = state.next();
      if (addId.row(q, id, n, state.now) === undefined) return outcome.duplicate;
      if (queue.waiting + queue.scheduled < queue.maxDepth) {
        if (runAt !== null && runAt > state.now) {
          addScheduled.row(n, q, key, runAt, id, form, headers, state.now, expiresAt, payload);
          queue.scheduled += 1;
          queue.dueAt = Math.min(queue.dueAt, runAt);
          return outcome.inserted;
        }
        const lane = enterLane(queue, key, state.now, queue.maxLaneDepth);
        if (lane !== undefined) {
          addJob.row(n, lane, id, form, headers, state.now, expiresAt, payload);
          return outcome.inserted;
        }
      }
      removeId.row(q, id);
      return outcome.full;
    },
    promote(queue) {
      for (const [from, key, runAt, id] of due.rows(queue.q, state.now) as [number, string, number, string][]) {
        const n = state.next();
        const lane = enterLane(queue, key, runAt, never);
        promote.row(n, lane as number, from);
        removeScheduled.row(from);
        moveId.row(n, queue.q, id);
        queue.scheduled -= 1;
      }
      queue.dueAt = Number(nextDue.row(queue.q)?.[0] ?? Infinity);
    },
    bury(queue, job, reason) {
      bury.row(queue.q, job.key, reason, state.now, job.attempts, job.crashes, job.error, job.n);
      leaveLane(queue, job, queue.halts ? never : state.now);
      queue.dead += 1;
      if (queue.halts) queue.halted += 1;
    },
    postpone(queue, job, runAt) {
      const n = state.next();
      postpone.row(n, queue.q, job.key, runAt, job.attempts, job.crashes, job.error, job.n);
      leaveLane(queue, job, state.now);
      moveId.row(n, queue.q, job.id);
      queue.scheduled += 1;
      queue.dueAt = Math.min(queue.dueAt, runAt);
    },
    revive(queue, id, key, front) {
      open(queue, key);
      const lane = enterLane(queue, key, state.now, never) as number;
      // Jobs replayed to the front count downwards from zero, so they precede every other.
      const n = front ? -state.next() : state.next();
      revive.row(n, lane, queue.q, id);
      removeDead.row(queue.q, id);
      moveId.row(n, queue.q, id);
      queue.dead -= 1;
    },
    finishId: (queue, id) => void finishId.row(state.now + queue.dedupeTtlMs, queue.q, id),
    resume: open,
  };
}
