/** What a job takes along wherever it goes. */
export const jobColumns = "id, form, headers, enqueued_at, expires_at, attempts, crashes, error, payload";

const jobTypes = `
  id text COLLATE "C" NOT NULL,
  form smallint NOT NULL,
  headers text,
  enqueued_at bigint NOT NULL,
  expires_at bigint,
  attempts int NOT NULL DEFAULT 0,
  crashes int NOT NULL DEFAULT 0,
  error text,
  payload bytea NOT NULL`;

/** Rows that come and go as fast as messages: what is dead is cleared away early, and there is room for a new version beside the old. */
const busy = (fillfactor: number): string => `WITH (fillfactor = ${fillfactor}, autovacuum_vacuum_scale_factor = 0.02,
  autovacuum_vacuum_threshold = 1000, autovacuum_vacuum_cost_delay = 0, autovacuum_analyze_scale_factor = 0.1)`;

/**
 * The tables. `n` is a job's place in its lane and in the whole store. A lane's row counts the attempts of its head. All
 * numbers that must never repeat are drawn from one sequence: places, fences, turns, versions.
 */
export const tables = (s: string): string => `
CREATE TABLE ${s}.meta (name text PRIMARY KEY, value bigint NOT NULL);
CREATE SEQUENCE ${s}.counter;
CREATE TABLE ${s}.queue (q int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text COLLATE "C" NOT NULL UNIQUE);
-- The counts of a queue, spread over rows so that writers do not wait for each other: the sum is the count.
CREATE TABLE ${s}.tally (
  q int NOT NULL,
  shard int NOT NULL,
  waiting bigint NOT NULL DEFAULT 0,
  scheduled bigint NOT NULL DEFAULT 0,
  dead bigint NOT NULL DEFAULT 0,
  lanes bigint NOT NULL DEFAULT 0,
  halted bigint NOT NULL DEFAULT 0,
  PRIMARY KEY (q, shard)) ${busy(25)};
CREATE TABLE ${s}.id (
  q int NOT NULL,
  id text COLLATE "C" NOT NULL,
  lane bigint,
  n bigint,
  until bigint,
  PRIMARY KEY (q, id)) ${busy(80)};
CREATE TABLE ${s}.lane (
  lane bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  q int NOT NULL,
  key text COLLATE "C" NOT NULL,
  ready_at bigint NOT NULL DEFAULT 0,
  turn bigint NOT NULL DEFAULT 0,
  depth int NOT NULL DEFAULT 0,
  held boolean NOT NULL DEFAULT false,
  fence bigint NOT NULL DEFAULT 0,
  head bigint NOT NULL DEFAULT 0,
  attempts int NOT NULL DEFAULT 0,
  crashes int NOT NULL DEFAULT 0,
  error text,
  UNIQUE (q, key)) ${busy(50)};
CREATE INDEX lane_ready ON ${s}.lane (q, ready_at, turn) WHERE depth > 0;
CREATE TABLE ${s}.job (lane bigint NOT NULL, n bigint NOT NULL, ${jobTypes}, PRIMARY KEY (lane, n)) ${busy(100)};
CREATE TABLE ${s}.scheduled (
  n bigint PRIMARY KEY,
  q int NOT NULL,
  key text COLLATE "C" NOT NULL,
  run_at bigint NOT NULL, ${jobTypes},
  UNIQUE (q, id)) ${busy(100)};
CREATE INDEX scheduled_due ON ${s}.scheduled (q, run_at, n);
CREATE TABLE ${s}.dead (
  q int NOT NULL,
  key text COLLATE "C" NOT NULL,
  reason text NOT NULL,
  died_at bigint NOT NULL, ${jobTypes},
  PRIMARY KEY (q, id));
CREATE TABLE ${s}.kv (
  key text COLLATE "C" PRIMARY KEY,
  version bigint NOT NULL,
  until bigint,
  value bytea NOT NULL) ${busy(80)};
CREATE INDEX kv_until ON ${s}.kv (until) WHERE until IS NOT NULL;
CREATE TABLE ${s}.bucket (
  key text COLLATE "C" PRIMARY KEY,
  tat double precision NOT NULL DEFAULT 0,
  blocked_until double precision NOT NULL DEFAULT 0) ${busy(50)};
CREATE TABLE ${s}.lease (name text COLLATE "C" PRIMARY KEY, fence bigint NOT NULL, until bigint NOT NULL) ${busy(50)};
`;
