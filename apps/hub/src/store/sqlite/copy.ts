import type { Key } from '@signalbox/contract/key'
import type { SessionRecord } from '../../state/session-record.ts'
import type { TaskRecord } from '../../state/task-record.ts'
import { newerAnswer, newerKey, newerMachine, newerSecret, newerSession, newerTask } from '../copy/newer.ts'
import { placeOf, tooOld } from '../copy/place-event.ts'
import {
  type EventPortion,
  type KeptAnswer,
  type KeptEvent,
  type KeptKey,
  PORTION_LARGE,
  PORTION_ROWS,
  type Portion,
  type ReportedCall,
  type SessionWithTasks,
  sessionPieces,
  type WholePortion,
} from '../copy/portion.ts'
import { became, hasOwnSecret, otherKeyHasHash, otherTaskHasId, Tally } from '../copy/tally.ts'
import { type CopyStore, type LimitDay, ONCE_KEPT_MS } from '../store.ts'
import type { PriceCuts } from '../usage/price-cuts.ts'
import type { Connection } from './connection.ts'
import { type KeyRow, keyOf } from './key.ts'
import { collectorsOf, loadCollector, loadDay, loadPlan, loadReading, plansOf, type ReadingRow, readingOfRow } from './limits/copy.ts'
import type { MachineRows } from './machine.ts'
import type { Names } from './name.ts'
import type { RecentSessions } from './recent-sessions.ts'
import { insertRow } from './row.ts'
import type { TaskRows } from './task.ts'
import { type CallRow, callColumns, callOf, ingest } from './usage/ingest.ts'
import type { Transaction, Writer } from './writer.ts'

/** The parts of this store that a copy reads and writes. */
export interface CopyParts {
  readonly connection: Connection
  readonly writer: Writer
  readonly names: Names
  readonly cuts: PriceCuts
  readonly machines: MachineRows
  readonly tasks: TaskRows
  readonly recent: RecentSessions
}

export function copyStore(parts: CopyParts): CopyStore {
  const { connection, writer } = parts
  return {
    async size() {
      const count = (table: string) => (connection.rows(`SELECT count(*) FROM ${table}`).get() as [number])[0]
      return connection.read(() => ({
        keys: count('key'),
        machines: count('machine'),
        sessions: count('session'),
        calls: count('call'),
        readings: count('reading'),
        series: count('limit_day'),
        plans: count('limit_account'),
        collectors: count('collector'),
        events: count('event'),
        answers: count('once'),
      }))
    },
    dump: (now) => dump(parts, now),
    load(portion, _source, now) {
      return writer.write({ now }, (transaction) => {
        const tally = new Tally()
        return { tally, waiting: load(parts, portion, tally, transaction) }
      })
    },
    async settle() {
      // All of it is durable in the log beside the file; from here on the file can be taken away alone.
      connection.read(() => connection.db.pragma('wal_checkpoint(TRUNCATE)'))
    },
  }
}

/** Each page is read by itself, so that a hub that writes to this file can go on with its log in between. */
async function* dump(parts: CopyParts, now: number): AsyncGenerator<Portion> {
  const { connection, names, machines } = parts
  yield connection.read(() => wholeOf(connection))

  for (const rows of pages<KeyRow>(connection, 'SELECT * FROM key WHERE key_id > ? ORDER BY key_id', [''], ({ key_id }) => [key_id])) {
    yield { kind: 'keys', rows: rows.map((row) => ({ key: keyOf(row), hash: row.hash })) }
  }

  const machineIds = 'SELECT machine_id FROM machine WHERE machine_id > ? ORDER BY machine_id'
  for (const rows of pages<{ machine_id: string }>(connection, machineIds, [''], ({ machine_id }) => [machine_id], PORTION_LARGE)) {
    yield { kind: 'machines', rows: connection.read(() => rows.flatMap(({ machine_id }) => machines.byId(machine_id) ?? [])) }
  }

  yield* sessionPieces(sessionsOf(parts))

  const calls = `SELECT call_id, key, ${callColumns} FROM call WHERE call_id > ? ORDER BY call_id`
  for (const rows of pages<KeyedCall>(connection, calls, [0], ([id]) => [id], PORTION_ROWS, true)) {
    yield { kind: 'calls', rows: connection.read(() => rows.map((row) => reported(names, row))) }
  }

  const readings = 'SELECT * FROM reading WHERE (at, reading_id) > (?, ?) ORDER BY at, reading_id'
  const first = [Number.MIN_SAFE_INTEGER, '']
  for (const rows of pages<ReadingRow>(connection, readings, first, ({ at, reading_id }) => [at, reading_id], PORTION_LARGE)) {
    yield { kind: 'readings', rows: rows.map(readingOfRow) }
  }
  const days = 'SELECT * FROM limit_day WHERE (account, window, day) > (?, ?, ?) ORDER BY account, window, day'
  for (const rows of pages<LimitDay>(connection, days, ['', '', 0], ({ account, window, day }) => [account, window, day])) {
    yield { kind: 'series', rows }
  }
  yield { kind: 'plans', rows: connection.read(() => plansOf(connection)) }
  yield { kind: 'collectors', rows: connection.read(() => collectorsOf(connection)) }

  // Not beyond what is there now: each id that is said to be used comes with its event, or had lost it before.
  const used = connection.read(() => lastEventId(connection))
  const events = 'SELECT event_id AS id, event, at, data FROM event WHERE event_id > ? ORDER BY event_id'
  for (const rows of pages<KeptEvent>(connection, events, [0], ({ id }) => [id])) {
    const known = rows.filter(({ id }) => id <= used)
    if (known.length > 0) yield { kind: 'events', rows: known, used: known.at(-1)!.id }
  }
  yield { kind: 'events', rows: [], used }

  const answers = 'SELECT owner, key, fingerprint, result, made_at FROM once WHERE (owner, key) > (?, ?) ORDER BY owner, key'
  for (const rows of pages<KeptAnswer>(connection, answers, ['', ''], ({ owner, key }) => [owner, key], PORTION_LARGE)) {
    yield { kind: 'answers', rows: rows.filter(({ made_at }) => made_at > now - ONCE_KEPT_MS) }
  }
}

/**
 * @param sql ends with its order, which is that of `after`
 * @param after the values of a row behind which the next page begins
 */
function* pages<Row>(
  connection: Connection,
  sql: string,
  first: readonly (string | number)[],
  after: (row: Row) => readonly (string | number)[],
  limit = PORTION_ROWS,
  asArrays = false,
): Generator<Row[]> {
  const statement = () => (asArrays ? connection.rows(`${sql} LIMIT ?`) : connection.prepare(`${sql} LIMIT ?`))
  for (let from = first; ; ) {
    const rows = connection.read(() => statement().all(...from, limit) as Row[])
    if (rows.length > 0) yield rows
    if (rows.length < limit) return
    from = after(rows.at(-1)!)
  }
}

function wholeOf(connection: Connection): WholePortion {
  const secret = connection.prepare("SELECT value FROM meta WHERE name = 'cookie_secret'").pluck().get() as string | undefined
  return { kind: 'whole', cookieSecret: secret, lastIngestAt: lastIngestAt(connection) ?? undefined }
}

function* sessionsOf({ connection, tasks }: CopyParts): Generator<SessionWithTasks> {
  const ids = 'SELECT session_id FROM session WHERE session_id > ? ORDER BY session_id'
  const session = 'SELECT * FROM session WHERE session_id = ?'
  for (const rows of pages<{ session_id: string }>(connection, ids, [''], ({ session_id }) => [session_id])) {
    for (const { session_id: id } of rows) {
      // Together, so that no change comes between them.
      const found = connection.read(() => ({
        session: connection.prepare(session).get(id) as SessionRecord | undefined,
        tasks: tasks.ofSession(id),
      }))
      if (found.session !== undefined) yield { session: found.session, tasks: found.tasks }
    }
  }
}

type KeyedCall = CallRow extends [number, ...infer Values] ? [call_id: number, key: string, ...values: Values] : never

function reported(names: Names, [, key, ...values]: KeyedCall): ReportedCall {
  const [machine] = names.place(values[2])
  return { machine: names.textOf(machine) ?? '', call: callOf(names, key, values) }
}

/** Inside a transaction. @returns sessions that had to come without their slot */
function load(parts: CopyParts, portion: Portion, tally: Tally, transaction: Transaction): SessionWithTasks[] {
  switch (portion.kind) {
    case 'whole':
      loadWhole(parts, portion, tally)
      break
    case 'keys':
      for (const key of portion.rows) loadKey(parts, key, tally)
      break
    case 'machines':
      for (const machine of portion.rows) {
        const known = parts.machines.byId(machine.machine_id)
        const next = newerMachine(known, machine)
        if (next !== undefined) {
          parts.connection.prepare('DELETE FROM machine WHERE machine_id = ?').run(machine.machine_id)
          parts.machines.insert(next)
        }
        tally.count('machines', became(known, next))
      }
      break
    case 'sessions':
      return portion.rows.filter((one) => !loadSession(parts, one, tally))
    case 'calls':
      loadCalls(parts, portion.rows, tally, transaction)
      break
    case 'readings':
      for (const reading of portion.rows) loadReading(parts.connection, reading, tally)
      break
    case 'series':
      for (const day of portion.rows) loadDay(parts.connection, day, tally)
      break
    case 'plans':
      for (const plan of portion.rows) loadPlan(parts.connection, plan, tally)
      break
    case 'collectors':
      for (const collector of portion.rows) loadCollector(parts.connection, collector, tally)
      break
    case 'events':
      loadEvents(parts, portion, tally, transaction.now)
      break
    case 'answers':
      for (const answer of portion.rows) loadAnswer(parts, answer, tally)
      break
  }
  return []
}

function loadWhole({ connection }: CopyParts, { cookieSecret, lastIngestAt: at }: WholePortion, tally: Tally): void {
  if (at !== undefined) connection.prepare('UPDATE usage_state SET last_ingest_at = max(coalesce(last_ingest_at, ?), ?)').run(at, at)
  if (cookieSecret === undefined) return
  const own = wholeOf(connection).cookieSecret
  const hasKeys = connection.prepare('SELECT 1 FROM key LIMIT 1').get() !== undefined
  const next = newerSecret(own, cookieSecret, hasKeys)
  if (next !== undefined) connection.prepare("INSERT OR REPLACE INTO meta (name, value) VALUES ('cookie_secret', ?)").run(next)
  if (next === undefined && own !== cookieSecret) tally.skip('secret', hasOwnSecret, 'the cookie secret')
  else tally.count('secret', became(own, next))
}

function loadKey({ connection }: CopyParts, { key, hash }: KeptKey, tally: Tally): void {
  const row = connection.prepare('SELECT * FROM key WHERE key_id = ?').get(key.key_id) as KeyRow | undefined
  const next = newerKey(row && keyOf(row), key)
  const twin = connection.prepare('SELECT 1 FROM key WHERE hash = ? AND key_id <> ?').get(hash, key.key_id)
  if (next === undefined) tally.count('keys', 'unchanged')
  else if (twin !== undefined) tally.skip('keys', otherKeyHasHash, key.key_id)
  else {
    putKey(connection, next, hash)
    tally.count('keys', became(row, next))
  }
}

function putKey(connection: Connection, key: Key, hash: string): void {
  const { created_at, last_used_at, expires_at, revoked_at, scopes, ...texts } = key
  const instant = (text: string | undefined) => (text === undefined ? null : Date.parse(text))
  connection.prepare('DELETE FROM key WHERE key_id = ?').run(key.key_id)
  insertRow(connection, 'key', {
    ...texts,
    scopes: JSON.stringify(scopes),
    hash,
    created_at: instant(created_at),
    last_used_at: instant(last_used_at),
    expires_at: instant(expires_at),
    revoked_at: instant(revoked_at),
  })
}

/** @returns whether it has the slot it came with */
function loadSession({ connection, tasks: rows, recent }: CopyParts, { session, tasks }: SessionWithTasks, tally: Tally): boolean {
  const { session_id: id, machine_id, docker_slot } = session
  const known = connection.prepare('SELECT * FROM session WHERE session_id = ?').get(id) as SessionRecord | undefined
  let next = newerSession(known, session)
  const holder = 'SELECT 1 FROM session WHERE machine_id = ? AND docker_slot = ? AND session_id <> ?'
  const without = next !== undefined && docker_slot !== null && connection.prepare(holder).get(machine_id, docker_slot, id) !== undefined
  // It has waited for this slot before, and there is nothing else to write.
  if (without) next = known?.revision === session.revision ? undefined : { ...session, docker_slot: null }
  if (next !== undefined) {
    // Not by an update: the counts follow only those that a hub makes.
    recent.forget(id)
    connection.prepare('DELETE FROM session WHERE session_id = ?').run(id)
    insertRow(connection, 'session', { ...next })
  }
  tally.count('sessions', became(known, next))
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
  return !without
}

function loadCalls({ connection, names, cuts }: CopyParts, rows: readonly ReportedCall[], tally: Tally, transaction: Transaction): void {
  const quiet: Transaction = { ...transaction, now: lastIngestAt(connection) ?? transaction.now, tell: () => {} }
  for (const [machine, ofMachine] of Map.groupBy(rows, (row) => row.machine)) {
    const calls = ofMachine.map(({ call }) => call)
    const { accepted, improved, duplicates } = ingest(connection, names, cuts, machine, calls, quiet)
    tally.count('calls', 'added', accepted)
    tally.count('calls', 'updated', improved)
    tally.count('calls', 'unchanged', duplicates)
  }
}

function loadEvents({ connection }: CopyParts, { rows, used }: EventPortion, tally: Tally, now: number): void {
  const piece = new Map(rows.map((row) => [row.id, row]))
  const event = 'SELECT event_id AS id, event, at, data FROM event'
  const same = connection.prepare('SELECT event_id FROM event WHERE at = ? AND event = ? AND data = ?').pluck()
  const [latestAt] = connection.rows('SELECT max(at) FROM event').get() as [number | null]
  const log = {
    last: lastEventId(connection),
    oldest: connection.prepare(`${event} ORDER BY event_id LIMIT 1`).get() as KeptEvent | undefined,
    latestAt: latestAt ?? undefined,
    withId: (id: number) => connection.prepare(`${event} WHERE event_id = ?`).get(id) as KeptEvent | undefined,
    same: ({ at, event, data }: KeptEvent) => same.all(at, event, data) as number[],
  }
  for (const row of rows) {
    const place = placeOf(row, piece, log, now)
    if (place === 'old') tally.skip('events', tooOld, String(row.id))
    else if (place === 'there') tally.count('events', 'unchanged')
    else {
      const { session_id, project_id, machine_id } = JSON.parse(row.data) as Record<string, unknown>
      const text = (value: unknown) => (typeof value === 'string' ? value : null)
      const { lastInsertRowid } = connection
        .prepare('INSERT INTO event (event_id, event, at, session_id, project_id, machine_id, data) VALUES (?, ?, ?, ?, ?, ?, ?)')
        .run(place === 'id' ? row.id : null, row.event, row.at, text(session_id), text(project_id), text(machine_id), row.data)
      log.last = Number(lastInsertRowid)
      tally.count('events', 'added')
    }
  }
  useEventIds(connection, used)
}

function loadAnswer({ connection }: CopyParts, answer: KeptAnswer, tally: Tally): void {
  const known = connection.prepare('SELECT made_at FROM once WHERE owner = ? AND key = ?').get(answer.owner, answer.key) as
    | Pick<KeptAnswer, 'made_at'>
    | undefined
  const next = newerAnswer(known, answer)
  if (next !== undefined) {
    connection.prepare('DELETE FROM once WHERE owner = ? AND key = ?').run(answer.owner, answer.key)
    insertRow(connection, 'once', { ...next })
  }
  tally.count('answers', became(known, next))
}

function lastIngestAt(connection: Connection): number | null {
  return connection.prepare('SELECT last_ingest_at FROM usage_state').pluck().get() as number | null
}

/** The last id that was ever used. */
function lastEventId(connection: Connection): number {
  return (connection.prepare("SELECT seq FROM sqlite_sequence WHERE name = 'event'").pluck().get() as number | undefined) ?? 0
}

/** No event gets one of these ids any more. */
function useEventIds(connection: Connection, last: number): void {
  if (last <= lastEventId(connection)) return
  const { changes } = connection.prepare("UPDATE sqlite_sequence SET seq = ? WHERE name = 'event'").run(last)
  if (changes === 0) connection.prepare("INSERT INTO sqlite_sequence (name, seq) VALUES ('event', ?)").run(last)
}
