import type { CollectorHealth, LimitReading, LimitTrigger, triggerSteps } from '@signalbox/contract/limits'
import { DAY_MS } from '../../../limits/day-hours.ts'
import type { KeptReading } from '../../../limits/kept-reading.ts'
import type { WindowName } from '../../../limits/window-samples.ts'
import {
  type CollectorRecord,
  type LimitDay,
  type LimitStore,
  type StorageMetadata,
  THINNED_DAYS,
  TRIGGER_RUNS_MS,
  TRIGGER_WAITS_MS,
} from '../../store.ts'
import type { Connection } from '../connection.ts'
import type { Transaction, Writer } from '../writer.ts'
import { hearCollector } from './collector.ts'
import { putReading } from './put.ts'

type ReadingRow = [id: string, account: string, at: number, receivedAt: number, body: string]
const columns = 'reading_id, account, at, received_at, body'
/** Of one look, so that nobody waits long behind it. */
const PIECE = 500
const REMOVED_AT_ONCE = 1000
/** Ended triggers are remembered for a day. */
const TRIGGERS_KEPT_MS = DAY_MS

export function limitStore(connection: Connection, writer: Writer): LimitStore {
  const one = (sql: string, ...values: unknown[]): KeptReading | undefined => {
    const row = connection.read(() => connection.rows(`SELECT ${columns} FROM reading WHERE ${sql}`).get(...values)) as
      | ReadingRow
      | undefined
    return row && keptReading(row)
  }
  const endTrigger = ({ tell, now }: Transaction, id: string, machine: string, step: 'done' | 'failed', message?: string) => {
    const { changes } = connection
      .prepare(
        "UPDATE limit_trigger SET step = ?, changed_at = ? WHERE trigger_id = ? AND machine_id = ? AND step IN ('requested', 'picked_up')",
      )
      .run(step, now, id, machine)
    if (changes === 1) tellTrigger(tell, { id, machine_id: machine, step, ...(message === undefined ? {} : { message }) })
    return changes
  }
  return {
    put(reading, change) {
      return writer.write(change, (transaction) => putReading(connection, reading, transaction))
    },
    async accounts() {
      const rows = connection.read(() =>
        connection
          .rows(
            `SELECT account, versions, created,
              (SELECT min(at) FROM reading r WHERE r.account = a.account) AS oldest,
              (SELECT max(at) FROM reading r WHERE r.account = a.account) AS newest
            FROM limit_account a ORDER BY newest DESC NULLS LAST, account`,
          )
          .all(),
      ) as [string, number, number, number | null, number | null][]
      return rows.map(([account, versions, created, oldest, newest]) => ({
        account,
        versions,
        created,
        oldestAt: oldest ?? undefined,
        newestAt: newest ?? undefined,
      }))
    },
    async heads(accounts) {
      const sql = `SELECT ${columns.replace(/\w+/g, 'r.$&')} FROM reading_head h JOIN reading r ON r.reading_id = h.reading_id WHERE h.account = ?`
      const rows = connection.read(() => accounts.flatMap((account) => connection.rows(sql).all(account))) as ReadingRow[]
      return rows.map(keptReading)
    },
    async version(accounts, version) {
      if (version < 1) return undefined
      return one(`account ${among(accounts)} ORDER BY at, reading_id LIMIT 1 OFFSET ?`, ...accounts, version - 1)
    },
    async nearest(accounts, at) {
      const before = one(`account ${among(accounts)} AND at <= ? ORDER BY at DESC LIMIT 1`, ...accounts, at)
      // Of several of one instant the same one, whichever side it lies on.
      const earlier = before && one(`account ${among(accounts)} AND at = ? ORDER BY reading_id LIMIT 1`, ...accounts, before.at)
      const later = one(`account ${among(accounts)} AND at > ? ORDER BY at, reading_id LIMIT 1`, ...accounts, at)
      if (earlier === undefined || later === undefined) return earlier ?? later
      return at - earlier.at <= later.at - at ? earlier : later
    },
    async versionOf(accounts, { at, id }) {
      const sql = `SELECT count(*) FROM reading WHERE account ${among(accounts)} AND (at, reading_id) <= (?, ?)`
      return (connection.read(() => connection.rows(sql).get(...accounts, at, id)) as [number])[0]
    },
    async *readings({ accounts, from = -Number.MAX_SAFE_INTEGER, to = Number.MAX_SAFE_INTEGER } = {}) {
      const of = accounts === undefined ? '' : ` AND account ${among(accounts)}`
      const sql = `SELECT ${columns} FROM reading WHERE (at, reading_id) > (?, ?) AND at <= ?${of} ORDER BY at, reading_id LIMIT ${PIECE}`
      let after: [number, string] = [from, '']
      for (;;) {
        const rows = connection.read(() => connection.rows(sql).all(...after, to, ...(accounts ?? []))) as ReadingRow[]
        if (rows.length > 0) yield rows.map(keptReading)
        if (rows.length < PIECE) return
        const [id, , at] = rows.at(-1)!
        after = [at, id]
        // Between two pieces others have their turn.
        await new Promise((resolve) => setImmediate(resolve))
      }
    },
    async days({ accounts, from, to }) {
      // In the order of its index: to sort them by window too would copy all of them once more.
      const sql = 'SELECT account, window, day, hours FROM limit_day WHERE account = ? AND day BETWEEN ? AND ? ORDER BY day'
      const rows = connection.read(() => accounts.flatMap((account) => connection.prepare(sql).all(account, from, to)))
      return rows as LimitDay[]
    },
    async windows(accounts) {
      const sql = `SELECT window AS key, kind, scope, label FROM limit_window WHERE account ${among(accounts)} ORDER BY at`
      const rows = connection.read(() => connection.prepare(sql).all(...accounts)) as (Omit<WindowName, 'scope'> & {
        scope: string | null
      })[]
      return rows.map(({ scope, ...name }) => ({ ...name, ...(scope === null ? {} : { scope }) }))
    },
    async retain(account, keep, now) {
      const [newest, versions, oldest] = connection.read(() =>
        connection
          .rows(
            `SELECT (SELECT max(at) FROM reading WHERE account = ?), (SELECT versions FROM limit_account WHERE account = ?),
              (SELECT min(at) FROM reading WHERE account = ?)`,
          )
          .get(account, account, account),
      ) as (number | null)[]
      if (newest == null || versions == null) return []
      const base = Math.min(now, newest)
      const cutoff = base - keep.days * DAY_MS
      const lastDay = Math.floor(base / DAY_MS) - THINNED_DAYS
      const [firstDay] = connection.read(() => connection.rows('SELECT min(day) FROM limit_day WHERE account = ?').get(account)) as [
        number | null,
      ]
      const spare = versions - keep.versions
      const hasOldDays = firstDay !== null && firstDay < lastDay
      if ((spare <= 0 || oldest! >= cutoff) && !hasOldDays) return []
      return writer.write({ now }, () => {
        if (hasOldDays) connection.prepare('DELETE FROM limit_day WHERE account = ? AND day < ?').run(account, lastDay)
        if (spare <= 0) return []
        return removeReadings(connection, account, cutoff, keep.versions, now)
      })
    },
    async metadata() {
      return connection.read(() => metadataOf(connection))
    },
    hear(word, change) {
      return writer.write(change, (transaction) => {
        const { machine, account, health, asking, ended = [] } = word
        hearCollector(connection, { machine, account, health, asking }, transaction)
        for (const { id, step, message } of ended) endTrigger(transaction, id, machine, step, message)
      })
    },
    leave(machine, asking) {
      return writer.write({ now: 0 }, () => {
        connection.prepare('UPDATE collector SET asked_at = NULL WHERE machine_id = ? AND asking = ?').run(machine, asking)
      })
    },
    async collectors() {
      const sql = 'SELECT machine_id, account, health, seen_at, asked_at FROM collector ORDER BY seen_at DESC, machine_id'
      const rows = connection.read(() => connection.rows(sql).all()) as [string, string | null, string | null, number, number | null][]
      return rows.map(
        ([machine, account, health, seenAt, askedAt]): CollectorRecord => ({
          machine,
          account: account ?? undefined,
          health: health === null ? undefined : (JSON.parse(health) as CollectorHealth),
          seenAt,
          askedAt: askedAt ?? undefined,
        }),
      )
    },
    requestTrigger(id, machine, change) {
      return writer.write(change, ({ now, tell }) => {
        // A request that is repeated has the same id.
        const { changes } = connection
          .prepare(
            "INSERT INTO limit_trigger (trigger_id, machine_id, step, changed_at) VALUES (?, ?, 'requested', ?) ON CONFLICT DO NOTHING",
          )
          .run(id, machine, now)
        if (changes === 1) tellTrigger(tell, { id, machine_id: machine, step: 'requested' })
      })
    },
    async takeTrigger(machine, now) {
      const waiting = () =>
        connection
          .prepare(
            `SELECT trigger_id FROM limit_trigger WHERE step = 'requested' AND machine_id = ? AND changed_at > ?
              ORDER BY changed_at, trigger_id LIMIT 1`,
          )
          .pluck()
          .get(machine, now - TRIGGER_WAITS_MS) as string | undefined
      // Most who ask find nothing: that is no reason to write.
      if (connection.read(waiting) === undefined) return undefined
      return writer.write({ now }, ({ tell }) => {
        const id = waiting()
        if (id === undefined) return undefined
        connection.prepare("UPDATE limit_trigger SET step = 'picked_up', changed_at = ? WHERE trigger_id = ?").run(now, id)
        const taken: LimitTrigger = { id, machine_id: machine, step: 'picked_up' }
        tellTrigger(tell, taken)
        return taken
      })
    },
    async expireTriggers(now) {
      const late = (step: (typeof triggerSteps)[number], after: number) =>
        connection.rows('SELECT trigger_id, machine_id FROM limit_trigger WHERE step = ? AND changed_at <= ?').all(step, now - after) as [
          string,
          string,
        ][]
      const overdue = () => [
        ...late('requested', TRIGGER_WAITS_MS).map(([id, machine]) => [id, machine, 'the collector did not take it'] as const),
        ...late('picked_up', TRIGGER_RUNS_MS).map(([id, machine]) => [id, machine, 'the collector did not say how it ended'] as const),
      ]
      const old = () => [...late('done', TRIGGERS_KEPT_MS), ...late('failed', TRIGGERS_KEPT_MS)]
      if (connection.read(() => overdue().length + old().length) === 0) return 0
      return writer.write({ now }, (transaction) => {
        for (const [id] of old()) connection.prepare('DELETE FROM limit_trigger WHERE trigger_id = ?').run(id)
        return overdue().reduce((sum, [id, machine, why]) => sum + endTrigger(transaction, id, machine, 'failed', why), 0)
      })
    },
  }
}

function tellTrigger(tell: Transaction['tell'], trigger: LimitTrigger): void {
  tell({ event: 'limits.trigger', data: { ...trigger } })
}

export function keptReading([id, account, at, receivedAt, body]: ReadingRow): KeptReading {
  return { id, account, at, receivedAt, reading: JSON.parse(body) as LimitReading }
}

function among(accounts: readonly string[]): string {
  return accounts.length === 1 ? '= ?' : `IN (${accounts.map(() => '?').join(', ')})`
}

function removeReadings(connection: Connection, account: string, cutoff: number, keep: number, now: number) {
  const rows = connection
    .rows(
      `DELETE FROM reading WHERE at < ? AND reading_id IN (
        SELECT reading_id FROM reading WHERE account = ? ORDER BY at, reading_id
        LIMIT min(${REMOVED_AT_ONCE}, max(0, (SELECT versions FROM limit_account WHERE account = ?) - ?))
      ) RETURNING reading_id, at`,
    )
    .all(cutoff, account, account, keep) as [string, number][]
  if (rows.length === 0) return []
  connection.prepare('UPDATE limit_account SET versions = versions - ?, cleaned_at = ? WHERE account = ?').run(rows.length, now, account)
  connection
    .prepare(
      'DELETE FROM reading_head WHERE account = ? AND NOT EXISTS (SELECT 1 FROM reading r WHERE r.reading_id = reading_head.reading_id)',
    )
    .run(account)
  return rows.map(([id, at]) => ({ id, account, at }))
}

function metadataOf(connection: Connection): StorageMetadata {
  const [versions, created, cleaned] = connection
    .rows('SELECT coalesce(sum(versions), 0), coalesce(sum(created), 0), max(cleaned_at) FROM limit_account')
    .get() as [number, number, number | null]
  const [oldest] = connection.rows('SELECT min(at) FROM reading').get() as [number | null]
  const [newest] = connection.rows('SELECT max(at) FROM reading').get() as [number | null]
  const instant = (ms: number | null) => (ms === null ? null : new Date(ms).toISOString())
  return {
    versionCount: versions,
    oldestTimestamp: instant(oldest),
    newestTimestamp: instant(newest),
    lastCleanup: instant(cleaned),
    totalVersionsCreated: created,
    totalVersionsDeleted: created - versions,
  }
}
