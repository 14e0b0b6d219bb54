import { planning } from "./enqueue.ts";
import { never } from "./lanes.ts";

/** How long an empty lane is kept for its next job. */
const idleLaneMs = 600_000;

/**
 * Forgets what nobody can ask for any more, a stretch of the big tables at a time. They are walked through in the order of
 * their pages, which needs no index.
 */
export const sweepFunctions = (s: string): string => `
-- The next stretch of a table: some hundred pages, more of a big one, so that it is through in two hours of half minutes.
CREATE FUNCTION ${s}.stretch(_table text, OUT low tid, OUT high tid) LANGUAGE plpgsql AS $$
DECLARE
  pages bigint := pg_relation_size(('${s}.' || _table)::regclass) / current_setting('block_size')::bigint;
  start bigint;
  stop bigint;
BEGIN
  SELECT value INTO start FROM ${s}.meta WHERE name = 'swept_' || _table;
  start := CASE WHEN start < pages THEN start ELSE 0 END;
  stop := start + greatest(500, pages / 240);
  INSERT INTO ${s}.meta AS m VALUES ('swept_' || _table, stop) ON CONFLICT (name) DO UPDATE SET value = excluded.value;
  low := format('(%s,0)', coalesce(start, 0))::tid;
  high := format('(%s,0)', coalesce(stop, 500))::tid;
END $$;

CREATE FUNCTION ${s}.sweep(_every bigint) RETURNS void LANGUAGE plpgsql ${planning} AS $$
DECLARE
  now bigint := ${s}.now_ms();
  low tid;
  high tid;
BEGIN
  -- One of all processes, and not sooner than asked for.
  IF NOT pg_try_advisory_xact_lock(hashtext('${s}.sweep'))
    OR (SELECT value FROM ${s}.meta WHERE name = 'swept_at') BETWEEN now - _every + 1 AND now
  THEN
    RETURN;
  END IF;
  PERFORM set_config('synchronous_commit', 'off', true);
  INSERT INTO ${s}.meta AS m VALUES ('swept_at', now) ON CONFLICT (name) DO UPDATE SET value = excluded.value;
  SELECT * INTO low, high FROM ${s}.stretch('id');
  DELETE FROM ${s}.id WHERE ctid >= low AND ctid < high AND until <= now;
  SELECT * INTO low, high FROM ${s}.stretch('lane');
  DELETE FROM ${s}.lane WHERE lane IN (
    SELECT lane FROM ${s}.lane
    WHERE ctid >= low AND ctid < high AND depth = 0 AND NOT held AND ready_at <= now - ${idleLaneMs} AND ready_at < ${never}
    FOR UPDATE SKIP LOCKED);
  SELECT * INTO low, high FROM ${s}.stretch('bucket');
  DELETE FROM ${s}.bucket WHERE key IN (
    SELECT key FROM ${s}.bucket WHERE ctid >= low AND ctid < high AND tat <= now AND blocked_until <= now
    FOR UPDATE SKIP LOCKED);
  DELETE FROM ${s}.kv WHERE key IN (
    SELECT key FROM ${s}.kv WHERE until <= now ORDER BY until LIMIT 5000 FOR UPDATE SKIP LOCKED);
  DELETE FROM ${s}.lease WHERE until <= now - 60000;
END $$;

-- Discards dead jobs of a queue, so many at most.
CREATE FUNCTION ${s}.discard_some(_q int, _limit int, _ttl bigint) RETURNS int LANGUAGE plpgsql ${planning} AS $$
BEGIN
  RETURN ${s}.discard(_q, ARRAY(SELECT d.id FROM ${s}.dead d WHERE d.q = _q ORDER BY d.id LIMIT _limit), _ttl);
END $$;

-- Forgets expired ids of a queue, so many at most.
CREATE FUNCTION ${s}.forget(_q int, _limit int) RETURNS int LANGUAGE plpgsql ${planning} AS $$
DECLARE
  count int;
BEGIN
  DELETE FROM ${s}.id WHERE ctid = ANY (ARRAY(
    SELECT ctid FROM ${s}.id WHERE q = _q AND until <= ${s}.now_ms() LIMIT _limit FOR UPDATE SKIP LOCKED));
  GET DIAGNOSTICS count = ROW_COUNT;
  RETURN count;
END $$;
`;
