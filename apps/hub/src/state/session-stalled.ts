import { instantOf } from '../clock.ts'
import type { ChangeSet, LoadedSession } from './change-set.ts'
import type { Listening } from './listening.ts'
import { endSession } from './session-move.ts'
import { isWatchedByObservers, type SessionRecord, updatedEvent } from './session-record.ts'
import { isLive, requireSessionMove } from './transition.ts'

const unchanged = { events: [], result: false } as const

/** When a stalled session is failed; undefined when it never is. @param failAfterMs 0 never */
export function failDueAt(
  { stalled_at, stalled_fail_after_ms }: Pick<SessionRecord, 'stalled_at' | 'stalled_fail_after_ms'>,
  failAfterMs: number,
  listening: Listening,
): number | undefined {
  const after = stalled_fail_after_ms ?? failAfterMs
  if (stalled_at === null || after === 0) return undefined
  return listening.overdueAt({ due_at: stalled_at + after, last_heartbeat: stalled_at })
}

/** Fails a session that was stalled for too long: it must not hold its slot for ever. The result is false when it no longer is. */
export function failStalled({ session, tasks }: LoadedSession, failAfterMs: number, listening: Listening, now: number): ChangeSet<boolean> {
  const due = session && failDueAt(session, failAfterMs, listening)
  if (session === undefined || due === undefined || due > now || session.status !== 'stalled') return unchanged
  requireSessionMove(session.status, 'failed', 'overdue')
  const reason = `stalled for ${formatDuration(session.stalled_fail_after_ms ?? failAfterMs)}`
  const details = `no heartbeat since ${instantOf(session.last_heartbeat)}, stalled since ${instantOf(session.stalled_at!)}`
  return { ...endSession(session, tasks, { to: 'failed', reason, details }, session, now), result: true }
}

/** When an observed session loses its slot, because it is not seen any more; undefined when it never does. */
export function slotLostAt(
  { not_seen_since, docker_slot, stalled_fail_after_ms }: Pick<SessionRecord, 'not_seen_since' | 'docker_slot' | 'stalled_fail_after_ms'>,
  failAfterMs: number,
  listening: Listening,
): number | undefined {
  const after = stalled_fail_after_ms ?? failAfterMs
  if (not_seen_since === null || docker_slot === null || after === 0) return undefined
  return listening.overdueAt({ due_at: not_seen_since + after, last_heartbeat: not_seen_since })
}

/**
 * Releases the slot of an observed session that was not seen for too long. It is not failed: its machine may sleep, and its
 * process live on.
 */
export function releaseLostSlot({ session }: LoadedSession, failAfterMs: number, listening: Listening, now: number): ChangeSet<boolean> {
  const due = session && slotLostAt(session, failAfterMs, listening)
  if (session === undefined || due === undefined || due > now) return unchanged
  if (!isLive(session.status) || !isWatchedByObservers(session)) return unchanged
  const next: SessionRecord = { ...session, docker_slot: null, updated_at: now, revision: session.revision + 1 }
  return { session: next, events: [updatedEvent(session, next)], result: true }
}

const units = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['min', 60_000],
  ['s', 1000],
] as const

/** In the largest unit of which there are several: a day is written as 24 h. */
function formatDuration(ms: number): string {
  const [unit, size] = units.find(([, unitMs]) => ms % unitMs === 0 && ms > unitMs) ?? ['ms', 1]
  return `${ms / size} ${unit}`
}
