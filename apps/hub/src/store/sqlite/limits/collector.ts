import type { CollectorHealth } from '@signalbox/contract/limits'
import type { Connection } from '../connection.ts'
import type { Transaction } from '../writer.ts'

/** What is heard of a collector; instants are milliseconds. */
export interface Heard {
  readonly machine: string
  readonly account?: string | undefined
  readonly health?: CollectorHealth | undefined
  /** Of when it speaks, where that is not now. */
  readonly at?: number
  /** A name for its question, where it asked for work. */
  readonly asking?: string
}

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
  const { machine, account, health, asking, at = now } = heard
  const known = connection.prepare('SELECT * FROM collector WHERE machine_id = ?').get(machine) as CollectorRow | undefined
  const names = account !== undefined && at >= (known?.account_at ?? Number.NEGATIVE_INFINITY)
  // From the outbox of a collector that was away comes what it said long ago; and a clock that was set back must not
  // make us deaf.
  const speaks = health !== undefined && (at >= (known?.health_at ?? Number.NEGATIVE_INFINITY) || (known?.health_at ?? 0) > now)
  const before = known?.health == null ? undefined : (JSON.parse(known.health) as CollectorHealth).state
  connection
    .prepare(
      `INSERT OR REPLACE INTO collector (machine_id, account, account_at, health, health_at, seen_at, asked_at, asking)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
    )
    .run(
      machine,
      names ? account : (known?.account ?? null),
      names ? at : (known?.account_at ?? null),
      speaks ? JSON.stringify(health) : (known?.health ?? null),
      speaks ? at : (known?.health_at ?? null),
      now,
      asking === undefined ? (known?.asked_at ?? null) : now,
      asking ?? known?.asking ?? null,
    )
  if (speaks && health.state !== before) tell({ event: 'limits.snapshot', data: { machine_id: machine, state: health.state } })
}

/** The account that a machine named last. */
export function accountOf(connection: Connection, machine: string): string | undefined {
  const account = connection.prepare('SELECT account FROM collector WHERE machine_id = ?').pluck().get(machine) as string | null | undefined
  return account ?? undefined
}
