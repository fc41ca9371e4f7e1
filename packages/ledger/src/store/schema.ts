/** The application id in the header of the SQLite file, "SBxL". */
export const APPLICATION_ID = 0x5342784c

/** The migrations, one per schema version. Never change a released one; add the next. */
export const migrations: readonly string[] = [
  `
  -- Single values, such as the hub and the thresholds of roll-ups.
  CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;

  -- The state of each transcript, so that only new parts are read.
  CREATE TABLE files (
    path TEXT PRIMARY KEY, dev INTEGER NOT NULL, ino INTEGER NOT NULL, size INTEGER NOT NULL, mtime REAL NOT NULL,
    offset INTEGER NOT NULL, fingerprint TEXT NOT NULL, bad_lines INTEGER NOT NULL
  ) WITHOUT ROWID;

  -- The names that are part of the key of roll-ups. An empty text is a name that Claude Code did not write.
  CREATE TABLE places (
    id INTEGER PRIMARY KEY, session TEXT NOT NULL, project TEXT NOT NULL, branch TEXT NOT NULL, model TEXT NOT NULL,
    speed TEXT NOT NULL, service_tier TEXT NOT NULL, inference_geo TEXT NOT NULL,
    UNIQUE (session, project, branch, model, speed, service_tier, inference_geo)
  );

  -- The other names that many calls share.
  CREATE TABLE origins (
    id INTEGER PRIMARY KEY, version TEXT NOT NULL, agent TEXT NOT NULL, is_sidechain INTEGER NOT NULL,
    UNIQUE (version, agent, is_sidechain)
  );

  -- One row per call.
  CREATE TABLE calls (
    key TEXT PRIMARY KEY, at INTEGER NOT NULL, place INTEGER NOT NULL, origin INTEGER NOT NULL,
    input INTEGER NOT NULL, output INTEGER NOT NULL, write_5m INTEGER NOT NULL, write_1h INTEGER NOT NULL,
    read INTEGER NOT NULL, web_searches INTEGER
  ) WITHOUT ROWID;

  -- Roll-ups by quarter hour, updated together with calls. "band" is the number of thresholds in meta that a prompt exceeds.
  CREATE TABLE slices (
    quarter INTEGER NOT NULL, place INTEGER NOT NULL, band INTEGER NOT NULL, calls INTEGER NOT NULL,
    input INTEGER NOT NULL, output INTEGER NOT NULL, write_5m INTEGER NOT NULL, write_1h INTEGER NOT NULL,
    read INTEGER NOT NULL, web_searches INTEGER NOT NULL, first_at INTEGER NOT NULL, last_at INTEGER NOT NULL,
    PRIMARY KEY (quarter, place, band)
  ) WITHOUT ROWID;

  -- The calls that the hub has not confirmed, from the first use of a hub on. A call that changes while it is being sent gets
  -- a new id, which is never reused.
  CREATE TABLE outbox (id INTEGER PRIMARY KEY AUTOINCREMENT, key TEXT NOT NULL UNIQUE);

  -- The calls that the hub rejected permanently.
  CREATE TABLE set_aside (key TEXT PRIMARY KEY, reason TEXT NOT NULL, at INTEGER NOT NULL) WITHOUT ROWID;
  `,
  `
  -- Snapshots of the plan limits as JSON. "round" is incremented when all of them have to be sent again.
  CREATE TABLE readings (
    id INTEGER PRIMARY KEY AUTOINCREMENT, key TEXT NOT NULL UNIQUE, account TEXT NOT NULL, source TEXT NOT NULL,
    machine TEXT NOT NULL, captured_at INTEGER NOT NULL, snapshot TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('pending', 'delivered', 'set_aside')), reason TEXT, settled_at INTEGER,
    round INTEGER NOT NULL DEFAULT 0
  );
  CREATE INDEX readings_by_state ON readings (state, captured_at, id);
  CREATE INDEX readings_by_origin ON readings (account, source, machine, captured_at);
  `,
  `
  -- Observations of sessions that the hub has not confirmed, as JSON. "counters" marks those that only have numbers, which a newer
  -- one of the same session and source replaces.
  CREATE TABLE observations (
    id INTEGER PRIMARY KEY AUTOINCREMENT, key TEXT NOT NULL UNIQUE, session TEXT NOT NULL, source TEXT NOT NULL,
    counters INTEGER NOT NULL, queued_at INTEGER NOT NULL, observation TEXT NOT NULL
  );
  CREATE INDEX observations_with_counters ON observations (session, source) WHERE counters = 1;

  -- The sessions whose process was alive when the collector last looked, as JSON.
  CREATE TABLE living_sessions (session TEXT PRIMARY KEY, record TEXT NOT NULL) WITHOUT ROWID;
  `,
  `
  -- What the sources of plan limits remember: what the status line of each session showed last, and the resets of each account.
  CREATE TABLE limit_memory (
    kind TEXT NOT NULL, key TEXT NOT NULL, value TEXT NOT NULL, at INTEGER NOT NULL, PRIMARY KEY (kind, key)
  ) WITHOUT ROWID;

  -- A refusal of a snapshot for its time heals with time; earlier versions took it for final.
  UPDATE readings SET state = 'pending', reason = NULL, settled_at = NULL, round = round + 1
    WHERE state = 'set_aside' AND reason LIKE '%in the future%';
  `,
]
