/** "SBxL" in the file's header: this SQLite file is a ledger of Signalbox. */
export const APPLICATION_ID = 0x5342784c

/** One text per version of the layout; never change one that was released, add the next. */
export const migrations: readonly string[] = [
  `
  -- Small facts: which hub, how far it has confirmed, where roll-ups are cut.
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

  -- One row per call. A row that gets better is replaced under a higher id, so what the hub has not seen is what has
  -- an id above the confirmed one.
  CREATE TABLE calls (
    id INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, at INTEGER NOT NULL, place INTEGER NOT NULL, origin INTEGER NOT NULL,
    input INTEGER NOT NULL, output INTEGER NOT NULL, write_5m INTEGER NOT NULL, write_1h INTEGER NOT NULL,
    read INTEGER NOT NULL, web_searches INTEGER
  );
  CREATE INDEX calls_at ON calls (at);

  -- Roll-ups by quarter hour, kept in step with calls. "band" counts the thresholds in meta that a prompt is above.
  CREATE TABLE slices (
    quarter INTEGER NOT NULL, place INTEGER NOT NULL, band INTEGER NOT NULL, calls INTEGER NOT NULL,
    input INTEGER NOT NULL, output INTEGER NOT NULL, write_5m INTEGER NOT NULL, write_1h INTEGER NOT NULL,
    read INTEGER NOT NULL, web_searches INTEGER NOT NULL, first_at INTEGER NOT NULL, last_at INTEGER NOT NULL,
    PRIMARY KEY (quarter, place, band)
  ) WITHOUT ROWID;

  -- Calls the hub refuses for ever.
  CREATE TABLE set_aside (key TEXT PRIMARY KEY, reason TEXT NOT NULL, at INTEGER NOT NULL) WITHOUT ROWID;
  `,
]
