import { queryOptions, type UseQueryResult, useQuery } from '@tanstack/react-query'
import { loadAllPages } from './all-pages.ts'
import { collectorConditionOf } from './collector-state.ts'
import { eventsInFlight } from './events-in-flight.ts'
import { hub } from './hub.ts'
import { applyMachineEvents, buildMachineList, type MachineList } from './machine-list.ts'
import { keys } from './query-key.ts'
import { shareMap } from './share-map.ts'

const MAX_MACHINES = 1_000
/** Poll interval of the machine list: a machine's own heartbeat publishes no event. */
const MACHINE_POLL_MS = 60_000

/** Poll interval while collectors are on the screen: each is in contact every 15 s, which publishes no event. */
export const COLLECTOR_POLL_MS = 15_000

export const machinesQuery = queryOptions({
  queryKey: keys.machines,
  queryFn: async ({ signal }) => {
    const [{ rows }, events] = await eventsInFlight.collectDuring(() =>
      loadAllPages((page, options) => hub.listMachines(page, options), MAX_MACHINES, signal),
    )
    return applyMachineEvents(buildMachineList(rows), events)
  },
  structuralSharing: (known, next) => (known === undefined ? next : shareMap(known as MachineList, next as MachineList)),
})

/** Every machine by id, updated by events. */
export function useMachines(pollMs: number = MACHINE_POLL_MS): UseQueryResult<MachineList> {
  return useQuery({ ...machinesQuery, refetchInterval: pollMs })
}

/** The ids of the machines whose collectors are in contact; undefined until it is known. */
export function useConnectedCollectors(): readonly string[] | undefined {
  const { data } = useMachines()
  if (data === undefined) return undefined
  const connected = [...data.values()].filter(({ collector }) => {
    const condition = collector && collectorConditionOf(collector)
    return condition !== undefined && condition !== 'lost' && condition !== 'stopped'
  })
  return connected.map(({ machine_id }) => machine_id)
}
