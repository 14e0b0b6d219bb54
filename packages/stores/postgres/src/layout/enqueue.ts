import { never } from "./lanes.ts";

/**
 * How every call that touches many rows is planned: by index, whatever the statistics of a table that was empty a minute ago say.
 * And none waits for a lock for longer than its caller waits: who has given up would keep a connection of the server busy.
 */
export const planning =
  "SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off SET jit = off SET lock_timeout = '4s'";

/** The columns in which jobs come in: `_slot` is the place of a job's lane in the arrays of lanes, `_at` and `_size` that of its payload. */
export const jobArguments = `_slot int[], _id text[], _form int[], _headers text[], _run_at bigint[],
  _expires_at bigint[], _at int[], _size int[]`;

const jobNames = "_slot, _id, _form, _headers, _run_at, _expires_at, _at, _size";

/** What goes in. An outcome is 0 for inserted, 1 for duplicate, 2 for full. */
export const enqueueFunctions = (s: string): string => `
-- Stores jobs whose lanes are locked, no two with one id. _limit is for the queue, _lane_limit for the lane of a slot.
CREATE FUNCTION ${s}.put(_lane bigint[], _deepest int, _q int[], _key text[], _limit bigint[], _lane_limit bigint[],
  ${jobArguments}, _payload bytea) RETURNS int[] LANGUAGE plpgsql AS $$
DECLARE
  count int := cardinality(_id);
  now bigint := ${s}.now_ms();
  place bigint[];
  fresh bigint[];
  told bigint;
BEGIN
  IF _deepest + count > (SELECT min(l) FROM unnest(_lane_limit) AS l) OR EXISTS (
    SELECT FROM (SELECT DISTINCT k.q, k.lim FROM unnest(_q, _limit) AS k (q, lim)) AS k
    WHERE k.lim < count + (SELECT coalesce(sum(t.waiting + t.scheduled), 0) FROM ${s}.tally t WHERE t.q = k.q))
  THEN
    RETURN ${s}.put_singly(_lane, _q, _key, _limit, _lane_limit, ${jobNames}, _payload);
  END IF;
  SELECT array_agg(nextval('${s}.counter')) INTO place FROM generate_series(1, count);
  WITH known AS (
    INSERT INTO ${s}.id (q, id, lane, n)
      SELECT _q[j.slot], j.id, _lane[j.slot], j.n FROM unnest(_slot, _id, place) AS j (slot, id, n) ORDER BY 1, j.id COLLATE "C"
      ON CONFLICT DO NOTHING RETURNING n)
  SELECT array_agg(n) INTO fresh FROM known;
  IF coalesce(cardinality(fresh), 0) < count THEN
    WITH revived AS (
      UPDATE ${s}.id i SET until = NULL, lane = _lane[j.slot], n = j.n
        FROM unnest(_slot, _id, place) AS j (slot, id, n)
        WHERE i.q = _q[j.slot] AND i.id = j.id AND i.until <= now RETURNING i.n)
    SELECT coalesce(fresh, '{}') || coalesce(array_agg(n), '{}') INTO fresh FROM revived;
    IF EXISTS (SELECT FROM unnest(_slot, _id, place) AS j (slot, id, n)
      WHERE j.n <> ALL (fresh) AND NOT EXISTS (SELECT FROM ${s}.id i WHERE i.q = _q[j.slot] AND i.id = j.id))
    THEN
      -- Swept away between the two looks: neither known nor stored.
      RAISE EXCEPTION 'an id expired meanwhile' USING ERRCODE = 'serialization_failure';
    END IF;
    IF fresh = '{}' THEN
      RETURN array_fill(1, ARRAY[count]);
    END IF;
  END IF;
  INSERT INTO ${s}.job (lane, n, id, form, headers, enqueued_at, expires_at, payload)
    SELECT _lane[j.slot], j.n, j.id, j.form, j.headers, now, j.expires_at, substr(_payload, j.at, j.size)
    FROM unnest(place, ${jobNames}) AS j (n, slot, id, form, headers, run_at, expires_at, at, size)
    WHERE (j.run_at IS NULL OR j.run_at <= now) AND (cardinality(fresh) = count OR j.n = ANY (fresh));
  WITH entering AS (
    SELECT _lane[j.slot] AS lane, count(*)::int AS jobs, min(j.n) AS turn
    FROM unnest(place, _slot, _run_at) AS j (n, slot, run_at)
    WHERE (j.run_at IS NULL OR j.run_at <= now) AND (cardinality(fresh) = count OR j.n = ANY (fresh)) GROUP BY 1),
  entered AS (
    UPDATE ${s}.lane l SET depth = l.depth + e.jobs,
        ready_at = CASE WHEN l.depth = 0 AND l.ready_at < ${never} THEN now ELSE l.ready_at END,
        turn = CASE WHEN l.depth = 0 THEN e.turn ELSE l.turn END
      FROM entering e WHERE l.lane = e.lane RETURNING l.q, e.jobs, l.depth)
  SELECT sum(${s}.tell(t.q, t.jobs, 0, 0, t.lanes, 0)) INTO told FROM (
    SELECT q, sum(jobs) AS jobs, count(*) FILTER (WHERE depth = jobs) AS lanes FROM entered GROUP BY q ORDER BY q) t;
  IF EXISTS (SELECT FROM unnest(_run_at) AS r WHERE r > now) THEN
    WITH added AS (
      INSERT INTO ${s}.scheduled (n, q, key, run_at, id, form, headers, enqueued_at, expires_at, payload)
        SELECT j.n, _q[j.slot], _key[j.slot], j.run_at, j.id, j.form, j.headers, now, j.expires_at, substr(_payload, j.at, j.size)
        FROM unnest(place, ${jobNames}) AS j (n, slot, id, form, headers, run_at, expires_at, at, size)
        WHERE j.run_at > now AND j.n = ANY (fresh) RETURNING q)
    SELECT sum(${s}.tell(t.q, 0, t.jobs, 0, 0, 0)) INTO told FROM (SELECT q, count(*) AS jobs FROM added GROUP BY q ORDER BY q) t;
  END IF;
  IF cardinality(fresh) = count THEN
    RETURN array_fill(0, ARRAY[count]);
  END IF;
  RETURN ARRAY(SELECT (j.n <> ALL (fresh))::int FROM unnest(place) WITH ORDINALITY AS j (n, i) ORDER BY j.i);
END $$;

-- The same where a limit is near: one after the other, each by itself.
CREATE FUNCTION ${s}.put_singly(_lane bigint[], _q int[], _key text[], _limit bigint[], _lane_limit bigint[],
  ${jobArguments}, _payload bytea) RETURNS int[] LANGUAGE plpgsql AS $$
DECLARE
  now bigint := ${s}.now_ms();
  outcomes int[] := '{}';
  j record;
  place bigint;
  later boolean;
  was int;
BEGIN
  FOR j IN
    SELECT k.*, _q[k.slot] AS q, _lane[k.slot] AS lane, _key[k.slot] AS key
    FROM unnest(${jobNames}) WITH ORDINALITY AS k (slot, id, form, headers, run_at, expires_at, at, size, i) ORDER BY k.i
  LOOP
    later := coalesce(j.run_at > now, false);
    IF EXISTS (SELECT FROM ${s}.id i WHERE i.q = j.q AND i.id = j.id AND (i.until IS NULL OR i.until > now)) THEN
      outcomes := outcomes || 1;
    ELSIF _limit[j.slot] <= (SELECT coalesce(sum(t.waiting + t.scheduled), 0) FROM ${s}.tally t WHERE t.q = j.q)
      OR (NOT later AND _lane_limit[j.slot] <= (SELECT l.depth FROM ${s}.lane l WHERE l.lane = j.lane))
    THEN
      outcomes := outcomes || 2;
    ELSE
      place := nextval('${s}.counter');
      INSERT INTO ${s}.id AS i (q, id, lane, n) VALUES (j.q, j.id, j.lane, place)
        ON CONFLICT (q, id) DO UPDATE SET until = NULL, lane = j.lane, n = place WHERE i.until <= now;
      IF NOT FOUND THEN
        outcomes := outcomes || 1;
        CONTINUE;
      END IF;
      IF later THEN
        INSERT INTO ${s}.scheduled (n, q, key, run_at, id, form, headers, enqueued_at, expires_at, payload) VALUES
          (place, j.q, j.key, j.run_at, j.id, j.form, j.headers, now, j.expires_at, substr(_payload, j.at, j.size));
        PERFORM ${s}.tell(j.q, 0, 1, 0, 0, 0);
      ELSE
        INSERT INTO ${s}.job (lane, n, id, form, headers, enqueued_at, expires_at, payload) VALUES
          (j.lane, place, j.id, j.form, j.headers, now, j.expires_at, substr(_payload, j.at, j.size));
        was := ${s}.enter(j.lane, now, place, 1);
        PERFORM ${s}.tell(j.q, 1, 0, 0, (was = 0)::int, 0);
      END IF;
      outcomes := outcomes || 0;
    END IF;
  END LOOP;
  RETURN outcomes;
END $$;

CREATE FUNCTION ${s}.enqueue(_atomic boolean, _q int[], _key text[], _limit bigint[], _lane_limit bigint[],
  ${jobArguments}, _payload bytea) RETURNS int[] LANGUAGE plpgsql ${planning} AS $$
DECLARE
  outcomes int[];
  numbers bigint[];
  deepest int;
BEGIN
  SELECT * INTO numbers, deepest FROM ${s}.arrange(_q, _q, _key, '{}');
  outcomes := ${s}.put(numbers, deepest, _q, _key, _limit, _lane_limit, ${jobNames}, _payload);
  IF _atomic AND 2 = ANY (outcomes) THEN
    RAISE EXCEPTION 'full' USING ERRCODE = 'DF001';
  END IF;
  RETURN outcomes;
END $$;
`;
