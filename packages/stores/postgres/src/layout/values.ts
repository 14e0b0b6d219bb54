import { planning } from "./enqueue.ts";

/** Values, limits and leases. */
export const valueFunctions = (s: string): string => `
CREATE FUNCTION ${s}.kv_get(_key text) RETURNS TABLE (version bigint, value bytea) LANGUAGE plpgsql ${planning} AS $$
#variable_conflict use_column
BEGIN
  RETURN QUERY SELECT version, value FROM ${s}.kv WHERE key = _key AND (until IS NULL OR until > ${s}.now_ms());
END $$;

-- Gives the new version, or null where the old one is not the one asked for.
CREATE FUNCTION ${s}.kv_set(_key text, _value bytea, _ttl bigint, _if_version bigint) RETURNS bigint LANGUAGE plpgsql
${planning} AS $$
DECLARE
  now bigint := ${s}.now_ms();
  next bigint := nextval('${s}.counter');
BEGIN
  IF _if_version > 0 THEN
    UPDATE ${s}.kv SET version = next, until = now + _ttl, value = _value
      WHERE key = _key AND version = _if_version AND (until IS NULL OR until > now);
  ELSE
    INSERT INTO ${s}.kv AS k (key, version, until, value) VALUES (_key, next, now + _ttl, _value)
      ON CONFLICT (key) DO UPDATE SET version = next, until = now + _ttl, value = _value
      WHERE _if_version IS NULL OR k.until <= now;
  END IF;
  RETURN CASE WHEN FOUND THEN next END;
END $$;

CREATE FUNCTION ${s}.kv_delete(_key text, _if_version bigint) RETURNS boolean LANGUAGE plpgsql ${planning} AS $$
BEGIN
  DELETE FROM ${s}.kv
    WHERE key = _key AND (until IS NULL OR until > ${s}.now_ms()) AND (_if_version IS NULL OR version = _if_version);
  RETURN FOUND;
END $$;

CREATE FUNCTION ${s}.kv_list(_from text, _to text, _after text, _limit int, _backwards boolean)
RETURNS TABLE (key text, version bigint, value bytea) LANGUAGE plpgsql ${planning} AS $$
#variable_conflict use_column
DECLARE
  now bigint := ${s}.now_ms();
BEGIN
  IF _backwards THEN
    RETURN QUERY SELECT key, version, value FROM ${s}.kv
      WHERE key >= _from AND key <= _to AND (_after IS NULL OR key < _after) AND (until IS NULL OR until > now)
      ORDER BY key DESC LIMIT _limit;
  ELSE
    RETURN QUERY SELECT key, version, value FROM ${s}.kv
      WHERE key >= _from AND key <= _to AND (_after IS NULL OR key > _after) AND (until IS NULL OR until > now)
      ORDER BY key LIMIT _limit;
  END IF;
END $$;

-- Whether every value has the version asked for; they are locked from then on.
CREATE FUNCTION ${s}.agree(_key text[], _if_version bigint[]) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
  now bigint;
BEGIN
  PERFORM FROM ${s}.kv WHERE key = ANY (_key) ORDER BY key FOR UPDATE;
  now := ${s}.now_ms();
  RETURN NOT EXISTS (
    SELECT FROM unnest(_key, _if_version) AS w (key, wanted)
    WHERE w.wanted IS NOT NULL AND w.wanted <> coalesce(
      (SELECT k.version FROM ${s}.kv k WHERE k.key = w.key AND (k.until IS NULL OR k.until > now)), 0));
END $$;

-- Writes what agree has found fit. A value that is to be new may have been made meanwhile: then all is undone.
CREATE FUNCTION ${s}.kv_write(_key text, _value bytea, _ttl bigint, _if_version bigint) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  IF _value IS NULL THEN
    DELETE FROM ${s}.kv WHERE key = _key;
  ELSIF ${s}.kv_set(_key, _value, _ttl, CASE WHEN _if_version = 0 THEN 0 END) IS NULL THEN
    RAISE EXCEPTION 'conflict' USING ERRCODE = 'DF002';
  END IF;
END $$;

-- Takes for several callers in turn; how long each has to wait, 0 where it got what it wanted. The death of the server alone may
-- undo the last moments of it: nobody is told that a debit lasts.
CREATE FUNCTION ${s}.take(_bucket text[], _taker int[], _slot int[], _interval float8[], _burst float8[], _cost float8[])
RETURNS float8[] LANGUAGE plpgsql ${planning} AS $$
DECLARE
  now float8;
  tats float8[];
  blocks float8[];
  waits float8[] := '{}';
  debit float8[];
  ready float8;
  first int := 1;
  i int;
  place int;
BEGIN
  PERFORM set_config('synchronous_commit', 'off', true);
  LOOP
    PERFORM FROM ${s}.bucket WHERE key = ANY (_bucket) ORDER BY key FOR UPDATE;
    SELECT array_agg(k.tat ORDER BY w.i), array_agg(k.blocked_until ORDER BY w.i) INTO tats, blocks
      FROM unnest(_bucket) WITH ORDINALITY AS w (key, i)
      LEFT JOIN LATERAL (SELECT * FROM ${s}.bucket b WHERE b.key = w.key) k ON true;
    EXIT WHEN array_position(tats, NULL) IS NULL;
    INSERT INTO ${s}.bucket (key) SELECT w.key FROM unnest(_bucket, tats) AS w (key, tat) WHERE w.tat IS NULL
      ORDER BY w.key COLLATE "C" ON CONFLICT DO NOTHING;
  END LOOP;
  now := ${s}.now_ms();
  WHILE first <= cardinality(_taker) LOOP
    i := first;
    ready := now;
    debit := tats;
    WHILE _taker[i] = _taker[first] LOOP
      place := _slot[i];
      debit[place] := greatest(debit[place], now) + _interval[i] * _cost[i];
      ready := greatest(ready, debit[place] - _interval[i] * _burst[i], blocks[place]);
      i := i + 1;
    END LOOP;
    -- Sums of fractions of a millisecond on top of an epoch are no more exact than this.
    IF ready - now > 0.01 THEN
      waits := waits || ceil(ready - now);
    ELSE
      waits := waits || 0::float8;
      tats := debit;
    END IF;
    first := i;
  END LOOP;
  UPDATE ${s}.bucket b SET tat = w.tat FROM unnest(_bucket, tats) AS w (key, tat) WHERE b.key = w.key AND b.tat <> w.tat;
  RETURN waits;
END $$;

CREATE FUNCTION ${s}.penalize(_key text, _until float8) RETURNS void LANGUAGE plpgsql ${planning} AS $$
BEGIN
  INSERT INTO ${s}.bucket AS b (key, blocked_until) VALUES (_key, _until)
    ON CONFLICT (key) DO UPDATE SET blocked_until = greatest(b.blocked_until, _until);
END $$;

CREATE FUNCTION ${s}.acquire(_name text, _ttl bigint) RETURNS bigint LANGUAGE plpgsql ${planning} AS $$
DECLARE
  now bigint := ${s}.now_ms();
  mine bigint;
BEGIN
  INSERT INTO ${s}.lease AS l (name, fence, until) VALUES (_name, nextval('${s}.counter'), now + _ttl)
    ON CONFLICT (name) DO UPDATE SET fence = nextval('${s}.counter'), until = excluded.until WHERE l.until <= now
    RETURNING fence INTO mine;
  RETURN mine;
END $$;

CREATE FUNCTION ${s}.renew(_name text, _fence bigint, _ttl bigint) RETURNS boolean LANGUAGE plpgsql ${planning} AS $$
DECLARE
  now bigint := ${s}.now_ms();
BEGIN
  UPDATE ${s}.lease SET until = now + _ttl WHERE name = _name AND fence = _fence AND until > now;
  RETURN FOUND;
END $$;

CREATE FUNCTION ${s}.release(_name text, _fence bigint) RETURNS void LANGUAGE plpgsql ${planning} AS $$
BEGIN
  DELETE FROM ${s}.lease WHERE name = _name AND fence = _fence;
END $$;
`;
