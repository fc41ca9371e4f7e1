import type Database from 'better-sqlite3'
import { addCallFields } from './add-call-fields.ts'

/** The application id in the header of the SQLite file, "SBxL". */
export const APPLICATION_ID = 0x5342784c

/** The migrations, one per schema version: SQL, or a function for what SQL cannot say. Never change a released one; add the next. */
export const migrations: readonly (string | ((store: Database.Database) => void))[] = [
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
  addCallFields,
  `
  -- What Claude Code has recorded for sessions: a row for each line of the type cost-state, with the sums of each model as JSON and the
  -- number of all tokens. "start" names the lineage that the sums are of. "settled" is 0 until what they have beyond the calls is
  -- worked out.
  CREATE TABLE cost_states (
    session TEXT NOT NULL, start INTEGER NOT NULL, duration INTEGER NOT NULL, at INTEGER, tokens INTEGER NOT NULL, models TEXT NOT NULL,
    settled INTEGER NOT NULL, PRIMARY KEY (session, start, duration)
  ) WITHOUT ROWID;
  CREATE INDEX cost_states_by_start ON cost_states (start);
  CREATE INDEX unsettled_cost_states ON cost_states (settled) WHERE settled = 0;

  -- How much the answer of a call without a final record holds, in bytes.
  ALTER TABLE calls ADD COLUMN text_bytes INTEGER;
  ALTER TABLE calls ADD COLUMN tool_bytes INTEGER;
  ALTER TABLE calls ADD COLUMN thinking_bytes INTEGER;
  -- The same of some answers whose output is known, on which estimates are calibrated.
  CREATE TABLE known_answers (
    key TEXT PRIMARY KEY, text INTEGER NOT NULL, tool_input INTEGER NOT NULL, thinking INTEGER NOT NULL, output INTEGER NOT NULL
  ) WITHOUT ROWID;
  -- The sessions whose estimates have to be worked out.
  CREATE TABLE estimates_due (session TEXT PRIMARY KEY) WITHOUT ROWID;
  -- How much the last answer of a file holds, which may go on.
  ALTER TABLE files ADD COLUMN open_lengths TEXT NOT NULL DEFAULT '';
  `,
  `
  -- The project of each folder, and whether the hub has to learn of it. "seen" is 'git' where the repository was seen on the disk,
  -- 'path' where it follows from the paths.
  CREATE TABLE folders (
    folder TEXT PRIMARY KEY, project TEXT NOT NULL, root TEXT NOT NULL, seen TEXT NOT NULL CHECK (seen IN ('git', 'path')),
    checked_at INTEGER NOT NULL, sent INTEGER NOT NULL
  ) WITHOUT ROWID;
  CREATE INDEX folders_unsent ON folders (folder) WHERE sent = 0;
  `,
  `
  -- Of the calls whose output has to be estimated: their number, the output that their rows have, and how much their answers hold.
  ALTER TABLE slices ADD COLUMN open_calls INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE slices ADD COLUMN open_output INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE slices ADD COLUMN open_text INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE slices ADD COLUMN open_tool INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE slices ADD COLUMN open_thinking INTEGER NOT NULL DEFAULT 0;
  INSERT OR REPLACE INTO meta (name, value) SELECT 'slices', 'incomplete' WHERE EXISTS (SELECT 1 FROM calls);
  `,
  `
  -- Whether a row of another session says that this one made the call. Where sessions have copies, transcripts are read again for that.
  ALTER TABLE copies ADD COLUMN named INTEGER NOT NULL DEFAULT 0;
  UPDATE files SET size = -1, offset = 0, fingerprint = '', bad_lines = 0, open_answers = '', open_lengths = ''
    WHERE EXISTS (SELECT 1 FROM copies);
  UPDATE copies SET settled = 0;
  `,
]

/** Migrates from one schema version to another. */
export function applyMigrations(store: Database.Database, from: number, to = migrations.length): void {
  for (const migration of migrations.slice(from, to)) {
    if (typeof migration === 'string') store.exec(migration)
    else migration(store)
  }
  store.pragma(`application_id = ${APPLICATION_ID}`)
  store.pragma(`user_version = ${to}`)
}
