import type { CollectorHealth } from '@signalbox/contract/limits'
import type { NewEvent } from '../store/store.ts'

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

/** What is known of it; instants are milliseconds. */
export interface KnownWord {
  readonly accountAt?: number | undefined
  readonly health?: CollectorHealth | undefined
  readonly healthAt?: number | undefined
}

export interface KeptWord {
  /** The account it names; absent where the known one stays. */
  readonly account?: { readonly name: string; readonly at: number }
  /** Absent where what is known of it stays. */
  readonly health?: { readonly said: CollectorHealth; readonly at: number }
  /** That its state is another one. */
  readonly events: readonly NewEvent[]
}

/** Of a collector's word what is newer than what is known. */
export function keptWord(known: KnownWord | undefined, { machine, account, health, at: spokenAt }: Heard, now: number): KeptWord {
  const at = spokenAt ?? now
  const { accountAt = Number.NEGATIVE_INFINITY, healthAt = Number.NEGATIVE_INFINITY } = known ?? {}
  const names = account !== undefined && at >= accountAt
  // From the outbox of a collector that was away comes what it said long ago; and a clock that was set back must not
  // make us deaf.
  const speaks = health !== undefined && (at >= healthAt || healthAt > now)
  return {
    ...(names ? { account: { name: account, at } } : {}),
    ...(speaks ? { health: { said: health, at } } : {}),
    events:
      speaks && health.state !== known?.health?.state
        ? [{ event: 'limits.snapshot', data: { machine_id: machine, state: health.state } }]
        : [],
  }
}
