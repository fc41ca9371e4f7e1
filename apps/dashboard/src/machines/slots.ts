import type { BoardSession } from '../hub/answer.ts'

/** `stale`: held by a session that has stalled, or that nothing has seen for a while. */
export type SlotState = 'free' | 'held' | 'stale'

export interface Slot {
  readonly number: number
  readonly state: SlotState
  readonly session: BoardSession | undefined
}

/** @param sessions the live sessions of the machine */
export function toSlots(numbers: readonly number[], sessions: readonly BoardSession[]): readonly Slot[] {
  const holders = new Map(sessions.map((session) => [session.docker_slot, session]))
  return numbers.map((number) => {
    const session = holders.get(number)
    const stale = session?.status === 'stalled' || session?.not_seen_since !== undefined
    return { number, session, state: session === undefined ? 'free' : stale ? 'stale' : 'held' }
  })
}
