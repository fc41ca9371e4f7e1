/** "SBxL" in the file's header: this SQLite file is a ledger of Signalbox. */
export const APPLICATION_ID = 0x5342784c

/** One text per version of the layout; never change one that was released, add the next. */
export const migrations: readonly string[] = [
  `
  -- Small facts: which hub, where roll-ups are cut.
  CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;

  -- What is remembered of each transcript, so that only what is new is read.
  CREATE TABLE files (
    path TEXT PRIMARY KEY, dev INTEGER NOT NULL, ino INTEGER NOT NULL, size INTEGER NOT NULL, mtime REAL NOT NULL,
    offset INTEGER NOT NULL, fingerprint TEXT NOT NULL, bad_lines INTEGER NOT NULL
  ) WITHOUT ROWID;

  -- What roll-ups tell calls apart by. An empty text is a name Claude Code did not write.
  CREATE TABLE places (
    id INTEGER PRIMARY KEY, session TEXT NOT NULL, project TEXT NOT NULL, branch TEXT NOT NULL, model TEXT NOT NULL,
    speed TEXT NOT NULL, service_tier TEXT NOT NULL, inference_geo TEXT NOT NULL,
    UNIQUE (session, project, branch, model, speed, service_tier, inference_geo)
  );

  -- The rest of what many calls share.
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

  -- Roll-ups by quarter hour, kept in step with calls. "band" counts the thresholds in meta that a prompt is above.
  CREATE TABLE slices (
    quarter INTEGER NOT NULL, place INTEGER NOT NULL, band INTEGER NOT NULL, calls INTEGER NOT NULL,
    input INTEGER NOT NULL, output INTEGER NOT NULL, write_5m INTEGER NOT NULL, write_1h INTEGER NOT NULL,
    read INTEGER NOT NULL, web_searches INTEGER NOT NULL, first_at INTEGER NOT NULL, last_at INTEGER NOT NULL,
    PRIMARY KEY (quarter, place, band)
  ) WITHOUT ROWID;

  -- What the hub has not confirmed, kept from the day there is a hub. A call that changes while it is on its way comes
  -- back under a higher id, which is never used twice.
  CREATE TABLE outbox (id INTEGER PRIMARY KEY AUTOINCREMENT, key TEXT NOT NULL UNIQUE);

  -- Calls the hub refuses for ever.
  CREATE TABLE set_aside (key TEXT PRIMARY KEY, reason TEXT NOT NULL, at INTEGER NOT NULL) WITHOUT ROWID;
  `,
  `
  -- Readings of the plan limits, each as JSON of a snapshot. "round" grows when everything has to be sent again.
  CREATE TABLE readings (
    id INTEGER PRIMARY KEY AUTOINCREMENT, key TEXT NOT NULL UNIQUE, account TEXT NOT NULL, source TEXT NOT NULL,
    machine TEXT NOT NULL, captured_at INTEGER NOT NULL, snapshot TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('pending', 'delivered', 'set_aside')), reason TEXT, settled_at INTEGER,
    round INTEGER NOT NULL DEFAULT 0
  );
  CREATE INDEX readings_by_state ON readings (state, captured_at, id);
  CREATE INDEX readings_by_origin ON readings (account, source, machine, captured_at);
  `,
]
