import type { Call } from '@signalbox/contract/call'
import type { EventType } from '@signalbox/contract/event'
import type { Key } from '@signalbox/contract/key'
import type { CollectorHealth } from '@signalbox/contract/limits'
import type { KeptReading } from '../../limits/kept-reading.ts'
import type { WindowName } from '../../limits/window-samples.ts'
import type { MachineRecord } from '../../state/machine.ts'
import type { SessionRecord } from '../../state/session-record.ts'
import type { TaskRecord } from '../../state/task-record.ts'
import type { LimitDay } from '../store.ts'

/** A piece of a store, small enough to be held in memory and written in one go. */
export type Portion =
  | WholePortion
  | { readonly kind: 'keys'; readonly rows: readonly KeptKey[] }
  | { readonly kind: 'machines'; readonly rows: readonly MachineRecord[] }
  | { readonly kind: 'sessions'; readonly rows: readonly SessionWithTasks[] }
  | { readonly kind: 'calls'; readonly rows: readonly ReportedCall[] }
  | { readonly kind: 'readings'; readonly rows: readonly KeptReading[] }
  | { readonly kind: 'series'; readonly rows: readonly LimitDay[] }
  | { readonly kind: 'plans'; readonly rows: readonly KeptPlan[] }
  | { readonly kind: 'collectors'; readonly rows: readonly KeptCollector[] }
  | EventPortion
  | { readonly kind: 'answers'; readonly rows: readonly KeptAnswer[] }

/** What a store has one of. It comes first: whether the secret is wanted is seen from whether there are keys yet. */
export interface WholePortion {
  readonly kind: 'whole'
  /** Absent while there is none. */
  readonly cookieSecret?: string | undefined
  /** Milliseconds. */
  readonly lastIngestAt?: number | undefined
}

export interface KeptKey {
  readonly key: Key
  /** SHA-256 of the key, hex. */
  readonly hash: string
}

export interface SessionWithTasks {
  readonly session: SessionRecord
  /** In the order they were made. */
  readonly tasks: readonly TaskRecord[]
}

/** A call, and the machine that reported it first. */
export interface ReportedCall {
  readonly machine: string
  readonly call: Call
}

/** What is known of an account beside its readings; after them, because they are counted when they come. */
export interface KeptPlan {
  /** Empty: of readings that name none. */
  readonly account: string
  /** Readings ever. */
  readonly created: number
  /** When retention last removed one, in milliseconds. */
  readonly cleanedAt?: number | undefined
  /** With the instant of the reading that named them so. */
  readonly windows: readonly (WindowName & { readonly at: number })[]
}

/** What a collector said; whether it is there is for the hub that hears it. Instants are milliseconds. */
export interface KeptCollector {
  readonly machine: string
  readonly account?: string | undefined
  readonly accountAt?: number | undefined
  readonly health?: CollectorHealth | undefined
  readonly healthAt?: number | undefined
  readonly seenAt: number
}

export interface EventPortion {
  readonly kind: 'events'
  /** In the order of their ids. */
  readonly rows: readonly KeptEvent[]
  /** The last id that was ever used, at the end of this piece: its event may be gone. */
  readonly used: number
}

export interface KeptEvent {
  readonly id: number
  readonly event: EventType
  /** Milliseconds. */
  readonly at: number
  /** JSON, as it is kept. */
  readonly data: string
}

/** The result of a write with an `Idempotency-Key`. */
export interface KeptAnswer {
  readonly owner: string
  readonly key: string
  readonly fingerprint: string
  /** JSON */
  readonly result: string
  /** Milliseconds. */
  readonly made_at: number
}

/** How many rows a piece holds at most, and how many of those that may be large. */
export const PORTION_ROWS = 1000
export const PORTION_LARGE = 100
/** Tasks of the sessions of a piece; one with more is a piece of its own. */
const PORTION_TASKS = 1000

/** Sessions in pieces that can be held in memory. */
export async function* sessionPieces(sessions: AsyncIterable<SessionWithTasks> | Iterable<SessionWithTasks>): AsyncGenerator<Portion> {
  let rows: SessionWithTasks[] = []
  let tasks = 0
  for await (const one of sessions) {
    if (rows.length === PORTION_LARGE || (rows.length > 0 && tasks + one.tasks.length > PORTION_TASKS)) {
      yield { kind: 'sessions', rows }
      rows = []
      tasks = 0
    }
    rows.push(one)
    tasks += one.tasks.length
  }
  if (rows.length > 0) yield { kind: 'sessions', rows }
}
