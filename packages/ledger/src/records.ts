import { tokenClasses } from '@signalbox/usage/call'
import type { CallRow } from './store/calls.ts'
import type { LedgerStore } from './store/ledger-store.ts'
import { type ScannedCall, shapedCall } from './transcript/scanned-call.ts'

/*
 * Records that are worked out from others and are no calls themselves: `<source>:<session>:…`. The latest figures count, here and at
 * the hub.
 */

/** The names and figures of a record. */
export type WorkedOut = Pick<ScannedCall, 'key' | 'at' | 'model' | 'source' | (typeof tokenClasses)[number] | 'web_searches'> & {
  readonly unfinished?: boolean
}

/** Reads the records of a source, session by session. */
export function recordReader({ db, calls }: LedgerStore, source: string): (session: string) => ScannedCall[] {
  const find = db.prepare<[string, string], CallRow>('SELECT * FROM calls WHERE key >= ? AND key < ?')
  return (session) => {
    const prefix = `${source}:${session}:`
    return find.all(prefix, `${prefix.slice(0, -1)};`).map(calls.toScanned)
  }
}

/** @param like a call whose names the record has, where the session has one */
export function toRecord(values: WorkedOut, session: string, like: ScannedCall | undefined, now: number): ScannedCall {
  return shapedCall({
    session_id: session === '' ? undefined : session,
    cwd: like?.cwd,
    git_branch: like?.git_branch,
    agent: undefined,
    speed: undefined,
    service_tier: undefined,
    inference_geo: undefined,
    outcome: undefined,
    version: like?.version,
    agent_id: undefined,
    request_id: undefined,
    is_sidechain: false,
    // The sums of several inferences, of which each had its own prompt.
    prompt: 0,
    unfinished: undefined,
    odd: undefined,
    as_of: now,
    ...values,
  } as unknown as ScannedCall)
}

const emptied = { input: 0, output: 0, write_5m: 0, write_1h: 0, read: 0, web_searches: 0, unfinished: undefined }

/**
 * The records to be written: those that are new or say something else than the stored ones, and without figures those that are gone,
 * because the hub may have them.
 */
export function changedRecords(stored: readonly ScannedCall[], records: readonly ScannedCall[], now: number): ScannedCall[] {
  const known = new Map(stored.map((record) => [record.key, record]))
  const kept = new Set(records.map(({ key }) => key))
  const changed = records.filter((record) => !saysSame(known.get(record.key), record))
  const gone = stored.filter((record) => !kept.has(record.key) && !saysSame(record, { ...record, ...emptied }))
  return [...changed, ...gone.map((record) => ({ ...record, ...emptied, as_of: now }))]
}

function saysSame(a: ScannedCall | undefined, b: ScannedCall): boolean {
  if (a === undefined || a.unfinished !== b.unfinished) return false
  return tokenClasses.every((name) => a[name] === b[name]) && (a.web_searches ?? 0) === (b.web_searches ?? 0)
}
