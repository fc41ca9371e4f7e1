import type { CollectorHealth } from '@signalbox/contract/collector-health'
import type { SnapshotBody } from '@signalbox/contract/limit-snapshot'
import { groupsOf, withGroups } from '../../../limits/day-hours.ts'
import type { SnapshotVersion } from '../../../limits/snapshot-version.ts'
import { newerCollector, newerPlan } from '../../copy/newer.ts'
import type { CopiedCollector, CopiedPlan } from '../../copy/portion.ts'
import { became, type Tally } from '../../copy/tally.ts'
import type { LimitDay } from '../../limit-day.ts'
import type { Connection } from '../connection.ts'
import { insertSnapshot } from './snapshot.ts'

export function readPlans(connection: Connection): CopiedPlan[] {
  const names = connection.prepare('SELECT account FROM limit_account ORDER BY account').pluck().all() as string[]
  return names.flatMap((account) => readPlan(connection, account) ?? [])
}

function readPlan(connection: Connection, account: string): CopiedPlan | undefined {
  const row = connection.prepare('SELECT * FROM limit_account WHERE account = ?').get(account) as
    | { created: number; cleaned_at: number | null; name: string | null; named_at: number | null; first_at: number | null }
    | undefined
  if (row === undefined) return undefined
  const windows = connection
    .prepare('SELECT window AS key, kind, scope, label, at FROM limit_window WHERE account = ? ORDER BY window')
    .all(account) as (Omit<CopiedPlan['windows'][number], 'scope'> & { scope: string | null })[]
  return {
    account,
    name: row.name ?? undefined,
    namedAt: row.named_at ?? undefined,
    firstAt: row.first_at ?? undefined,
    created: row.created,
    cleanedAt: row.cleaned_at ?? undefined,
    windows: windows.map(({ scope, ...window }) => ({ ...window, ...(scope === null ? {} : { scope }) })),
  }
}

interface CollectorRow {
  machine_id: string
  account: string | null
  account_at: number | null
  health: string | null
  health_at: number | null
  seen_at: number
}

export function readCollectors(connection: Connection): CopiedCollector[] {
  return (connection.prepare('SELECT * FROM collector ORDER BY machine_id').all() as CollectorRow[]).map(copiedCollector)
}

function copiedCollector({ machine_id, account, account_at, health, health_at, seen_at }: CollectorRow): CopiedCollector {
  return {
    machine: machine_id,
    account: account ?? undefined,
    accountAt: account_at ?? undefined,
    health: health === null ? undefined : (JSON.parse(health) as CollectorHealth),
    healthAt: health_at ?? undefined,
    seenAt: seen_at,
  }
}

export interface VersionRow {
  reading_id: string
  account: string
  at: number
  received_at: number
  body: string
}

export function versionOfRow({ reading_id: id, account, at, received_at: receivedAt, body }: VersionRow): SnapshotVersion {
  return { id, account, at, receivedAt, body: JSON.parse(body) as SnapshotBody }
}

// The functions below run inside a transaction.

export function loadSnapshot(connection: Connection, version: SnapshotVersion, tally: Tally): void {
  const { id, body } = version
  const known = connection.prepare('SELECT 1 FROM reading WHERE named = ? AND key = ?').get(body.account ?? '', body.idempotencyKey ?? id)
  if (known === undefined) insertSnapshot(connection, version)
  tally.count('readings', known === undefined ? 'added' : 'unchanged')
}

export function loadDay(connection: Connection, { account, window, day, hours }: LimitDay, tally: Tally): void {
  const known = connection
    .prepare('SELECT hours FROM limit_day WHERE account = ? AND window = ? AND day = ?')
    .pluck()
    .get(account, window, day) as Buffer | undefined
  const next = withGroups(known, groupsOf(hours))
  if (next !== undefined) {
    connection.prepare('INSERT OR REPLACE INTO limit_day (account, window, day, hours) VALUES (?, ?, ?, ?)').run(account, window, day, next)
  }
  tally.count('series', became(known, next))
}

export function loadPlan(connection: Connection, plan: CopiedPlan, tally: Tally): void {
  const known = readPlan(connection, plan.account)
  const next = newerPlan(known, plan)
  tally.count('plans', became(known, next))
  if (next === undefined) return
  connection
    .prepare(
      `INSERT INTO limit_account (account, versions, created, cleaned_at, name, named_at, first_at) VALUES (?, 0, ?, ?, ?, ?, ?)
        ON CONFLICT DO UPDATE SET created = excluded.created, cleaned_at = excluded.cleaned_at, name = excluded.name,
          named_at = excluded.named_at, first_at = excluded.first_at`,
    )
    .run(next.account, next.created, next.cleanedAt ?? null, next.name ?? null, next.namedAt ?? null, next.firstAt ?? null)
  for (const { key, kind, scope, label, at } of next.windows) {
    connection
      .prepare('INSERT OR REPLACE INTO limit_window (account, window, kind, scope, label, at) VALUES (?, ?, ?, ?, ?, ?)')
      .run(next.account, key, kind, scope ?? null, label, at)
  }
}

export function loadCollector(connection: Connection, collector: CopiedCollector, tally: Tally): void {
  const row = connection.prepare('SELECT * FROM collector WHERE machine_id = ?').get(collector.machine) as CollectorRow | undefined
  const next = newerCollector(row && copiedCollector(row), collector)
  tally.count('collectors', became(row, next))
  if (next === undefined) return
  connection
    .prepare(
      `INSERT INTO collector (machine_id, account, account_at, health, health_at, seen_at) VALUES (?, ?, ?, ?, ?, ?)
        ON CONFLICT DO UPDATE SET account = excluded.account, account_at = excluded.account_at, health = excluded.health,
          health_at = excluded.health_at, seen_at = excluded.seen_at`,
    )
    .run(
      next.machine,
      next.account ?? null,
      next.accountAt ?? null,
      next.health === undefined ? null : JSON.stringify(next.health),
      next.healthAt ?? null,
      next.seenAt,
    )
}
