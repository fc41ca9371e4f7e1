import type { Machine } from '@signalbox/contract/machine'
import type { FailSessionsResult } from '@signalbox/contract/machine-sessions'
import { type UseQueryResult, useQuery, useQueryClient } from '@tanstack/react-query'
import { useMemo } from 'react'
import { controlHub } from './control-hub.ts'
import { applyMachineEvents, type MachineList } from './machine-list.ts'
import { keys } from './query-key.ts'

export interface MachineActions {
  readonly setMaintenance: (machineId: string, on: boolean) => Promise<Machine>
  readonly setStatus: (machineId: string, status: Machine['status']) => Promise<Machine>
  readonly setSlots: (machineId: string, slots: readonly number[]) => Promise<Machine>
  /** Marks every live session of a lost machine as failed. */
  readonly failSessions: (machineId: string, reason: string) => Promise<FailSessionsResult>
  /** Removes the machine and its collector for good. */
  readonly remove: (machineId: string) => Promise<void>
}

/** Changes machines; the page shows the hub's answer at once, before its event arrives. */
export function useMachineActions(): MachineActions {
  const client = useQueryClient()
  return useMemo(() => {
    const show = (machine: Machine) => {
      const update = (list: MachineList | undefined) =>
        list && applyMachineEvents(list, [{ event: 'machine.updated', data: { ...machine } }])
      client.setQueryData<MachineList>(keys.machines, update)
      return machine
    }
    const setStatus = async (id: string, status: Machine['status']) => show(await controlHub.updateMachine(id, { status }))
    return {
      setStatus,
      setMaintenance: (id, on) => setStatus(id, on ? 'maintenance' : 'online'),
      setSlots: async (id, slots) => show(await controlHub.updateMachine(id, { docker_slots: [...slots] })),
      failSessions: (id, reason) => controlHub.failMachineSessions(id, { reason }),
      remove: async (id) => {
        await controlHub.purgeMachine(id, { confirm: true })
        await client.invalidateQueries({ queryKey: keys.machines })
      },
    }
  }, [client])
}

/** How many sessions of a machine would be failed. */
export function useFailableSessions(machineId: string): UseQueryResult<FailSessionsResult> {
  return useQuery({
    queryKey: keys.failableSessions(machineId),
    queryFn: ({ signal }) => controlHub.failMachineSessions(machineId, { reason: 'the machine is lost', dry_run: true }, { signal }),
    refetchInterval: false,
    staleTime: 0,
    gcTime: 0,
  })
}
