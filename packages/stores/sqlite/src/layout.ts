/** The layout this code knows. A database with a greater number is refused. */
export const schema = 1;

/** `ready_at` of a lane that waits for somebody's decision: later than any time. */
export const never: number = Number.MAX_SAFE_INTEGER;

/** What a job takes along wherever it goes. */
export const jobColumns = "id, form, headers, enqueued_at, expires_at, attempts, crashes, error, payload";

const jobTypes = `
  id TEXT NOT NULL,
  form INTEGER NOT NULL,
  headers TEXT,
  enqueued_at INTEGER NOT NULL,
  expires_at INTEGER,
  attempts INTEGER NOT NULL DEFAULT 0,
  crashes INTEGER NOT NULL DEFAULT 0,
  error TEXT,
  payload ANY NOT NULL`;

/**
 * Everything the store creates. `n` is a job's place in its lane and in the whole store; jobs are appended, so that one
 * page of the write-ahead log carries several. A lane's row counts the attempts of its head.
 */
export const layout: string = `
CREATE TABLE devflow_meta (name TEXT PRIMARY KEY, value ANY) STRICT, WITHOUT ROWID;
CREATE TABLE devflow_queue (q INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;
CREATE TABLE devflow_id (
  q INTEGER NOT NULL,
  id TEXT NOT NULL,
  n INTEGER,
  until INTEGER,
  PRIMARY KEY (q, id)) STRICT, WITHOUT ROWID;
CREATE TABLE devflow_lane (
  lane INTEGER PRIMARY KEY,
  q INTEGER NOT NULL,
  key TEXT NOT NULL,
  ready_at INTEGER NOT NULL,
  turn INTEGER NOT NULL,
  depth INTEGER NOT NULL,
  held INTEGER NOT NULL DEFAULT 0,
  fence INTEGER NOT NULL DEFAULT 0,
  head INTEGER NOT NULL DEFAULT 0,
  attempts INTEGER NOT NULL DEFAULT 0,
  crashes INTEGER NOT NULL DEFAULT 0,
  error TEXT,
  UNIQUE (q, key)) STRICT;
CREATE INDEX devflow_lane_ready ON devflow_lane (q, ready_at, turn, held) WHERE depth > 0;
CREATE TABLE devflow_job (n INTEGER PRIMARY KEY, lane INTEGER NOT NULL, ${jobTypes}) STRICT;
CREATE INDEX devflow_job_lane ON devflow_job (lane);
CREATE TABLE devflow_scheduled (
  n INTEGER PRIMARY KEY,
  q INTEGER NOT NULL,
  key TEXT NOT NULL,
  run_at INTEGER NOT NULL, ${jobTypes}) STRICT;
CREATE INDEX devflow_scheduled_due ON devflow_scheduled (q, run_at, n);
CREATE TABLE devflow_dead (
  q INTEGER NOT NULL,
  key TEXT NOT NULL,
  reason TEXT NOT NULL,
  died_at INTEGER NOT NULL, ${jobTypes},
  UNIQUE (q, id)) STRICT;
CREATE TABLE devflow_kv (
  key TEXT PRIMARY KEY,
  version INTEGER NOT NULL,
  until INTEGER,
  value BLOB NOT NULL) STRICT;
CREATE INDEX devflow_kv_until ON devflow_kv (until) WHERE until IS NOT NULL;
CREATE TABLE devflow_bucket (key TEXT PRIMARY KEY, tat REAL NOT NULL, blocked_until REAL NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE devflow_lease (name TEXT PRIMARY KEY, fence INTEGER NOT NULL, until INTEGER NOT NULL) STRICT, WITHOUT ROWID;
INSERT INTO devflow_meta VALUES ('schema', ${schema}), ('sequence', 0), ('owner', '');
`;
