import type { BoardSession } from '../hub/answer.ts'
import { stateOf } from './session-state.ts'

/** What can be said of all sessions in one breath. */
export interface FleetFacts {
  readonly active: number
  /** Machines that have an active session. */
  readonly machines: number
  /** Active ones that wait for a person. */
  readonly waiting: number
  readonly paused: number
  readonly stalled: number
  /** In the last hour. */
  readonly failed: number
  readonly completed: number
}

export function fleetFacts(sessions: Iterable<BoardSession>): FleetFacts {
  const counts = { active: 0, waiting: 0, paused: 0, stalled: 0, failed: 0, completed: 0, archived: 0 }
  const machines = new Set<string>()
  for (const session of sessions) {
    counts[session.status]++
    if (session.status === 'active') machines.add(session.machine_id)
    if (stateOf(session) === 'waiting') counts.waiting++
  }
  const { archived: _, ...told } = counts
  return { ...told, machines: machines.size }
}
