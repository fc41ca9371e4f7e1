const sums = `
  calls INTEGER NOT NULL,
  input INTEGER NOT NULL,
  output INTEGER NOT NULL,
  write_5m INTEGER NOT NULL,
  write_1h INTEGER NOT NULL,
  read INTEGER NOT NULL,
  web_searches INTEGER NOT NULL,
  first_at INTEGER NOT NULL,
  last_at INTEGER NOT NULL`

/**
 * Usage, keys, events, and results of idempotent writes (`once`). Instants are milliseconds, quarters are quarter hours since
 * 1970.
 */
export const keysEventsUsage = `
CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;

-- Texts that millions of rows repeat: sessions, projects, branches, machines, models, versions. 0 stands for absent.
CREATE TABLE name (name_id INTEGER PRIMARY KEY, text TEXT NOT NULL UNIQUE) STRICT;

-- The place of a call.
CREATE TABLE place (
  place_id INTEGER PRIMARY KEY,
  machine INTEGER NOT NULL,
  project INTEGER NOT NULL,
  branch INTEGER NOT NULL,
  UNIQUE (machine, project, branch)
) STRICT;

-- The properties of a call that determine its price, apart from its time and the length of its prompt.
CREATE TABLE kind (
  kind_id INTEGER PRIMARY KEY,
  model INTEGER NOT NULL,
  speed INTEGER NOT NULL,
  service_tier INTEGER NOT NULL,
  inference_geo INTEGER NOT NULL,
  UNIQUE (model, speed, service_tier, inference_geo)
) STRICT;

CREATE TABLE call (
  call_id INTEGER PRIMARY KEY,
  key TEXT NOT NULL UNIQUE,
  at INTEGER NOT NULL,
  session INTEGER NOT NULL,
  place INTEGER NOT NULL,
  kind INTEGER NOT NULL,
  version INTEGER NOT NULL,
  agent INTEGER NOT NULL,
  is_sidechain INTEGER NOT NULL,
  input INTEGER NOT NULL,
  output INTEGER NOT NULL,
  write_5m INTEGER NOT NULL,
  write_1h INTEGER NOT NULL,
  read INTEGER NOT NULL,
  web_searches INTEGER
) STRICT;
-- For the exact ends of a slice, and a session's own calls.
CREATE INDEX call_by_session ON call (session, at);

-- Roll-up of the calls that share the whole primary key. In every time zone a day begins on a quarter hour.
CREATE TABLE slice (
  quarter INTEGER NOT NULL,
  session INTEGER NOT NULL,
  place INTEGER NOT NULL,
  kind INTEGER NOT NULL,
  band INTEGER NOT NULL,${sums},
  PRIMARY KEY (quarter, session, place, kind, band)
) STRICT, WITHOUT ROWID;
CREATE INDEX slice_by_session ON slice (session, quarter);

-- The UTC offsets, in quarter hours, whose days are rolled up, from a day (counted from 1970) on.
CREATE TABLE day_offset (quarters INTEGER PRIMARY KEY, from_day INTEGER NOT NULL, used_at INTEGER NOT NULL) STRICT;

-- Instants at which a price changes; they cut a day into parts.
CREATE TABLE price_change (quarter INTEGER PRIMARY KEY) STRICT;

-- Roll-up of slices by day of an offset: over everything (scope 0), a machine (1), a project (2), a branch (3).
CREATE TABLE day (
  quarters INTEGER NOT NULL,
  scope INTEGER NOT NULL,
  name INTEGER NOT NULL,
  day INTEGER NOT NULL,
  part INTEGER NOT NULL,
  kind INTEGER NOT NULL,
  band INTEGER NOT NULL,${sums},
  PRIMARY KEY (quarters, scope, name, day, part, kind, band)
) STRICT, WITHOUT ROWID;

CREATE TABLE usage_state (
  one INTEGER PRIMARY KEY CHECK (one = 1),
  revision INTEGER NOT NULL,
  last_ingest_at INTEGER
) STRICT;
INSERT INTO usage_state VALUES (1, 0, NULL);

CREATE TABLE key (
  key_id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  scopes TEXT NOT NULL,
  prefix TEXT NOT NULL,
  hash TEXT NOT NULL UNIQUE,
  created_at INTEGER NOT NULL,
  last_used_at INTEGER,
  expires_at INTEGER,
  revoked_at INTEGER,
  revision INTEGER NOT NULL DEFAULT 1
) STRICT, WITHOUT ROWID;
CREATE INDEX key_by_prefix ON key (prefix);

-- AUTOINCREMENT: an id is never used again, not even after its event was removed.
CREATE TABLE event (
  event_id INTEGER PRIMARY KEY AUTOINCREMENT,
  event TEXT NOT NULL,
  at INTEGER NOT NULL,
  session_id TEXT,
  project_id TEXT,
  machine_id TEXT,
  data TEXT NOT NULL
) STRICT;
CREATE INDEX event_by_time ON event (at);

CREATE TABLE once (
  owner TEXT NOT NULL,
  key TEXT NOT NULL,
  fingerprint TEXT NOT NULL,
  result TEXT NOT NULL,
  made_at INTEGER NOT NULL,
  PRIMARY KEY (owner, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX once_by_time ON once (made_at);
`
