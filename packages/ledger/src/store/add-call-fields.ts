import type { Call } from '@signalbox/contract/call'
import { currentKey } from '@signalbox/usage/call-key'
import { mergeCalls } from '@signalbox/usage/call-merge'
import type Database from 'better-sqlite3'

/** A call as the schema before this migration stored it, with its names. */
type FormerCall = Omit<Call, 'at'> & { readonly at: number; readonly place: number; readonly origin: number }

/**
 * Migrates to the keys and fields of December 2026. A call's key becomes its message id alone: records with the same id and different
 * request ids, which side questions repeat, become one. What was not kept before (whether a call is finished, calls inside calls,
 * answers of relays that share an id) is in the transcripts only, so those that are still there are read again once; calls of deleted
 * ones stay as they are.
 */
export function addCallFields(store: Database.Database): void {
  store.exec(`
    ALTER TABLE origins RENAME COLUMN agent TO agent_id;

    CREATE TABLE new_places (
      id INTEGER PRIMARY KEY, session TEXT NOT NULL, project TEXT NOT NULL, branch TEXT NOT NULL, model TEXT NOT NULL,
      agent TEXT NOT NULL, speed TEXT NOT NULL, service_tier TEXT NOT NULL, inference_geo TEXT NOT NULL, outcome TEXT NOT NULL,
      source TEXT NOT NULL,
      UNIQUE (session, project, branch, model, agent, speed, service_tier, inference_geo, outcome, source)
    );
    INSERT INTO new_places SELECT id, session, project, branch, model, '', speed, service_tier, inference_geo, '', '' FROM places;
    DROP TABLE places;
    ALTER TABLE new_places RENAME TO places;

    ALTER TABLE slices ADD COLUMN unfinished INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE slices ADD COLUMN odd INTEGER NOT NULL DEFAULT 0;

    -- Calls whose ids are not unique and that may go on, and since when the file has existed.
    ALTER TABLE files ADD COLUMN open_answers TEXT NOT NULL DEFAULT '';
    ALTER TABLE files ADD COLUMN born REAL NOT NULL DEFAULT 0;

    -- Since when sessions have existed, in milliseconds.
    CREATE TABLE sessions (session TEXT PRIMARY KEY, since INTEGER NOT NULL) WITHOUT ROWID;
    -- The sessions that have a call with the same time, where several have it. "settled" is 0 until the one that made it is known.
    CREATE TABLE copies (key TEXT NOT NULL, session TEXT NOT NULL, settled INTEGER NOT NULL, PRIMARY KEY (key, session)) WITHOUT ROWID;
    CREATE INDEX unsettled_copies ON copies (settled) WHERE settled = 0;
  `)
  const merged = rekeyCalls(store)
  const files = store.prepare("UPDATE files SET size = -1, offset = 0, fingerprint = '', bad_lines = 0").run().changes
  const calls = store.prepare<[], number>('SELECT count(*) FROM calls').pluck().get() ?? 0
  if (calls === 0) return
  const note: MigrationNote = { calls, merged, files }
  const setMeta = store.prepare('INSERT OR REPLACE INTO meta (name, value) VALUES (?, ?)')
  setMeta.run('slices', 'incomplete')
  setMeta.run('migration', JSON.stringify(note))
}

/** What the migration has done. */
export interface MigrationNote {
  /** The number of calls after it. */
  readonly calls: number
  /** Records that side questions had repeated under other request ids, which counted as calls of their own before. */
  readonly merged: number
  /** Transcripts that are read again, where they are still there. */
  readonly files: number
}

const PAGE_CALLS = 10_000
const UUID_GLOB = [8, 4, 4, 4, 12].map((length) => '?'.repeat(length)).join('-')

/** Records with the same message id follow each other in the order of the former keys. @returns how many became one with another */
function rekeyCalls(store: Database.Database): number {
  store.exec(`
    ALTER TABLE calls RENAME TO former_calls;
    CREATE TABLE calls (
      key TEXT PRIMARY KEY, at INTEGER NOT NULL, place INTEGER NOT NULL, origin INTEGER NOT NULL, request_id TEXT,
      input INTEGER NOT NULL, output INTEGER NOT NULL, write_5m INTEGER NOT NULL, write_1h INTEGER NOT NULL,
      read INTEGER NOT NULL, web_searches INTEGER, prompt INTEGER, unfinished INTEGER, odd INTEGER, as_of INTEGER
    ) WITHOUT ROWID;
  `)
  const insert = store.prepare(
    `INSERT OR REPLACE INTO calls (key, at, place, origin, request_id, input, output, write_5m, write_1h, read, web_searches)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  )
  const page = store.prepare<[string], FormerCall>(`
    SELECT key, at, place, origin, session AS session_id, project AS cwd, branch AS git_branch, model, speed, service_tier, inference_geo,
      version, agent_id, is_sidechain, input, output, write_5m, write_1h, read, web_searches
    FROM former_calls JOIN places ON places.id = place JOIN origins ON origins.id = origin WHERE key > ? ORDER BY key LIMIT ${PAGE_CALLS}`)
  const write = (call: FormerCall) => {
    const { key, at, place, origin, request_id, input, output, write_5m, write_1h, read, web_searches } = call
    insert.run(key, at, place, origin, request_id, input, output, write_5m, write_1h, read, web_searches)
  }
  let merged = 0
  let last: FormerCall | undefined
  for (let calls = page.all(''); calls.length > 0; calls = page.all(calls.at(-1)!.key)) {
    for (const former of calls) {
      const call = rekeyed(former)
      if (last?.key === call.key) {
        merged++
        last = mergeCalls(last, call)
      } else {
        if (last !== undefined) write(last)
        last = call
      }
    }
  }
  if (last !== undefined) write(last)
  store.exec('DROP TABLE former_calls')
  for (const table of ['outbox', 'set_aside']) {
    store.exec(
      `UPDATE OR REPLACE ${table} SET key = substr(key, 1, instr(key, ':') - 1) WHERE key GLOB 'msg_*:*' OR key GLOB '${UUID_GLOB}:*'`,
    )
  }
  return merged
}

function rekeyed(call: FormerCall): FormerCall {
  const current = currentKey(call.key)
  return current === undefined ? call : { ...call, key: current.key, request_id: current.requestId || undefined }
}
