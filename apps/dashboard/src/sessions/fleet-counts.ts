import type { BoardSession } from '../hub/answer.ts'
import { countedStatus, toSessionState } from './session-state.ts'

/** Numbers of sessions by status. */
export interface FleetCounts {
  readonly active: number
  /** Machines that have an active session. */
  readonly machines: number
  /** Active sessions that wait for permission or input. */
  readonly waiting: number
  readonly paused: number
  readonly stalled: number
  /** Nothing that observes them is in contact: their state is unknown. */
  readonly unseen: number
  /** In the last hour. */
  readonly failed: number
  readonly completed: number
}

export function countFleet(sessions: Iterable<BoardSession>): FleetCounts {
  const counts = { active: 0, waiting: 0, paused: 0, stalled: 0, unseen: 0, failed: 0, completed: 0, archived: 0 }
  const machines = new Set<string>()
  for (const session of sessions) {
    const state = toSessionState(session)
    const status = countedStatus(session)
    counts[state === 'unseen' ? state : status]++
    if (state === 'unseen') continue
    if (status === 'active') machines.add(session.machine_id)
    if (state === 'waiting') counts.waiting++
  }
  const { archived: _, ...visible } = counts
  return { ...visible, machines: machines.size }
}
