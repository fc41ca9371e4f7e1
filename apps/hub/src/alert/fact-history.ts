import type { HubEvent } from '@signalbox/contract/event'
import type { MachineRecord } from '../state/machine-record.ts'
import type { WatchedSession } from '../state/watched-session.ts'
import type { EventStore } from '../store/event.ts'

/** The events of one session or machine that are looked at: older ones are long enough ago. */
const MAX_EVENTS = 200

/**
 * The first of the newest events that all say the same: since when it has been so.
 * @param events oldest first
 * @param says whether an event says so; undefined where it says nothing about it
 * @returns undefined where none says so
 */
export function unchangedSince(events: readonly HubEvent[], says: (event: HubEvent) => boolean | undefined): number | undefined {
  let since: number | undefined
  for (const event of events.toReversed()) {
    const same = says(event)
    if (same === false) break
    if (same) since = Date.parse(event.at)
  }
  return since
}

/** Since when the source of a machine has had the state that its collector reported last. */
export async function sourceStateSince(events: Pick<EventStore, 'latest'>, machineId: string, source: string): Promise<number | undefined> {
  const ofMachine = await events.latest({
    types: ['machine.created', 'machine.updated', 'machine.status'],
    machine_id: machineId,
    limit: MAX_EVENTS,
  })
  const last = ofMachine.map((event) => sourceState(event, source)).findLast((state) => state !== undefined)
  return unchangedSince(ofMachine, (event) => {
    const state = sourceState(event, source)
    return state === undefined ? undefined : state === last
  })
}

/** Undefined where the event has no list of sources: a long one is left out. */
function sourceState({ data }: HubEvent, source: string): string | undefined {
  const { collector } = data as { collector?: { sources?: readonly { name: string; state: string }[] } }
  return collector?.sources && (collector.sources.find(({ name }) => name === source)?.state ?? 'off')
}

/** Since when the slots of some machines are all taken: the latest change of who holds them, or of how many there are. */
export async function fullSince(
  events: Pick<EventStore, 'latest'>,
  machineIds: readonly string[],
  sessions: Iterable<WatchedSession>,
  machines: ReadonlyMap<string, MachineRecord>,
): Promise<number> {
  const asked = new Set(machineIds)
  const holders = [...sessions].filter(({ docker_slot, machine_id }) => docker_slot !== null && asked.has(machine_id))
  const times = await Promise.all([
    ...holders.map(async ({ session_id, docker_slot, machine_id, created_at }) => {
      const ofSession = await events.latest({
        types: ['session.created', 'session.updated', 'session.status'],
        session_id,
        limit: MAX_EVENTS,
      })
      return unchangedSince(ofSession, ({ data }) => data.docker_slot === docker_slot && data.machine_id === machine_id) ?? created_at
    }),
    ...machineIds.map(async (machine_id) => {
      const { docker_slots = [], created_at = 0 } = machines.get(machine_id) ?? {}
      const slots = JSON.stringify(docker_slots)
      const types = ['machine.created', 'machine.updated', 'machine.status'] as const
      const ofMachine = await events.latest({ types, machine_id, limit: MAX_EVENTS })
      return unchangedSince(ofMachine, ({ data }) => JSON.stringify(data.docker_slots) === slots) ?? created_at
    }),
  ])
  return Math.max(...times)
}
