import type { CollectorHealth } from '@signalbox/contract/limits'
import { type Heard, type KnownWord, keptWord } from '../../../limits/collector-word.ts'
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

/** Inside a transaction: keeps what is newer, and tells when its state is another one. */
export function hearCollector(connection: Connection, heard: Heard, { now, tell }: Transaction): void {
  const { machine, asking } = heard
  const known = connection.prepare('SELECT * FROM collector WHERE machine_id = ?').get(machine) as CollectorRow | undefined
  const { account, health, events } = keptWord(known && wordOf(known), heard, now)
  connection
    .prepare(
      `INSERT OR REPLACE INTO collector (machine_id, account, account_at, health, health_at, seen_at, asked_at, asking)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
    )
    .run(
      machine,
      account?.name ?? known?.account ?? null,
      account?.at ?? known?.account_at ?? null,
      health === undefined ? (known?.health ?? null) : JSON.stringify(health.said),
      health?.at ?? known?.health_at ?? null,
      now,
      asking === undefined ? (known?.asked_at ?? null) : now,
      asking ?? known?.asking ?? null,
    )
  for (const event of events) tell(event)
}

function wordOf({ account_at, health, health_at }: CollectorRow): KnownWord {
  return {
    accountAt: account_at ?? undefined,
    health: health === null ? undefined : (JSON.parse(health) as CollectorHealth),
    healthAt: health_at ?? undefined,
  }
}

/** The account that a machine named last. */
export function accountOf(connection: Connection, machine: string): string | undefined {
  const account = connection.prepare('SELECT account FROM collector WHERE machine_id = ?').pluck().get(machine) as string | null | undefined
  return account ?? undefined
}
