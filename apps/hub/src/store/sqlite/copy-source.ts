import type { SessionRecord } from '../../state/session-record.ts'
import type { CopySource } from '../copy/dump.ts'
import type { CopiedEvent, CopiedResult, GlobalsPortion, PortionSize, ReportedCall, SessionWithTasks } from '../copy/portion.ts'
import type { LimitDay } from '../limit-day.ts'
import { MAX_OBSERVED_EVENTS } from '../session.ts'
import { alertRowsSql, alertTables, copiedAlertRow, type StoredAlertRow } from './alert-copy.ts'
import { type AuditRow, auditEntryOf } from './audit-log.ts'
import { storedBudgets } from './budget.ts'
import type { Connection } from './connection.ts'
import { storedDeletions, storedRemovals } from './deletion.ts'
import { storedFolders } from './folder.ts'
import { type KeyRow, keyOf } from './key.ts'
import { readCollectors, readPlans, type VersionRow, versionOfRow } from './limits/copy.ts'
import type { MachineRows } from './machine-rows.ts'
import type { Names } from './name.ts'
import { observedEvents } from './observed-event.ts'
import { storedViews } from './saved-view.ts'
import { storedSignIns } from './sign-in.ts'
import type { TaskRows } from './task.ts'
import { type CallValues, callColumns, callOf, PLACE } from './usage/call-row.ts'

/** The parts of this store that a copy reads. */
export interface SourceParts {
  readonly connection: Connection
  readonly names: Names
  readonly machines: MachineRows
  readonly tasks: TaskRows
}

/** Each page is a read of its own, so that a hub that uses this file can checkpoint its log in between. */
export function copySource(parts: SourceParts, size: PortionSize): CopySource {
  const { connection, names, machines } = parts
  const read = <Row>(sql: string, options: Omit<PageOptions<Row>, 'limit'> & { readonly limit?: number }) =>
    pages<Row>(connection, sql, { limit: size.rows, ...options })
  return {
    globals: () => connection.read(() => readGlobals(connection)),
    *keys() {
      const sql = 'SELECT * FROM key WHERE key_id > ? ORDER BY key_id'
      for (const rows of read<KeyRow>(sql, { first: [''], after: ({ key_id }) => [key_id] })) {
        yield rows.map((row) => ({ key: keyOf(row), hash: row.hash }))
      }
    },
    *audit() {
      const sql = 'SELECT audit_id AS id, at, action, key_id, key_name, address, details FROM audit WHERE audit_id > ? ORDER BY audit_id'
      for (const rows of read<AuditRow>(sql, { first: [0], after: ({ id }) => [id] })) yield rows.map(auditEntryOf)
    },
    *machines() {
      const sql = 'SELECT machine_id AS id FROM machine WHERE machine_id > ? ORDER BY machine_id'
      for (const rows of read<{ id: string }>(sql, { first: [''], after: ({ id }) => [id], limit: size.largeRows })) {
        yield connection.read(() => rows.flatMap(({ id }) => machines.byId(id) ?? []))
      }
    },
    sessions: () => sessionsOf(parts, size),
    *calls() {
      const columns = callColumns.join(', ')
      const counted = `SELECT call_id, key, ${columns} FROM call WHERE call_id > ?
        AND NOT EXISTS (SELECT 1 FROM reported_call WHERE reported_call.key = call.key) ORDER BY call_id`
      for (const rows of read<KeyedCall>(counted, { first: [0], after: ([id]) => [id], asArrays: true })) {
        yield connection.read(() => rows.map((row) => reportedCall(names, row)))
      }
      // As they were reported: the target works out for itself what counts.
      const reported = `SELECT 0, key, ${columns} FROM reported_call WHERE key > ? ORDER BY key`
      for (const rows of read<KeyedCall>(reported, { first: [''], after: ([, key]) => [key], asArrays: true })) {
        yield connection.read(() => rows.map((row) => reportedCall(names, row)))
      }
    },
    *snapshots() {
      const sql = 'SELECT * FROM reading WHERE (at, reading_id) > (?, ?) ORDER BY at, reading_id'
      const first = [Number.MIN_SAFE_INTEGER, '']
      for (const rows of read<VersionRow>(sql, { first, after: (row) => [row.at, row.reading_id], limit: size.largeRows })) {
        yield rows.map(versionOfRow)
      }
    },
    days() {
      const sql = 'SELECT * FROM limit_day WHERE (account, window, day) > (?, ?, ?) ORDER BY account, window, day'
      return read<LimitDay>(sql, { first: ['', '', 0], after: ({ account, window, day }) => [account, window, day] })
    },
    plans: () => [connection.read(() => readPlans(connection))],
    collectors: () => [connection.read(() => readCollectors(connection))],
    *alerts() {
      for (const table of alertTables) {
        for (const rows of read<StoredAlertRow>(alertRowsSql(table), { first: [''], after: ({ id }) => [id] })) {
          const copied = rows.flatMap((row) => copiedAlertRow(table, row))
          if (copied.length > 0) yield copied
        }
      }
    },
    lastEventId: () => connection.read(() => lastEventId(connection)),
    *events(upTo) {
      const sql = 'SELECT event_id AS id, event, at, data FROM event WHERE event_id > ? ORDER BY event_id'
      for (const rows of read<CopiedEvent>(sql, { first: [0], after: ({ id }) => [id] })) {
        const known = rows.filter(({ id }) => id <= upTo)
        if (known.length > 0) yield known
      }
    },
    *results(after) {
      const sql = 'SELECT owner, key, fingerprint, result, made_at FROM once WHERE (owner, key) > (?, ?) ORDER BY owner, key'
      const options = { first: ['', ''], after: ({ owner, key }: CopiedResult) => [owner, key], limit: size.largeRows }
      for (const rows of read<CopiedResult>(sql, options)) yield rows.filter(({ made_at }) => made_at > after)
    },
  }
}

interface PageOptions<Row> {
  readonly first: readonly (string | number)[]
  /** The values of a row after which the next page begins. */
  after(row: Row): readonly (string | number)[]
  readonly limit: number
  readonly asArrays?: true
}

/** @param sql ends with an ORDER BY of the columns of `after` */
function* pages<Row>(connection: Connection, sql: string, { first, after, limit, asArrays }: PageOptions<Row>): Generator<Row[]> {
  const statement = () => (asArrays ? connection.rows(`${sql} LIMIT ?`) : connection.prepare(`${sql} LIMIT ?`))
  for (let from = first; ; ) {
    const rows = connection.read(() => statement().all(...from, limit) as Row[])
    if (rows.length > 0) yield rows
    if (rows.length < limit) return
    from = after(rows.at(-1)!)
  }
}

function* sessionsOf({ connection, tasks }: SourceParts, { rows: limit }: PortionSize): Generator<SessionWithTasks> {
  const ids = 'SELECT session_id AS id FROM session WHERE session_id > ? ORDER BY session_id'
  for (const rows of pages<{ id: string }>(connection, ids, { first: [''], after: ({ id }) => [id], limit })) {
    for (const { id } of rows) {
      // In one read, so that no change comes between them.
      const found = connection.read(() => ({
        session: connection.prepare('SELECT * FROM session WHERE session_id = ?').get(id) as SessionRecord | undefined,
        tasks: tasks.ofSession(id),
        observed: observedEvents(connection, id, MAX_OBSERVED_EVENTS),
      }))
      const { session, ...parts } = found
      if (session !== undefined) yield { session, ...parts }
    }
  }
}

type KeyedCall = [call_id: number, key: string, ...values: CallValues]

function reportedCall(names: Names, [, key, ...values]: KeyedCall): ReportedCall {
  const [machine] = names.place(values[PLACE])
  return { machine: names.textOf(machine) ?? '', call: callOf(names, key, values) }
}

export function readGlobals(connection: Connection): GlobalsPortion {
  const secret = connection.prepare("SELECT value FROM meta WHERE name = 'cookie_secret'").pluck().get() as string | undefined
  return {
    kind: 'whole',
    cookieSecret: secret,
    lastIngestAt: lastIngestAt(connection) ?? undefined,
    deletions: storedDeletions(connection),
    removals: storedRemovals(connection),
    signIns: storedSignIns(connection),
    folders: storedFolders(connection),
    budgets: storedBudgets(connection),
    savedViews: storedViews(connection),
  }
}

export function lastIngestAt(connection: Connection): number | null {
  return connection.prepare('SELECT last_ingest_at FROM usage_state').pluck().get() as number | null
}

/** The last id ever used. */
export function lastEventId(connection: Connection): number {
  return (connection.prepare("SELECT seq FROM sqlite_sequence WHERE name = 'event'").pluck().get() as number | undefined) ?? 0
}
