import { type UseQueryResult, useQuery } from '@tanstack/react-query'
import { everyPage } from './every-page.ts'
import { heardMeanwhile } from './heard-meanwhile.ts'
import { hub } from './hub.ts'
import { type MachineList, machineListOf, withMachineEvents } from './machine-list.ts'
import { keys } from './query-key.ts'

const MOST_MACHINES = 1_000
/** A machine's own beat comes with no event, so it is looked after more often than the rest, in milliseconds. */
const LOOK = 60_000

/** Every machine, by id, kept up by events. */
export function useMachines(): UseQueryResult<MachineList> {
  return useQuery({
    queryKey: keys.machines,
    queryFn: async ({ signal }) => {
      const [{ rows }, events] = await heardMeanwhile.during(() =>
        everyPage((page, onTotal) => hub.listMachines(page, { signal, onTotal }), MOST_MACHINES),
      )
      return withMachineEvents(machineListOf(rows), events)
    },
    refetchInterval: LOOK,
    structuralSharing: false,
  })
}
