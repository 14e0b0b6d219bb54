import { never } from "../layout.ts";
import type { State } from "./state.ts";

const everyMs = 30_000;
const idleLaneMs = 600_000;
const stepRows = 2_000;

/**
 * Forgets what nobody can ask for any more: a piece of the tables of ids and lanes with every thousand jobs, expired values
 * and idle buckets twice a minute.
 */
export function createSweep(state: State): { readonly step: () => void } {
  const { prepare } = state.database;
  const idStop = prepare("SELECT q, id FROM devflow_id WHERE (q, id) > (?, ?) ORDER BY q, id LIMIT 1 OFFSET ?");
  const forgetIds = prepare("DELETE FROM devflow_id WHERE (q, id) > (?, ?) AND (q, id) <= (?, ?) AND until <= ?");
  const forgetLastIds = prepare("DELETE FROM devflow_id WHERE (q, id) > (?, ?) AND until <= ?");
  const laneStop = prepare("SELECT lane FROM devflow_lane WHERE lane > ? ORDER BY lane LIMIT 1 OFFSET ?");
  const forgetLanes = prepare(
    `DELETE FROM devflow_lane WHERE lane > ? AND lane <= ? AND depth = 0 AND ready_at <= ? AND ready_at < ${never}`,
  );
  const forgetValues = prepare("DELETE FROM devflow_kv WHERE until <= ?");
  const forgetBuckets = prepare("DELETE FROM devflow_bucket WHERE tat <= ?1 AND blocked_until <= ?1");
  let sweptAt = 0;
  let sweptTo = state.sequence();
  let q = 0;
  let id = "";
  let lane = 0;

  const sweepIds = (): void => {
    const stop = idStop.row(q, id, stepRows) as [number, string] | undefined;
    // Past the end comes the beginning at once: ids often grow with time, and the newest have nothing to forget.
    if (stop === undefined) forgetLastIds.row(q, id, state.now);
    else forgetIds.row(q, id, ...stop, state.now);
    [q, id] = stop ?? [0, ""];
  };
  const sweepLanes = (): void => {
    const stop = Number(laneStop.row(lane, stepRows)?.[0] ?? never);
    forgetLanes.row(lane, stop, state.now - idleLaneMs);
    lane = stop === never ? 0 : stop;
  };

  return {
    step() {
      // A job draws about four numbers on its way.
      if (state.sequence() - sweptTo > 4_000) {
        sweptTo = state.sequence();
        sweepIds();
        sweepLanes();
      }
      if (state.now - sweptAt < everyMs) return;
      sweptAt = state.now;
      forgetValues.row(state.now);
      // Buckets that were debited in this transaction are written before idle ones are looked for.
      state.flush();
      if (forgetBuckets.changes(state.now) > 0) state.forgetMemory();
    },
  };
}
