import { planning } from "./enqueue.ts";
import { never } from "./lanes.ts";
import { jobColumns } from "./tables.ts";

/** The calls that look at a queue, and those of an operator. */
export const inspectFunctions = (s: string): string => `
-- In how many milliseconds there may be something to claim; null for nothing in sight.
CREATE FUNCTION ${s}.next(_q int) RETURNS bigint LANGUAGE plpgsql ${planning} AS $$
BEGIN
  RETURN least(
    (SELECT ready_at FROM ${s}.lane WHERE q = _q AND depth > 0 AND ready_at < ${never} ORDER BY ready_at, turn LIMIT 1),
    (SELECT run_at FROM ${s}.scheduled WHERE q = _q ORDER BY run_at, n LIMIT 1)) - ${s}.now_ms();
END $$;

CREATE FUNCTION ${s}.stats(_q int) RETURNS TABLE (ready bigint, scheduled bigint, leased bigint, delayed bigint, dead bigint,
  lanes bigint, halted bigint, oldest bigint) LANGUAGE plpgsql ${planning} AS $$
#variable_conflict use_column
DECLARE
  now bigint;
  ahead bigint;
  held bigint;
  first bigint;
BEGIN
  PERFORM ${s}.arrange(ARRAY[_q], '{}', '{}', '{}');
  now := ${s}.now_ms();
  SELECT count(*), count(*) FILTER (WHERE l.held) INTO ahead, held
    FROM ${s}.lane l WHERE l.q = _q AND l.depth > 0 AND l.ready_at > now AND l.ready_at < ${never};
  SELECT l.ready_at INTO first FROM ${s}.lane l WHERE l.q = _q AND l.depth > 0 ORDER BY l.ready_at, l.turn LIMIT 1;
  RETURN QUERY SELECT (coalesce(sum(t.waiting), 0) - ahead)::bigint, coalesce(sum(t.scheduled), 0)::bigint, held, ahead - held,
      coalesce(sum(t.dead), 0)::bigint, coalesce(sum(t.lanes), 0)::bigint, coalesce(sum(t.halted), 0)::bigint,
      greatest(0, now - coalesce(first, now))
    FROM ${s}.tally t WHERE t.q = _q;
END $$;

CREATE FUNCTION ${s}.peek(_q int, _key text, _limit int) RETURNS TABLE (id text, n bigint, form smallint, payload bytea,
  headers text, attempts int, crashes int, enqueued_at bigint) LANGUAGE plpgsql ${planning} AS $$
#variable_conflict use_column
BEGIN
  PERFORM ${s}.arrange(ARRAY[_q], '{}', '{}', '{}');
  RETURN QUERY SELECT j.id, j.n, j.form, j.payload, j.headers,
      CASE WHEN l.head = j.n THEN l.attempts ELSE j.attempts END, CASE WHEN l.head = j.n THEN l.crashes ELSE j.crashes END,
      j.enqueued_at
    FROM ${s}.lane l JOIN ${s}.job j ON j.lane = l.lane
    WHERE l.q = _q AND l.key = _key AND NOT (l.held AND l.ready_at > ${s}.now_ms() AND j.n = l.head) ORDER BY j.n LIMIT _limit;
END $$;

CREATE FUNCTION ${s}.list_dead(_q int, _after text, _key text, _limit int) RETURNS TABLE (id text, key text, form smallint,
  payload bytea, headers text, attempts int, reason text, error text, enqueued_at bigint, died_at bigint)
LANGUAGE plpgsql ${planning} AS $$
#variable_conflict use_column
BEGIN
  RETURN QUERY SELECT d.id, d.key, d.form, d.payload, d.headers, d.attempts, d.reason, d.error, d.enqueued_at, d.died_at
    FROM ${s}.dead d WHERE d.q = _q AND d.id > _after AND (_key IS NULL OR d.key = _key) ORDER BY d.id LIMIT _limit;
END $$;

CREATE FUNCTION ${s}.replay(_q int, _id text[], _front boolean) RETURNS int LANGUAGE plpgsql ${planning} AS $$
DECLARE
  keys text[];
  numbers bigint[];
  d record;
  place bigint;
  was int;
  count int := 0;
BEGIN
  keys := ARRAY(SELECT DISTINCT x.key FROM ${s}.dead x WHERE x.q = _q AND x.id = ANY (_id));
  SELECT a.numbers INTO numbers FROM ${s}.arrange(ARRAY[_q], array_fill(_q, ARRAY[cardinality(keys)]), keys, '{}') a;
  FOR d IN
    SELECT w.id, k.key, k.lane FROM unnest(_id) WITH ORDINALITY AS w (id, i)
    JOIN LATERAL (SELECT x.key FROM ${s}.dead x WHERE x.q = _q AND x.id = w.id FOR UPDATE) x ON true
    JOIN unnest(keys, numbers) AS k (key, lane) ON k.key = x.key
    ORDER BY CASE WHEN _front THEN -w.i ELSE w.i END
  LOOP
    place := CASE WHEN _front THEN -1 ELSE 1 END * nextval('${s}.counter');
    PERFORM ${s}.reopen(_q, d.key);
    -- Jobs replayed to the front count downwards from zero, so they precede every other.
    INSERT INTO ${s}.job (lane, n, ${jobColumns})
      SELECT d.lane, place, x.id, x.form, x.headers, x.enqueued_at, NULL, 0, 0, NULL, x.payload
      FROM ${s}.dead x WHERE x.q = _q AND x.id = d.id;
    DELETE FROM ${s}.dead x WHERE x.q = _q AND x.id = d.id;
    UPDATE ${s}.id x SET lane = d.lane, n = place WHERE x.q = _q AND x.id = d.id;
    was := ${s}.enter(d.lane, ${s}.now_ms(), abs(place), 1);
    PERFORM ${s}.tell(_q, 1, 0, -1, (was = 0)::int, 0);
    count := count + 1;
  END LOOP;
  RETURN count;
END $$;

CREATE FUNCTION ${s}.discard(_q int, _id text[], _ttl bigint) RETURNS int LANGUAGE plpgsql ${planning} AS $$
DECLARE
  gone text[];
BEGIN
  PERFORM ${s}.arrange(ARRAY[_q], '{}', '{}', ARRAY(SELECT l.lane FROM ${s}.lane l WHERE l.q = _q AND l.key = ANY (ARRAY(
    SELECT d.key FROM ${s}.dead d WHERE d.q = _q AND d.id = ANY (_id)))));
  WITH removed AS (DELETE FROM ${s}.dead d WHERE d.q = _q AND d.id = ANY (_id) RETURNING d.key, d.id)
  SELECT array_agg(DISTINCT r.key), coalesce(array_agg(r.id), '{}') INTO gone, _id FROM removed r;
  UPDATE ${s}.id i SET until = ${s}.now_ms() + _ttl WHERE i.q = _q AND i.id = ANY (_id);
  PERFORM ${s}.reopen(_q, g) FROM unnest(gone) AS g;
  PERFORM ${s}.tell(_q, 0, 0, -cardinality(_id), 0, 0);
  RETURN cardinality(_id);
END $$;

CREATE FUNCTION ${s}.resume(_q int, _key text) RETURNS boolean LANGUAGE plpgsql ${planning} AS $$
BEGIN
  PERFORM ${s}.arrange_lane(_q, _key);
  RETURN ${s}.reopen(_q, _key);
END $$;

CREATE FUNCTION ${s}.cancel(_q int, _id text, _ttl bigint) RETURNS boolean LANGUAGE plpgsql ${planning} AS $$
DECLARE
  now bigint;
  l record;
  place bigint;
  busy boolean;
  freed boolean;
BEGIN
  PERFORM ${s}.arrange(ARRAY[_q], '{}', '{}', '{}');
  DELETE FROM ${s}.scheduled x WHERE x.q = _q AND x.id = _id;
  IF FOUND THEN
    UPDATE ${s}.id SET until = ${s}.now_ms() + _ttl WHERE q = _q AND id = _id;
    PERFORM ${s}.tell(_q, 0, -1, 0, 0, 0);
    RETURN true;
  END IF;
  SELECT * INTO l FROM ${s}.lane x
    WHERE x.lane = (SELECT i.lane FROM ${s}.id i WHERE i.q = _q AND i.id = _id AND i.until IS NULL) FOR UPDATE;
  SELECT i.n INTO place FROM ${s}.id i WHERE i.q = _q AND i.id = _id AND i.lane = l.lane
    AND EXISTS (SELECT FROM ${s}.job j WHERE j.lane = i.lane AND j.n = i.n);
  now := ${s}.now_ms();
  busy := l.held AND l.ready_at > now;
  IF place IS NULL OR (busy AND l.head = place) THEN
    RETURN false;
  END IF;
  -- The head takes its backoff with it; everything else leaves the lane's time alone.
  freed := NOT busy AND l.ready_at > now AND l.ready_at < ${never}
    AND place = (SELECT min(j.n) FROM ${s}.job j WHERE j.lane = l.lane);
  DELETE FROM ${s}.job WHERE lane = l.lane AND n = place;
  UPDATE ${s}.id SET until = now + _ttl WHERE q = _q AND id = _id;
  UPDATE ${s}.lane x SET depth = x.depth - 1, held = x.held AND x.head <> place,
      head = CASE WHEN x.head = place THEN 0 ELSE x.head END,
      ready_at = CASE WHEN freed THEN now ELSE x.ready_at END,
      turn = CASE WHEN freed THEN nextval('${s}.counter') ELSE x.turn END
    WHERE x.lane = l.lane;
  PERFORM ${s}.tell(_q, -1, 0, 0, -((l.depth = 1)::int), 0);
  RETURN true;
END $$;
`;
