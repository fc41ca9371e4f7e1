import type { Call } from '@signalbox/contract/call'
import type { CollectorHealth } from '@signalbox/contract/collector-health'
import type { EventType } from '@signalbox/contract/event'
import type { Key } from '@signalbox/contract/key'
import type { MachineFolder } from '@signalbox/usage/project-map'
import type { SnapshotVersion } from '../../limits/snapshot-version.ts'
import type { WindowName } from '../../limits/window-samples.ts'
import type { ObservedRow } from '../../state/change-set.ts'
import type { MachineRecord } from '../../state/machine-record.ts'
import type { SessionRecord } from '../../state/session-record.ts'
import type { TaskRecord } from '../../state/task-record.ts'
import type { NewAuditEntry } from '../audit-entry.ts'
import type { BudgetRecord } from '../budget.ts'
import type { Deletion, RemovedSession } from '../deletion.ts'
import type { LimitDay } from '../limit-day.ts'
import type { SavedViewRecord } from '../saved-view.ts'
import type { SignInRecord } from '../sign-in.ts'
import type { CopiedAlertRow } from './alert-row.ts'

/** A part of a store that fits into memory and is written at once. */
export type Portion =
  | GlobalsPortion
  | { readonly kind: 'keys'; readonly rows: readonly CopiedKey[] }
  | { readonly kind: 'audit'; readonly rows: readonly CopiedAuditEntry[] }
  | { readonly kind: 'machines'; readonly rows: readonly MachineRecord[] }
  | { readonly kind: 'sessions'; readonly rows: readonly SessionWithTasks[] }
  | { readonly kind: 'calls'; readonly rows: readonly ReportedCall[] }
  | { readonly kind: 'readings'; readonly rows: readonly SnapshotVersion[] }
  | { readonly kind: 'series'; readonly rows: readonly LimitDay[] }
  | { readonly kind: 'plans'; readonly rows: readonly CopiedPlan[] }
  | { readonly kind: 'collectors'; readonly rows: readonly CopiedCollector[] }
  | { readonly kind: 'alerts'; readonly rows: readonly CopiedAlertRow[] }
  | EventPortion
  | { readonly kind: 'answers'; readonly rows: readonly CopiedResult[] }

/** The values a store has one of. They come first: the target takes the secret only while it has no keys. */
export interface GlobalsPortion {
  readonly kind: 'whole'
  /** Absent in a store that has not made one. */
  readonly cookieSecret?: string | undefined
  /** Milliseconds. */
  readonly lastIngestAt?: number | undefined
  /** What was deleted is refused by the other store too: collectors send it everything again. */
  readonly deletions?: readonly Deletion[] | undefined
  /** At most `MAX_REMOVED_SESSIONS`. */
  readonly removals?: readonly RemovedSession[] | undefined
  /** Which project each folder of a machine belongs to. */
  readonly folders?: readonly MachineFolder[] | undefined
  /** What machines may spend of each is asked for again. */
  readonly budgets?: readonly BudgetRecord[] | undefined
  readonly savedViews?: readonly SavedViewRecord[] | undefined
  /** At most `MAX_SIGN_INS`, so that browsers stay signed in. */
  readonly signIns?: readonly SignInRecord[] | undefined
}

export interface CopiedKey {
  readonly key: Key
  /** SHA-256 of the key, hex. */
  readonly hash: string
}

/** An entry of the audit log. */
export interface CopiedAuditEntry extends NewAuditEntry {
  readonly id: number
  /** Milliseconds. */
  readonly at: number
}

export interface SessionWithTasks {
  readonly session: SessionRecord
  /** In the order of their creation. */
  readonly tasks: readonly TaskRecord[]
  /** Its observed events, in any order. */
  readonly observed: readonly ObservedRow[]
}

/** A call with the machine that reported it first. */
export interface ReportedCall {
  readonly machine: string
  readonly call: Call
}

/** An account's figures and windows. They come after its snapshots, which are counted when they are loaded. */
export interface CopiedPlan {
  /** Empty for snapshots without an account. */
  readonly account: string
  readonly name?: string | undefined
  /** When it was named last, in milliseconds; also set where the name was taken away. */
  readonly namedAt?: number | undefined
  /** When its first snapshot arrived, in milliseconds. */
  readonly firstAt?: number | undefined
  /** Snapshots ever created. */
  readonly created: number
  /** The last time retention removed one, in milliseconds. */
  readonly cleanedAt?: number | undefined
  /** Each with the instant of the snapshot that named it. */
  readonly windows: readonly (WindowName & { readonly at: number })[]
}

/** A collector's latest report, without its connection, which is the hub's. Instants are milliseconds. */
export interface CopiedCollector {
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
  readonly rows: readonly CopiedEvent[]
  /** The last id ever used up to the end of this portion; its event may have been removed. */
  readonly used: number
}

export interface CopiedEvent {
  readonly id: number
  readonly event: EventType
  /** Milliseconds. */
  readonly at: number
  /** JSON, as stored. */
  readonly data: string
}

/** The result of an idempotent write. */
export interface CopiedResult {
  readonly owner: string
  readonly key: string
  readonly fingerprint: string
  /** JSON */
  readonly result: string
  /** Milliseconds. */
  readonly made_at: number
}

/** How much a portion holds at most. */
export interface PortionSize {
  readonly rows: number
  /** Rows of a kind that may be large. */
  readonly largeRows: number
  /** Tasks and observed events in a portion of sessions; a session with more has a portion of its own. */
  readonly tasks: number
}

export const defaultPortionSize: PortionSize = { rows: 1000, largeRows: 100, tasks: 1000 }

/** Groups sessions into portions that fit into memory. */
export async function* sessionPortions(
  sessions: AsyncIterable<SessionWithTasks> | Iterable<SessionWithTasks>,
  size: PortionSize,
): AsyncGenerator<Portion> {
  let rows: SessionWithTasks[] = []
  let parts = 0
  for await (const one of sessions) {
    const partsOfOne = one.tasks.length + one.observed.length
    if (rows.length === size.largeRows || (rows.length > 0 && parts + partsOfOne > size.tasks)) {
      yield { kind: 'sessions', rows }
      rows = []
      parts = 0
    }
    rows.push(one)
    parts += partsOfOne
  }
  if (rows.length > 0) yield { kind: 'sessions', rows }
}
