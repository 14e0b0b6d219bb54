import { never } from "../layout.ts";
import type { Database } from "./database.ts";

/** A queue as its first caller wanted it. */
export interface Settings {
  readonly name: string;
  readonly dedupeTtlMs: number;
  readonly maxAttempts: number;
  readonly maxCrashes: number;
  readonly maxDepth: number;
  readonly maxLaneDepth: number;
  readonly yields: boolean;
  readonly halts: boolean;
}

/** A queue with the counts that must not cost a scan. */
export interface QueueState extends Settings {
  /** Its number in the database; 0 until it has been looked up. */
  q: number;
  /** Jobs in lanes, those in hand included. */
  waiting: number;
  scheduled: number;
  dead: number;
  halted: number;
  /** When the next scheduled job is due. */
  dueAt: number;
}

/** What the parts of the worker share. All of it can be read anew from the database, which is done after a rollback. */
export interface State {
  readonly database: Database;
  /** The time of the message at hand. */
  now: number;
  /** The one counter of the store: places, fences, versions and turns come from it. */
  next(): number;
  /** Notes a queue; the first options count. */
  declare(settings: Settings): void;
  /** A queue that was declared. */
  queue(name: string): QueueState | undefined;
  sequence(): number;
  /** Undoes what `run` did, in the database and in memory, when it returns false or throws. */
  undoable(run: () => boolean): boolean;
  /** Forgets what is only a copy of the database. */
  forgetMemory(): void;
  /** Writes what is kept in memory during a transaction. */
  flush(): void;
  /** Forgets what memory holds beyond the database. */
  reload(): void;
  onReload(run: () => void): void;
  onFlush(run: () => void): void;
}

export function createState(database: Database): State {
  const readSequence = database.prepare("SELECT value FROM devflow_meta WHERE name = 'sequence'");
  const writeSequence = database.prepare("UPDATE devflow_meta SET value = ? WHERE name = 'sequence'");
  const addQueue = database.prepare("INSERT INTO devflow_queue (name) VALUES (?) ON CONFLICT DO NOTHING");
  const findQueue = database.prepare("SELECT q FROM devflow_queue WHERE name = ?");
  const countLanes = database.prepare(
    "SELECT coalesce(sum(depth), 0), coalesce(sum(ready_at = ?), 0) FROM devflow_lane WHERE q = ?",
  );
  const countScheduled = database.prepare("SELECT count(*), min(run_at) FROM devflow_scheduled WHERE q = ?");
  const countDead = database.prepare("SELECT count(*) FROM devflow_dead WHERE q = ?");

  const queues = new Map<string, QueueState>();
  const reloads: (() => void)[] = [];
  const flushes: (() => void)[] = [];
  const stored = (): number => Number(readSequence.row()?.[0]);
  let sequence = stored();
  let written = sequence;

  const load = (queue: QueueState): void => {
    addQueue.row(queue.name);
    queue.q = Number(findQueue.row(queue.name)?.[0]);
    const [waiting, halted] = countLanes.row(never, queue.q) ?? [];
    const [scheduled, dueAt] = countScheduled.row(queue.q) ?? [];
    queue.waiting = Number(waiting);
    queue.halted = Number(halted);
    queue.scheduled = Number(scheduled);
    queue.dueAt = Number(dueAt ?? Infinity);
    queue.dead = Number(countDead.row(queue.q)?.[0]);
  };

  return {
    database,
    now: 0,
    next: () => (sequence += 1),
    sequence: () => sequence,
    undoable(run) {
      const before = [...queues.values()].map((queue) => ({ ...queue }));
      let done = false;
      database.exec("SAVEPOINT attempt");
      try {
        done = run();
        return done;
      } finally {
        // After an error of the engine there may be nothing left to undo.
        if (database.inTransaction()) {
          if (!done) database.exec("ROLLBACK TO attempt");
          database.exec("RELEASE attempt");
        }
        if (!done) for (const queue of before) Object.assign(queues.get(queue.name) as QueueState, queue);
      }
    },
    forgetMemory() {
      for (const run of reloads) run();
    },
    declare(settings) {
      if (queues.has(settings.name)) return;
      queues.set(settings.name, { ...settings, q: 0, waiting: 0, scheduled: 0, dead: 0, halted: 0, dueAt: Infinity });
    },
    queue(name) {
      const queue = queues.get(name);
      if (queue?.q === 0) load(queue);
      return queue;
    },
    flush() {
      for (const run of flushes) run();
      if (sequence === written) return;
      writeSequence.row(sequence);
      written = sequence;
    },
    reload() {
      // The counter itself never goes back: some of its numbers may be known outside.
      written = 0;
      for (const queue of queues.values()) queue.q = 0;
      for (const run of reloads) run();
    },
    onReload: (run) => void reloads.push(run),
    onFlush: (run) => void flushes.push(run),
  };
}
