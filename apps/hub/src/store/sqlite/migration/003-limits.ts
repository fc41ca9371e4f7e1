/** Snapshots of the plan limits, and collectors. Instants are milliseconds, days are days since 1970. */
export const limits = `
CREATE TABLE reading (
  reading_id TEXT NOT NULL PRIMARY KEY,
  account TEXT NOT NULL,
  -- The account in the snapshot, empty for none, and its idempotency key: together they identify it.
  named TEXT NOT NULL,
  key TEXT NOT NULL,
  at INTEGER NOT NULL,
  received_at INTEGER NOT NULL,
  body TEXT NOT NULL,
  UNIQUE (named, key)
) STRICT;
CREATE INDEX reading_by_account ON reading (account, at, reading_id);
CREATE INDEX reading_by_time ON reading (at, reading_id);

-- The newest snapshot of each machine and source.
CREATE TABLE reading_head (
  account TEXT NOT NULL,
  machine_id TEXT NOT NULL,
  source TEXT NOT NULL,
  at INTEGER NOT NULL,
  reading_id TEXT NOT NULL,
  PRIMARY KEY (account, machine_id, source)
) STRICT, WITHOUT ROWID;

CREATE TABLE limit_account (
  account TEXT PRIMARY KEY,
  versions INTEGER NOT NULL,
  created INTEGER NOT NULL,
  cleaned_at INTEGER
) STRICT, WITHOUT ROWID;

CREATE TABLE limit_window (
  account TEXT NOT NULL,
  window TEXT NOT NULL,
  kind TEXT NOT NULL,
  scope TEXT,
  label TEXT NOT NULL,
  at INTEGER NOT NULL,
  PRIMARY KEY (account, window)
) STRICT, WITHOUT ROWID;

-- The thinned series; limits/day-hours.ts documents the format of an hour.
CREATE TABLE limit_day (
  account TEXT NOT NULL,
  window TEXT NOT NULL,
  day INTEGER NOT NULL,
  hours BLOB NOT NULL,
  PRIMARY KEY (account, window, day)
) STRICT;
CREATE INDEX limit_day_by_day ON limit_day (account, day);

CREATE TABLE collector (
  machine_id TEXT PRIMARY KEY,
  account TEXT,
  account_at INTEGER,
  health TEXT,
  health_at INTEGER,
  seen_at INTEGER NOT NULL,
  asked_at INTEGER,
  asking TEXT
) STRICT, WITHOUT ROWID;

CREATE TABLE limit_trigger (
  trigger_id TEXT PRIMARY KEY,
  machine_id TEXT NOT NULL,
  step TEXT NOT NULL,
  changed_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX limit_trigger_by_machine ON limit_trigger (step, machine_id, changed_at);
`
