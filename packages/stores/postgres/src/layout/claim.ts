import { planning } from "./enqueue.ts";
import { jobColumns } from "./tables.ts";

/** What comes out, and what becomes of it but for acknowledgements. A verdict is 0 for ok, 1 for stale, 2 for conflict, 3 for dead. */
export const claimFunctions = (s: string): string => `
CREATE FUNCTION ${s}.claim(_q int, _limit int, _lease bigint, _max_crashes int, _halts boolean)
RETURNS TABLE (key text, id text, n bigint, form smallint, payload bytea, headers text, attempts int, crashes int, fence bigint,
  enqueued_at bigint, lease_until bigint) LANGUAGE plpgsql ${planning} AS $$
#variable_conflict use_column
DECLARE
  now bigint;
  locked bigint[];
  odd bigint;
  taken int;
BEGIN
  PERFORM ${s}.arrange(ARRAY[_q], '{}', '{}', '{}');
  now := ${s}.now_ms();
  WHILE _limit > 0 LOOP
    locked := ARRAY(SELECT l.lane FROM ${s}.lane l WHERE l.q = _q AND l.depth > 0 AND l.ready_at <= now
      ORDER BY l.ready_at, l.turn LIMIT _limit FOR UPDATE SKIP LOCKED);
    EXIT WHEN locked = '{}';
    -- A statement of its own, so that it sees the heads as they are now that the lanes are locked.
    RETURN QUERY
      WITH head AS MATERIALIZED (
        SELECT o.i, l.lane, l.key, l.head, l.attempts, l.crashes + l.held::int AS crashes, l.error, j.n
        FROM unnest(locked) WITH ORDINALITY AS o (lane, i)
        JOIN LATERAL (SELECT * FROM ${s}.lane x WHERE x.lane = o.lane) l ON true
        JOIN LATERAL (SELECT * FROM ${s}.job x WHERE x.lane = o.lane ORDER BY x.n LIMIT 1) j ON true
        WHERE (j.expires_at IS NULL OR j.expires_at > now) AND NOT (l.held AND l.crashes + 1 >= _max_crashes)),
      drawn AS MATERIALIZED (
        SELECT h.*, nextval('${s}.counter') AS fence FROM (SELECT * FROM head ORDER BY i) h),
      overtaken AS (
        UPDATE ${s}.job j SET attempts = d.attempts, crashes = d.crashes, error = d.error
          FROM drawn d WHERE d.head NOT IN (0, d.n) AND j.lane = d.lane AND j.n = d.head),
      leased AS (
        UPDATE ${s}.lane l SET ready_at = now + _lease, turn = d.fence, held = true, fence = d.fence, head = d.n,
            attempts = 1 + CASE WHEN d.head = d.n THEN d.attempts ELSE j.attempts END,
            crashes = CASE WHEN d.head = d.n THEN d.crashes ELSE j.crashes END,
            error = CASE WHEN d.head = d.n THEN d.error ELSE j.error END
          FROM drawn d JOIN LATERAL (SELECT * FROM ${s}.job x WHERE x.lane = d.lane AND x.n = d.n) j ON true
          WHERE l.lane = d.lane
          RETURNING d.i, l.key, j.id, j.n, j.form, j.payload, j.headers, l.attempts, l.crashes, l.fence, j.enqueued_at)
      SELECT r.key, r.id, r.n, r.form, r.payload, r.headers, r.attempts, r.crashes, r.fence, r.enqueued_at, now + _lease
      FROM leased r ORDER BY r.i;
    GET DIAGNOSTICS taken = ROW_COUNT;
    _limit := _limit - taken;
    CONTINUE WHEN taken = cardinality(locked);
    FOR odd IN SELECT o.lane FROM unnest(locked) WITH ORDINALITY AS o (lane, i)
      WHERE EXISTS (SELECT FROM ${s}.lane x WHERE x.lane = o.lane AND x.ready_at <= now) ORDER BY o.i
    LOOP
      PERFORM ${s}.tidy(_q, odd, _max_crashes, _halts);
    END LOOP;
  END LOOP;
END $$;

-- Sets aside the head of a locked lane that is not handed out any more: poison or expired.
CREATE FUNCTION ${s}.tidy(_q int, _lane bigint, _max_crashes int, _halts boolean) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  l record;
  j record;
BEGIN
  SELECT *, crashes + held::int AS crashed INTO l FROM ${s}.lane WHERE lane = _lane;
  IF l.held AND l.crashed >= _max_crashes THEN
    PERFORM ${s}.bury(_q, _lane, l.head, l.attempts, l.crashed, l.error, 'poison', _halts);
    RETURN;
  END IF;
  SELECT n, attempts, crashes, error INTO STRICT j FROM ${s}.job WHERE lane = _lane ORDER BY n LIMIT 1;
  IF l.head = j.n THEN
    PERFORM ${s}.bury(_q, _lane, j.n, l.attempts, l.crashed, l.error, 'expired', _halts);
  ELSE
    -- Replayed to the front, it had overtaken the one that the lane counts for.
    UPDATE ${s}.job SET attempts = l.attempts, crashes = l.crashed, error = l.error WHERE lane = _lane AND n = l.head;
    PERFORM ${s}.bury(_q, _lane, j.n, j.attempts, j.crashes, j.error, 'expired', _halts);
  END IF;
END $$;

CREATE FUNCTION ${s}.extend(_q int, _key text, _fence bigint, _n bigint, _lease bigint) RETURNS int LANGUAGE plpgsql
${planning} AS $$
BEGIN
  PERFORM ${s}.arrange_lane(_q, _key);
  UPDATE ${s}.lane SET ready_at = ${s}.now_ms() + _lease, turn = nextval('${s}.counter')
    WHERE q = _q AND key = _key AND held AND fence = _fence AND head = _n;
  RETURN CASE WHEN FOUND THEN 0 ELSE 1 END;
END $$;

CREATE FUNCTION ${s}.nack(_q int, _key text, _fence bigint, _n bigint, _delay bigint, _error text, _counts boolean,
  _max_attempts int, _yields boolean, _halts boolean) RETURNS int LANGUAGE plpgsql ${planning} AS $$
DECLARE
  now bigint;
  l record;
  left_attempts int;
  place bigint;
BEGIN
  PERFORM ${s}.arrange_lane(_q, _key);
  SELECT * INTO l FROM ${s}.lane WHERE q = _q AND key = _key AND held AND fence = _fence AND head = _n FOR UPDATE;
  IF NOT FOUND THEN
    RETURN 1;
  END IF;
  now := ${s}.now_ms();
  IF _counts AND l.attempts >= _max_attempts THEN
    PERFORM ${s}.bury(_q, l.lane, _n, l.attempts, l.crashes, coalesce(_error, l.error), 'exhausted', _halts);
    RETURN 3;
  END IF;
  left_attempts := l.attempts - CASE WHEN _counts THEN 0 ELSE 1 END;
  IF NOT _yields THEN
    UPDATE ${s}.lane SET ready_at = now + _delay, turn = nextval('${s}.counter'), held = false, attempts = left_attempts,
      error = coalesce(_error, error) WHERE lane = l.lane;
    RETURN 0;
  END IF;
  place := nextval('${s}.counter');
  INSERT INTO ${s}.scheduled (n, q, key, run_at, ${jobColumns})
    SELECT place, _q, _key, now + _delay, id, form, headers, enqueued_at, expires_at, left_attempts, l.crashes,
      coalesce(_error, l.error), payload
    FROM ${s}.job WHERE lane = l.lane AND n = _n;
  PERFORM ${s}.leave(_q, l.lane, _n, now);
  PERFORM ${s}.tell(_q, 0, 1, 0, 0, 0);
  RETURN 0;
END $$;

CREATE FUNCTION ${s}.kill(_q int, _key text, _fence bigint, _n bigint, _reason text, _error text, _halts boolean)
RETURNS int LANGUAGE plpgsql ${planning} AS $$
DECLARE
  l record;
BEGIN
  PERFORM ${s}.arrange_lane(_q, _key);
  SELECT * INTO l FROM ${s}.lane WHERE q = _q AND key = _key AND held AND fence = _fence AND head = _n FOR UPDATE;
  IF NOT FOUND THEN
    RETURN 1;
  END IF;
  PERFORM ${s}.bury(_q, l.lane, _n, l.attempts, l.crashes, coalesce(_error, l.error), _reason, _halts);
  RETURN 0;
END $$;
`;
