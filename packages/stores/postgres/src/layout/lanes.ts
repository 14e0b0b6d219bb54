import { jobColumns } from "./tables.ts";

/** `ready_at` of a lane that waits for somebody's decision: later than any time. */
export const never: number = Number.MAX_SAFE_INTEGER;

/**
 * The clock, the counts, and the locks. Every call locks what it is going to change in one order, so that no two wait for each
 * other: due jobs (never waiting for them), lanes that are new, lanes by number, ids, counts.
 */
export const laneFunctions = (s: string): string => `
CREATE FUNCTION ${s}.now_ms() RETURNS bigint LANGUAGE sql VOLATILE AS $$
  SELECT floor(date_part('epoch', clock_timestamp()) * 1000)::bigint
$$;

CREATE FUNCTION ${s}.queue_number(_name text) RETURNS int LANGUAGE plpgsql AS $$
DECLARE
  found int;
BEGIN
  INSERT INTO ${s}.queue (name) VALUES (_name) ON CONFLICT DO NOTHING;
  SELECT q INTO found FROM ${s}.queue WHERE name = _name;
  RETURN found;
END $$;

CREATE FUNCTION ${s}.tell(_q int, _waiting bigint, _scheduled bigint, _dead bigint, _lanes bigint, _halted bigint)
RETURNS int LANGUAGE plpgsql AS $$
BEGIN
  UPDATE ${s}.tally SET waiting = waiting + _waiting, scheduled = scheduled + _scheduled, dead = dead + _dead,
      lanes = lanes + _lanes, halted = halted + _halted
    WHERE q = _q AND shard = pg_backend_pid() % 32;
  IF NOT FOUND THEN
    INSERT INTO ${s}.tally AS t VALUES (_q, pg_backend_pid() % 32, _waiting, _scheduled, _dead, _lanes, _halted)
      ON CONFLICT (q, shard) DO UPDATE SET waiting = t.waiting + _waiting, scheduled = t.scheduled + _scheduled,
        dead = t.dead + _dead, lanes = t.lanes + _lanes, halted = t.halted + _halted;
  END IF;
  RETURN 0;
END $$;

-- Locks the lanes of these keys, which are distinct, making those that are new, and other lanes besides, by number.
CREATE FUNCTION ${s}.hold(_q int[], _key text[], _also bigint[], OUT numbers bigint[], OUT deepest int) LANGUAGE plpgsql AS $$
DECLARE
  found int;
BEGIN
  IF cardinality(_key) = 0 THEN
    PERFORM FROM ${s}.lane WHERE lane = ANY (_also) ORDER BY lane FOR UPDATE;
    RETURN;
  END IF;
  LOOP
    SELECT array_agg(w.lane ORDER BY w.slot), count(w.lane) INTO numbers, found FROM (
      SELECT slot, (SELECT l.lane FROM ${s}.lane l WHERE l.q = k.q AND l.key = k.key) AS lane
      FROM unnest(_q, _key) WITH ORDINALITY AS k (q, key, slot)) w;
    IF found < cardinality(_key) THEN
      INSERT INTO ${s}.lane (q, key)
        SELECT k.q, k.key FROM unnest(_q, _key, numbers) AS k (q, key, lane) WHERE k.lane IS NULL ORDER BY k.q, k.key COLLATE "C"
        ON CONFLICT DO NOTHING;
      CONTINUE;
    END IF;
    SELECT max(l.depth) INTO deepest FROM (
      SELECT depth FROM ${s}.lane WHERE lane = ANY (numbers || _also) ORDER BY lane FOR UPDATE) l;
    -- One that was swept away meanwhile is made again.
    SELECT count(*) INTO found FROM ${s}.lane WHERE lane = ANY (numbers);
    EXIT WHEN found = cardinality(_key);
  END LOOP;
END $$;

-- As hold; first lets the due jobs of the queues join their lanes.
CREATE FUNCTION ${s}.arrange(_queues int[], _q int[], _key text[], _also bigint[], OUT numbers bigint[], OUT deepest int)
LANGUAGE plpgsql AS $$
DECLARE
  due bigint[];
  more_q int[];
  more_key text[];
BEGIN
  SELECT array_agg(d.n) INTO due FROM (
    SELECT n FROM ${s}.scheduled WHERE q = ANY (_queues) AND run_at <= ${s}.now_ms()
    ORDER BY run_at, n LIMIT 1000 FOR UPDATE SKIP LOCKED) d;
  IF due IS NULL THEN
    IF cardinality(_key) + cardinality(_also) = 0 THEN
      RETURN;
    END IF;
    SELECT * INTO numbers, deepest FROM ${s}.hold(_q, _key, _also);
    RETURN;
  END IF;
  SELECT array_agg(m.q), array_agg(m.key) INTO more_q, more_key FROM (
    SELECT q, key FROM ${s}.scheduled WHERE n = ANY (due)
    EXCEPT SELECT k.q, k.key COLLATE "C" FROM unnest(_q, _key) AS k (q, key)) m;
  SELECT * INTO numbers, deepest FROM ${s}.hold(_q || more_q, _key || more_key, _also);
  PERFORM ${s}.promote(due, numbers, _q || more_q, _key || more_key);
  deepest := deepest + cardinality(due);
  numbers := numbers[1 : cardinality(_key)];
END $$;

-- As arrange, for what is about one lane that may exist.
CREATE FUNCTION ${s}.arrange_lane(_q int, _key text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  PERFORM ${s}.arrange(ARRAY[_q], '{}', '{}', ARRAY(SELECT lane FROM ${s}.lane WHERE q = _q AND key = _key));
END $$;

CREATE FUNCTION ${s}.promote(_due bigint[], _lane bigint[], _q int[], _key text[]) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  d record;
  place bigint;
  was int;
BEGIN
  FOR d IN
    SELECT x.q, x.key, x.run_at, x.n, x.id, k.lane
    FROM ${s}.scheduled x JOIN unnest(_q, _key, _lane) AS k (q, key, lane) ON k.q = x.q AND k.key = x.key
    WHERE x.n = ANY (_due) ORDER BY x.run_at, x.n
  LOOP
    place := nextval('${s}.counter');
    INSERT INTO ${s}.job (lane, n, ${jobColumns}) SELECT d.lane, place, ${jobColumns} FROM ${s}.scheduled WHERE n = d.n;
    DELETE FROM ${s}.scheduled WHERE n = d.n;
    UPDATE ${s}.id SET lane = d.lane, n = place WHERE q = d.q AND id = d.id;
    was := ${s}.enter(d.lane, d.run_at, place, 1);
    PERFORM ${s}.tell(d.q, 1, -1, 0, (was = 0)::int, 0);
  END LOOP;
END $$;

-- Counts jobs into a lane; one that was empty is ready from then on. Gives its depth before.
CREATE FUNCTION ${s}.enter(_lane bigint, _at bigint, _turn bigint, _jobs int) RETURNS int LANGUAGE plpgsql AS $$
DECLARE
  now_deep int;
BEGIN
  UPDATE ${s}.lane SET depth = depth + _jobs,
      ready_at = CASE WHEN depth = 0 AND ready_at < ${never} THEN _at ELSE ready_at END,
      turn = CASE WHEN depth = 0 THEN _turn ELSE turn END
    WHERE lane = _lane RETURNING depth INTO now_deep;
  RETURN now_deep - _jobs;
END $$;

-- Opens a halted lane, which is locked already or is the only one that the call locks.
CREATE FUNCTION ${s}.reopen(_q int, _key text) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
  UPDATE ${s}.lane SET ready_at = ${s}.now_ms(), turn = nextval('${s}.counter')
    WHERE q = _q AND key = _key AND ready_at = ${never};
  IF FOUND THEN
    PERFORM ${s}.tell(_q, 0, 0, 0, 0, -1);
    RETURN true;
  END IF;
  RETURN false;
END $$;

-- Takes a job out of its lane, which is locked; the lane is ready from then on.
CREATE FUNCTION ${s}.leave(_q int, _lane bigint, _n bigint, _ready_at bigint) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  left_over int;
BEGIN
  DELETE FROM ${s}.job WHERE lane = _lane AND n = _n;
  UPDATE ${s}.lane SET ready_at = _ready_at, turn = nextval('${s}.counter'), depth = depth - 1, held = false, head = 0
    WHERE lane = _lane RETURNING depth INTO left_over;
  PERFORM ${s}.tell(_q, -1, 0, 0, -((left_over = 0)::int), 0);
END $$;

-- Sets aside a job of a lane, with what the lane knows of it.
CREATE FUNCTION ${s}.bury(_q int, _lane bigint, _n bigint, _attempts int, _crashes int, _error text, _reason text, _halts boolean)
RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  now bigint := ${s}.now_ms();
BEGIN
  INSERT INTO ${s}.dead (q, key, reason, died_at, ${jobColumns})
    SELECT _q, (SELECT key FROM ${s}.lane WHERE lane = _lane), _reason, now,
      id, form, headers, enqueued_at, expires_at, _attempts, _crashes, _error, payload
    FROM ${s}.job WHERE lane = _lane AND n = _n;
  PERFORM ${s}.leave(_q, _lane, _n, CASE WHEN _halts THEN ${never} ELSE now END);
  PERFORM ${s}.tell(_q, 0, 0, 1, 0, _halts::int);
END $$;
`;
