import type { ObservationResult, SessionObservation } from '@signalbox/contract/session-observation'
import type { NewName } from '../http/ingest-quota.ts'
import { requireBound } from '../http/key-binding.ts'
import type { Binding } from '../http/principal.ts'
import { HubError, isStoreOutage } from '../hub-error.ts'
import type { RouteContext } from '../route-context.ts'
import { readObserved } from '../state/observed-state.ts'
import { type Observed, observeSession, observeUnknownSession } from '../state/session-observation.ts'
import type { SessionRecord } from '../state/session-record.ts'
import { isLive } from '../state/transition.ts'

export type Rejected = ObservationResult['rejected'][number]

/** An observation, the machine that reports it, and its place in the request. */
export interface PlacedObservation {
  readonly observation: SessionObservation
  readonly machineId: string
  readonly place: number
}

/** The sessions of observations, and their machines. */
export function namesOf(placed: readonly PlacedObservation[]): NewName[] {
  return placed.flatMap(({ observation, machineId }): NewName[] => [
    { kind: 'session', name: observation.session_id },
    { kind: 'machine', name: machineId },
  ])
}

/**
 * Where a session is, for a key that is bound: at the machine that reports it, once it has ended or is not seen any more where
 * it was. So a person may go on with it at another machine.
 */
function placeOf(session: SessionRecord, machineId: string): Pick<SessionRecord, 'machine_id' | 'project_id'> {
  const { machine_id, project_id, status, not_seen_since, observed } = session
  if (machine_id === machineId || (isLive(status) && not_seen_since === null) || !readObserved(observed).created) return session
  return { machine_id: machineId, project_id }
}

/** The result of a first attempt for a session that the store does not have: perhaps it was removed. */
const unknown = 'unknown'

/**
 * Applies observations to their sessions.
 * @param bound what the key may report about
 * @returns those that were refused, in no order
 * @throws HubError when the store failed: nothing is lost when the sender repeats all of them, and those that are stored change nothing
 */
export async function storeObservations(
  { store: { sessions }, feed, config, monitor }: Pick<RouteContext, 'store' | 'feed' | 'config' | 'monitor'>,
  placed: readonly PlacedObservation[],
  now: number,
  bound?: Binding,
): Promise<Rejected[]> {
  const groups = [...Map.groupBy(placed, ({ observation, machineId }) => `${observation.session_id} ${machineId}`).values()]
  const apply = (group: readonly PlacedObservation[], removedAt?: number) => {
    const { observation, machineId } = group[0]!
    const observations = group.map((one) => one.observation)
    const readSet = { tasks: true, machine: { id: machineId } } as const
    return sessions.change<Observed | typeof unknown>(observation.session_id, readSet, { now }, (state) => {
      const named = observations.find(({ project_id }) => project_id !== undefined)?.project_id
      const unknownSession = { machine_id: machineId, ...(named === undefined ? {} : { project_id: named }) }
      if (bound !== undefined) requireBound(bound, state.session === undefined ? unknownSession : placeOf(state.session, machineId))
      if (removedAt !== undefined) return observeUnknownSession(state, observations, machineId, now, config.rules, removedAt)
      if (state.session === undefined) return { events: [], result: unknown }
      return observeSession(state, observations, machineId, now, config.rules)
    })
  }
  // All in one turn of the event loop: they share a commit.
  const first = await Promise.allSettled(groups.map((group) => apply(group)))
  const results = await Promise.allSettled(
    first.map(async (result, index) => {
      if (result.status === 'rejected') throw result.reason
      if (result.value !== unknown) return result.value
      const group = groups[index]!
      const { observation, machineId } = group[0]!
      const projects = group.flatMap(({ observation: { project_id } }) => project_id ?? [])
      return apply(group, await sessions.removedUpTo(observation.session_id, machineId, [...new Set(projects)]))
    }),
  )
  const rejected: Rejected[] = []
  for (const [index, result] of results.entries()) {
    if (result.status === 'fulfilled') {
      const { live } = result.value as Observed
      if (live !== undefined && feed.subscribers > 0) feed.publishLive(live)
      continue
    }
    const error: unknown = result.reason
    if (isStoreOutage(error)) monitor.noteStoreOutage()
    if (!(error instanceof HubError) || isStoreOutage(error)) throw error
    for (const { observation, place } of groups[index]!) {
      rejected.push({ observation_id: observation.observation_id, index: place, reason: (error as HubError).message })
    }
  }
  return rejected
}
