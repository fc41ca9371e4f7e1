import type { Invite, Key } from '@signalbox/client'
import { type UseMutationResult, type UseQueryResult, useMutation, useQuery } from '@tanstack/react-query'
import { COLLECTOR_POLL_MS, useMachines } from './machine.ts'
import type { ListedMachine, MachineList } from './machine-list.ts'
import { keys } from './query-key.ts'
import { wholeHub } from './whole-hub.ts'

export type { Invite } from '@signalbox/client'

/** Creates an invite for another machine. Its code is in this response only, which only the component that shows it keeps. */
export function useCreateInvite(): UseMutationResult<Invite, Error, void> {
  return useMutation({ mutationFn: () => wholeHub.createInvite(), gcTime: 0 })
}

/** Seconds for which a phone can open the page without a key. */
const SIGN_IN_LINK_S = 300
/** Poll interval while someone waits for a machine: no event is about keys. */
const KEY_POLL_MS = 3_000

export interface PhoneLink {
  /** To be completed with the address of the hub. */
  readonly path: string
  readonly expires_at: string
}

/** A link that signs another browser in with the key of this one, once. */
export function useSignInLink(): UseQueryResult<PhoneLink> {
  return useQuery({
    queryKey: keys.signInLink,
    queryFn: ({ signal }) => wholeHub.createSignInLink({ expires_in_s: SIGN_IN_LINK_S }, { signal }),
    staleTime: Number.POSITIVE_INFINITY,
    refetchInterval: false,
    refetchOnWindowFocus: false,
    gcTime: 0,
  })
}

/** How far a machine that is being added has come. */
export interface Arrival {
  /** Who has used the code, or is new. */
  readonly machineId: string | undefined
  /** Once its collector is in contact. */
  readonly machine: ListedMachine | undefined
}

/**
 * Watches for the machine that uses an invite.
 * @param since when the invite was created, as ISO 8601
 * @param known the machines of that moment
 */
export function useArrival(since: string, known: ReadonlySet<string>): Arrival {
  const machines = useMachines(COLLECTOR_POLL_MS).data
  const made = useQuery({
    queryKey: keys.invitedKeys,
    queryFn: ({ signal }) => wholeHub.listKeys({ limit: 100 }, { signal }),
    refetchInterval: KEY_POLL_MS,
    gcTime: 0,
  }).data
  return findArrival(made ?? [], machines ?? new Map(), since, known)
}

/** A key that was made for a machine since, else a machine that was not known. */
export function findArrival(made: readonly Key[], machines: MachineList, since: string, known: ReadonlySet<string>): Arrival {
  const key = made.find(({ machine_id, created_at }) => machine_id !== undefined && created_at >= since)
  const machineId = key?.machine_id ?? [...machines.keys()].find((id) => !known.has(id))
  const machine = machineId === undefined ? undefined : machines.get(machineId)
  const { connected = false, last_contact = '' } = machine?.collector ?? {}
  return { machineId, machine: connected && last_contact >= (key?.created_at ?? since) ? machine : undefined }
}
