import type { Key } from '@signalbox/contract/key'
import type { SnapshotVersion } from '../../limits/snapshot-version.ts'
import type { MachineRecord } from '../../state/machine-record.ts'
import { IDEMPOTENCY_TTL_MS } from '../idempotency.ts'
import type { LimitDay } from '../limit-day.ts'
import type { CopiedAlertRow } from './alert-row.ts'
import {
  type CopiedAuditEntry,
  type CopiedCollector,
  type CopiedEvent,
  type CopiedPlan,
  type CopiedResult,
  type GlobalsPortion,
  type Portion,
  type PortionSize,
  type ReportedCall,
  type SessionWithTasks,
  sessionPortions,
} from './portion.ts'

/** Pages of rows, none of them empty, each small enough for a portion. */
export type Pages<Row> = AsyncIterable<readonly Row[]> | Iterable<readonly Row[]>

/** How a store reads each kind of rows for a copy. */
export interface CopySource {
  globals(): GlobalsPortion | Promise<GlobalsPortion>
  keys(): Pages<{ readonly key: Key; readonly hash: string }>
  audit(): Pages<CopiedAuditEntry>
  machines(): Pages<MachineRecord>
  sessions(): AsyncIterable<SessionWithTasks> | Iterable<SessionWithTasks>
  calls(): Pages<ReportedCall>
  snapshots(): Pages<SnapshotVersion>
  days(): Pages<LimitDay>
  plans(): Pages<CopiedPlan>
  collectors(): Pages<CopiedCollector>
  /** Rules and channels first, then alerts, notices and messages. */
  alerts(): Pages<CopiedAlertRow>
  /** The last event id ever used. */
  lastEventId(): number | Promise<number>
  /** The events up to an id, in the order of their ids. */
  events(upTo: number): Pages<CopiedEvent>
  /** The results of idempotent writes after an instant. */
  results(after: number): Pages<CopiedResult>
}

/** Reads a whole store, as `CopyStore.dump`: the order of the kinds is that in which a target can load them. */
export async function* dump(source: CopySource, now: number, size: PortionSize): AsyncGenerator<Portion> {
  yield await source.globals()
  for await (const rows of source.keys()) yield { kind: 'keys', rows }
  for await (const rows of source.audit()) yield { kind: 'audit', rows }
  for await (const rows of source.machines()) yield { kind: 'machines', rows }
  yield* sessionPortions(source.sessions(), size)
  for await (const rows of source.calls()) yield { kind: 'calls', rows }
  for await (const rows of source.snapshots()) yield { kind: 'readings', rows }
  for await (const rows of source.days()) yield { kind: 'series', rows }
  for await (const rows of source.plans()) yield { kind: 'plans', rows }
  for await (const rows of source.collectors()) yield { kind: 'collectors', rows }
  for await (const rows of source.alerts()) yield { kind: 'alerts', rows }
  // Only events up to now: each id up to `used` comes with its event, unless the event was removed before.
  const used = await source.lastEventId()
  for await (const rows of source.events(used)) yield { kind: 'events', rows, used: rows.at(-1)!.id }
  yield { kind: 'events', rows: [], used }
  for await (const rows of source.results(now - IDEMPOTENCY_TTL_MS)) yield { kind: 'answers', rows }
}
