import type Database from 'better-sqlite3'
import { copyCalls } from './copy-calls.ts'

const sums = `
  calls INTEGER NOT NULL,
  input INTEGER NOT NULL,
  output INTEGER NOT NULL,
  write_5m INTEGER NOT NULL,
  write_1h INTEGER NOT NULL,
  read INTEGER NOT NULL,
  web_searches INTEGER NOT NULL,
  unfinished INTEGER NOT NULL,
  odd INTEGER NOT NULL,
  first_at INTEGER NOT NULL,
  last_at INTEGER NOT NULL`
const formerSums = 'calls, input, output, write_5m, write_1h, read, web_searches, 0, 0, first_at, last_at'

/**
 * Tables are written anew: SQLite reads a whole strict table for each column that is added to it. Instants are milliseconds, yes and
 * no are 1 and 0, null is not known.
 */
const tables = `
CREATE TABLE new_call (
  call_id INTEGER PRIMARY KEY,
  key TEXT NOT NULL,
  at INTEGER NOT NULL,
  session INTEGER NOT NULL,
  session_since INTEGER,
  place INTEGER NOT NULL,
  kind INTEGER NOT NULL,
  version INTEGER NOT NULL,
  agent_id INTEGER NOT NULL,
  request_id TEXT,
  is_sidechain INTEGER NOT NULL,
  input INTEGER NOT NULL,
  output INTEGER NOT NULL,
  write_5m INTEGER NOT NULL,
  write_1h INTEGER NOT NULL,
  read INTEGER NOT NULL,
  web_searches INTEGER,
  prompt INTEGER,
  unfinished INTEGER,
  odd INTEGER,
  as_of INTEGER
) STRICT;

-- The names of a call that its price or a filter depends on, apart from its session and its place.
CREATE TABLE new_kind (
  kind_id INTEGER PRIMARY KEY,
  model INTEGER NOT NULL,
  agent INTEGER NOT NULL,
  speed INTEGER NOT NULL,
  service_tier INTEGER NOT NULL,
  inference_geo INTEGER NOT NULL,
  outcome INTEGER NOT NULL,
  source INTEGER NOT NULL,
  UNIQUE (model, agent, speed, service_tier, inference_geo, outcome, source)
) STRICT;
INSERT INTO new_kind SELECT kind_id, model, 0, speed, service_tier, inference_geo, 0, 0 FROM kind;
DROP TABLE kind;
ALTER TABLE new_kind RENAME TO kind;

CREATE TABLE new_slice (
  quarter INTEGER NOT NULL,
  session INTEGER NOT NULL,
  place INTEGER NOT NULL,
  kind INTEGER NOT NULL,
  band INTEGER NOT NULL,${sums},
  PRIMARY KEY (quarter, session, place, kind, band)
) STRICT, WITHOUT ROWID;
INSERT INTO new_slice SELECT quarter, session, place, kind, band, ${formerSums} FROM slice;
DROP TABLE slice;
ALTER TABLE new_slice RENAME TO slice;
CREATE INDEX slice_by_session ON slice (session, quarter);

CREATE TABLE new_day (
  quarters INTEGER NOT NULL,
  scope INTEGER NOT NULL,
  name INTEGER NOT NULL,
  day INTEGER NOT NULL,
  part INTEGER NOT NULL,
  kind INTEGER NOT NULL,
  band INTEGER NOT NULL,${sums},
  PRIMARY KEY (quarters, scope, name, day, part, kind, band)
) STRICT, WITHOUT ROWID;
INSERT INTO new_day SELECT quarters, scope, name, day, part, kind, band, ${formerSums} FROM day;
DROP TABLE day;
ALTER TABLE new_day RENAME TO day;
`

const indexes = `
DROP TABLE call;
ALTER TABLE new_call RENAME TO call;
CREATE UNIQUE INDEX call_by_key ON call (key);
-- For the exact ends of a slice, and a session's own calls.
CREATE INDEX call_by_session ON call (session, at);
-- So that telemetry finds the call of a request.
CREATE INDEX call_by_request ON call (request_id) WHERE request_id IS NOT NULL;
`

/**
 * The key of a call becomes its message id alone, with the request id in a column of its own. Records with the same message id, which
 * side questions repeat, become one. No transcript is read.
 */
export function callFields(db: Database.Database, log: (message: string) => void): void {
  db.exec(tables)
  const finish = copyCalls(db, log)
  db.exec(indexes)
  finish()
}
