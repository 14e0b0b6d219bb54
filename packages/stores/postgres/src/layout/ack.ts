import { jobArguments, planning } from "./enqueue.ts";

/** Acknowledgements, with what follows from them. */
export const ackFunctions = (s: string): string => `
-- Finishes claims of one queue, stores the jobs that follow and writes values, all of it or nothing. Where a claim of several is
-- stale and anything follows, nothing is done, and the verdict of the others is -1: again without it. No two claims write one value.
-- After the verdicts comes the number of lanes that have another job.
CREATE FUNCTION ${s}.ack(_queue int, _claimed text[], _fence bigint[], _n bigint[], _done text[], _ttl bigint,
  _q int[], _key text[], _limit bigint[], _lane_limit bigint[], ${jobArguments},
  _value_key text[], _value_at int[], _value_size int[], _value_ttl bigint[], _if_version bigint[], _bytes bytea)
RETURNS int[] LANGUAGE plpgsql ${planning} AS $$
DECLARE
  now bigint;
  lanes bigint[];
  numbers bigint[];
  deepest int;
  live boolean[];
  emptied int;
  outcomes int[];
BEGIN
  lanes := ARRAY(SELECT (SELECT l.lane FROM ${s}.lane l WHERE l.q = _queue AND l.key = c.key)
    FROM unnest(_claimed) WITH ORDINALITY AS c (key, i) ORDER BY c.i);
  SELECT * INTO numbers, deepest FROM ${s}.arrange(_queue || _q, _q, _key, lanes);
  live := ARRAY(SELECT EXISTS (SELECT FROM ${s}.lane l WHERE l.lane = c.lane AND l.held AND l.fence = c.fence AND l.head = c.n)
    FROM unnest(lanes, _fence, _n) WITH ORDINALITY AS c (lane, fence, n, i) ORDER BY c.i);
  IF false = ANY (live) THEN
    IF NOT true = ANY (live) THEN
      RETURN array_fill(1, ARRAY[cardinality(live)]);
    ELSIF cardinality(_id) > 0 OR cardinality(_value_key) > 0 THEN
      RETURN ARRAY(SELECT CASE WHEN c.live THEN -1 ELSE 1 END FROM unnest(live) WITH ORDINALITY AS c (live, i) ORDER BY c.i);
    END IF;
    SELECT array_agg(c.lane ORDER BY c.i), array_agg(c.n ORDER BY c.i), array_agg(c.done ORDER BY c.i) INTO lanes, _n, _done
      FROM unnest(lanes, _n, _done, live) WITH ORDINALITY AS c (lane, n, done, live, i) WHERE c.live;
  END IF;
  IF cardinality(_value_key) > 0 AND NOT ${s}.agree(_value_key, _if_version) THEN
    IF cardinality(live) > 1 THEN
      RAISE EXCEPTION 'conflict' USING ERRCODE = 'DF002';
    END IF;
    RETURN ARRAY[2];
  END IF;
  now := ${s}.now_ms();
  DELETE FROM ${s}.job WHERE ctid = ANY (ARRAY(
    SELECT (SELECT j.ctid FROM ${s}.job j WHERE j.lane = c.lane AND j.n = c.n) FROM unnest(lanes, _n) AS c (lane, n)));
  WITH finished AS MATERIALIZED (
    SELECT c.lane, nextval('${s}.counter') AS turn
    FROM (SELECT u.lane FROM unnest(lanes) WITH ORDINALITY AS u (lane, i) ORDER BY u.i) c),
  freed AS (
    UPDATE ${s}.lane l SET ready_at = now, turn = f.turn, depth = l.depth - 1, held = false, head = 0
      FROM finished f WHERE l.lane = f.lane RETURNING l.depth)
  SELECT count(*) FILTER (WHERE depth = 0) INTO emptied FROM freed;
  UPDATE ${s}.id SET until = now + _ttl WHERE q = _queue AND id = ANY (_done);
  PERFORM ${s}.tell(_queue, -cardinality(lanes), 0, 0, -emptied, 0);
  IF cardinality(_id) > 0 THEN
    outcomes := ${s}.put(numbers, deepest, _q, _key, _limit, _lane_limit,
      _slot, _id, _form, _headers, _run_at, _expires_at, _at, _size, _bytes);
    IF 2 = ANY (outcomes) THEN
      RAISE EXCEPTION 'full' USING ERRCODE = 'DF001';
    END IF;
  END IF;
  IF cardinality(_value_key) > 0 THEN
    PERFORM ${s}.kv_write(v.key, CASE WHEN v.size >= 0 THEN substr(_bytes, v.at, v.size) END, v.ttl, v.if_version)
      FROM unnest(_value_key, _value_at, _value_size, _value_ttl, _if_version) WITH ORDINALITY
        AS v (key, at, size, ttl, if_version, i) ORDER BY v.key COLLATE "C", v.i;
  END IF;
  RETURN ARRAY(SELECT 1 - c.live::int FROM unnest(live) WITH ORDINALITY AS c (live, i) ORDER BY c.i)
    || cardinality(lanes) - emptied;
END $$;
`;
