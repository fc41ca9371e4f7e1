import type { CollectorHealth } from '@signalbox/contract/collector-health'
import { type CollectorMessage, type KnownCollectorState, mergeCollectorMessage } from '../../../limits/collector-health.ts'
import type { CollectorRecord } from '../../collector.ts'
import type { Connection } from '../connection.ts'
import type { Transaction } from '../writer.ts'

interface CollectorRow {
  account: string | null
  account_at: number | null
  health: string | null
  health_at: number | null
  seen_at: number
  asked_at: number | null
  asking: string | null
}

/** Inside a transaction: stores the newer parts of a report, and publishes a change of the collector's state. */
export function recordCollector(connection: Connection, report: CollectorMessage, { now, publish }: Transaction): void {
  const { machine, asking } = report
  const known = connection.prepare('SELECT * FROM collector WHERE machine_id = ?').get(machine) as CollectorRow | undefined
  const { account, health, events } = mergeCollectorMessage(known && reportOf(known), report, now)
  connection
    .prepare(
      `INSERT OR REPLACE INTO collector (machine_id, account, account_at, health, health_at, seen_at, asked_at, asking)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
    )
    .run(
      machine,
      account?.name ?? known?.account ?? null,
      account?.at ?? known?.account_at ?? null,
      health === undefined ? (known?.health ?? null) : JSON.stringify(health.value),
      health?.at ?? known?.health_at ?? null,
      now,
      asking === undefined ? (known?.asked_at ?? null) : now,
      asking ?? known?.asking ?? null,
    )
  for (const event of events) publish(event)
}

/** Inside a transaction. */
export function disconnectCollector(connection: Connection, machine: string, asking: string): void {
  connection.prepare('UPDATE collector SET asked_at = NULL WHERE machine_id = ? AND asking = ?').run(machine, asking)
}

export function collectorRecords(connection: Connection): CollectorRecord[] {
  const sql = 'SELECT machine_id, account, health, seen_at, asked_at FROM collector ORDER BY seen_at DESC, machine_id'
  const rows = connection.rows(sql).all() as [string, string | null, string | null, number, number | null][]
  return rows.map(([machine, account, health, seenAt, askedAt]) => ({
    machine,
    account: account ?? undefined,
    health: health === null ? undefined : (JSON.parse(health) as CollectorHealth),
    seenAt,
    askedAt: askedAt ?? undefined,
  }))
}

function reportOf({ account, account_at, health, health_at }: CollectorRow): KnownCollectorState {
  return {
    account: account ?? undefined,
    accountAt: account_at ?? undefined,
    health: health === null ? undefined : (JSON.parse(health) as CollectorHealth),
    healthAt: health_at ?? undefined,
  }
}

/** The account of the latest report of a machine that names one. */
export function accountOf(connection: Connection, machine: string): string | undefined {
  const account = connection.prepare('SELECT account FROM collector WHERE machine_id = ?').pluck().get(machine) as string | null | undefined
  return account ?? undefined
}
