import type { Key } from '@signalbox/contract/key'
import type { MachineRecord } from '../../state/machine-record.ts'
import type { SessionRecord } from '../../state/session-record.ts'
import type { TaskRecord } from '../../state/task-record.ts'
import { missingEvents, type TargetLog } from '../copy/event-place.ts'
import type { Loaders } from '../copy/load.ts'
import { keyInstants, newerKey, newerMachine, newerResult, newerSecret, newerSession, newerTask, withoutSlot } from '../copy/newer.ts'
import type { CopiedEvent, CopiedKey, CopiedResult, EventPortion, GlobalsPortion, ReportedCall, SessionWithTasks } from '../copy/portion.ts'
import { became, otherKeyHasHash, otherTaskHasId, type Tally } from '../copy/tally.ts'
import type { PriceCuts } from '../usage/price-cuts.ts'
import { loadAlertRow } from './alert-copy.ts'
import { loadAuditEntry } from './audit-log.ts'
import { addBudget } from './budget.ts'
import type { Connection } from './connection.ts'
import { lastEventId, lastIngestAt, readGlobals, type SourceParts } from './copy-source.ts'
import { addDeletion, addRemoval } from './deletion.ts'
import { putFolders } from './folder.ts'
import { type KeyRow, keyOf } from './key.ts'
import { loadCollector, loadDay, loadPlan, loadSnapshot } from './limits/copy.ts'
import { putObservedEvents } from './observed-event.ts'
import { insertRow } from './row.ts'
import { addView } from './saved-view.ts'
import type { SessionCache } from './session-cache.ts'
import { takeSignIns } from './sign-in.ts'
import { ingest } from './usage/ingest.ts'
import type { Transaction } from './writer.ts'

/** The parts of this store that a copy writes. */
export interface TargetParts extends SourceParts {
  readonly cuts: PriceCuts
  readonly cache: SessionCache
}

/** Loads portions inside a transaction; each loader returns the sessions that it loaded without their slot. */
export function copyLoaders(parts: TargetParts, tally: Tally, transaction: Transaction): Loaders<SessionWithTasks[]> {
  const { connection } = parts
  const each = <Row>(rows: readonly Row[], load: (row: Row) => void): SessionWithTasks[] => {
    for (const row of rows) load(row)
    return []
  }
  return {
    whole: (portion) => each([portion], (globals) => loadGlobals(connection, globals, tally)),
    keys: ({ rows }) => each(rows, (key) => loadKey(connection, key, tally)),
    audit: ({ rows }) => each(rows, (entry) => tally.count('audit', loadAuditEntry(connection, entry) ? 'added' : 'unchanged')),
    machines: ({ rows }) => each(rows, (machine) => loadMachine(parts, machine, tally)),
    sessions: ({ rows }) => rows.filter((session) => !loadSession(parts, session, tally)),
    calls: ({ rows }) => each([rows], (calls) => loadCalls(parts, calls, tally, transaction)),
    readings: ({ rows }) => each(rows, (snapshot) => loadSnapshot(connection, snapshot, tally)),
    series: ({ rows }) => each(rows, (day) => loadDay(connection, day, tally)),
    plans: ({ rows }) => each(rows, (plan) => loadPlan(connection, plan, tally)),
    collectors: ({ rows }) => each(rows, (collector) => loadCollector(connection, collector, tally)),
    alerts: ({ rows }) => each(rows, (row) => loadAlertRow(connection, row, tally)),
    events: (portion) => each([portion], (events) => loadEvents(connection, events, tally, transaction.now)),
    answers: ({ rows }) => each(rows, (result) => loadResult(connection, result, tally)),
  }
}

function loadGlobals(connection: Connection, portion: GlobalsPortion, tally: Tally): void {
  const {
    cookieSecret,
    lastIngestAt: at,
    deletions = [],
    removals = [],
    signIns = [],
    folders = [],
    budgets = [],
    savedViews = [],
  } = portion
  for (const deletion of deletions) addDeletion(connection, deletion)
  for (const removal of removals) addRemoval(connection, removal)
  takeSignIns(connection, signIns)
  putFolders(connection, folders)
  for (const budget of budgets) addBudget(connection, budget)
  for (const view of savedViews) addView(connection, view)
  if (at !== undefined) connection.prepare('UPDATE usage_state SET last_ingest_at = max(coalesce(last_ingest_at, ?), ?)').run(at, at)
  if (cookieSecret === undefined) return
  const hasKeys = connection.prepare('SELECT 1 FROM key LIMIT 1').get() !== undefined
  const next = newerSecret(readGlobals(connection).cookieSecret, cookieSecret, hasKeys, tally)
  if (next !== undefined) connection.prepare("INSERT OR REPLACE INTO meta (name, value) VALUES ('cookie_secret', ?)").run(next)
}

function loadKey(connection: Connection, { key, hash }: CopiedKey, tally: Tally): void {
  const row = connection.prepare('SELECT * FROM key WHERE key_id = ?').get(key.key_id) as KeyRow | undefined
  const next = newerKey(row && keyOf(row), key)
  const twin = connection.prepare('SELECT 1 FROM key WHERE hash = ? AND key_id <> ?').get(hash, key.key_id)
  if (next !== undefined && twin !== undefined) tally.skip('keys', otherKeyHasHash, key.key_id)
  else {
    if (next !== undefined) putKey(connection, next, hash)
    tally.count('keys', became(row, next))
  }
}

function putKey(connection: Connection, key: Key, hash: string): void {
  const instants = Object.entries(keyInstants(key)).map(([name, instant]) => [name, instant ?? null])
  connection.prepare('DELETE FROM key WHERE key_id = ?').run(key.key_id)
  insertRow(connection, 'key', { ...key, scopes: JSON.stringify(key.scopes), hash, ...Object.fromEntries(instants) })
}

function loadMachine({ connection, machines }: TargetParts, machine: MachineRecord, tally: Tally): void {
  const known = machines.byId(machine.machine_id)
  const next = newerMachine(known, machine)
  if (next !== undefined) {
    connection.prepare('DELETE FROM machine WHERE machine_id = ?').run(machine.machine_id)
    machines.insert(next)
  }
  tally.count('machines', became(known, next))
}

/** @returns false when the session was loaded without its slot */
function loadSession(
  { connection, tasks: rows, cache }: TargetParts,
  { session, tasks, observed }: SessionWithTasks,
  tally: Tally,
): boolean {
  const { session_id: id, machine_id, docker_slot } = session
  const known = connection.prepare('SELECT * FROM session WHERE session_id = ?').get(id) as SessionRecord | undefined
  const holder = 'SELECT 1 FROM session WHERE machine_id = ? AND docker_slot = ? AND session_id <> ?'
  let next = newerSession(known, session)
  const slotIsHeld = next !== undefined && docker_slot !== null && connection.prepare(holder).get(machine_id, docker_slot, id) !== undefined
  if (slotIsHeld) next = withoutSlot(known, session)
  if (next !== undefined) {
    // Not an UPDATE: its trigger keeps the counts only for the columns that a hub changes.
    cache.invalidate(id)
    connection.prepare('DELETE FROM session WHERE session_id = ?').run(id)
    insertRow(connection, 'session', { ...next })
  }
  tally.count('sessions', became(known, next))
  putObservedEvents(connection, observed)
  for (const task of tasks) {
    const before = connection.prepare('SELECT * FROM task WHERE task_id = ?').get(task.task_id) as TaskRecord | undefined
    if (before !== undefined && before.session_id !== id) {
      tally.skip('tasks', otherTaskHasId, task.task_id)
      continue
    }
    const after = newerTask(before, task)
    if (after !== undefined) rows.put(after)
    tally.count('tasks', became(before, after))
  }
  return !slotIsHeld
}

function loadCalls({ connection, names, cuts }: TargetParts, rows: readonly ReportedCall[], tally: Tally, transaction: Transaction): void {
  const unpublished: Transaction = { ...transaction, now: lastIngestAt(connection) ?? transaction.now, publish: () => {} }
  for (const [machine, ofMachine] of Map.groupBy(rows, (row) => row.machine)) {
    const calls = ofMachine.map(({ call }) => call)
    tally.countCalls(ingest(connection, names, cuts, machine, calls, unpublished))
  }
}

function loadEvents(connection: Connection, portion: EventPortion, tally: Tally, now: number): void {
  for (const { id, event } of missingEvents(portion, targetLog(connection), now, tally)) {
    const { session_id, project_id, machine_id } = JSON.parse(event.data) as Record<string, unknown>
    const text = (value: unknown) => (typeof value === 'string' ? value : null)
    connection
      .prepare('INSERT INTO event (event_id, event, at, session_id, project_id, machine_id, data) VALUES (?, ?, ?, ?, ?, ?, ?)')
      .run(id, event.event, event.at, text(session_id), text(project_id), text(machine_id), event.data)
  }
  useEventIds(connection, portion.used)
}

function targetLog(connection: Connection): TargetLog {
  const columns = 'SELECT event_id AS id, event, at, data FROM event'
  const same = connection.prepare('SELECT event_id FROM event WHERE at = ? AND event = ? AND data = ?').pluck()
  const [latestAt] = connection.rows('SELECT max(at) FROM event').get() as [number | null]
  return {
    last: lastEventId(connection),
    oldest: connection.prepare(`${columns} ORDER BY event_id LIMIT 1`).get() as CopiedEvent | undefined,
    latestAt: latestAt ?? undefined,
    withId: (id) => connection.prepare(`${columns} WHERE event_id = ?`).get(id) as CopiedEvent | undefined,
    same: ({ at, event, data }) => same.all(at, event, data) as number[],
  }
}

/** Marks the ids up to `last` as used. */
function useEventIds(connection: Connection, last: number): void {
  if (last <= lastEventId(connection)) return
  const { changes } = connection.prepare("UPDATE sqlite_sequence SET seq = ? WHERE name = 'event'").run(last)
  if (changes === 0) connection.prepare("INSERT INTO sqlite_sequence (name, seq) VALUES ('event', ?)").run(last)
}

function loadResult(connection: Connection, result: CopiedResult, tally: Tally): void {
  const known = connection.prepare('SELECT made_at FROM once WHERE owner = ? AND key = ?').get(result.owner, result.key) as
    | Pick<CopiedResult, 'made_at'>
    | undefined
  const next = newerResult(known, result)
  if (next !== undefined) {
    connection.prepare('DELETE FROM once WHERE owner = ? AND key = ?').run(result.owner, result.key)
    insertRow(connection, 'once', { ...next })
  }
  tally.count('answers', became(known, next))
}
