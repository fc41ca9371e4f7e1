import type { Machine } from '@signalbox/contract/machine'
import type { MachineStatus } from '@signalbox/contract/machine-status'
import { printable } from '@signalbox/contract/printable'
import { formatCount } from '../format-number.ts'
import { printOutcome } from '../hub/print-result.ts'
import { type Hub, type HubOptions, withHub } from '../hub/with-hub.ts'
import type { Io } from '../io.ts'
import { findSession } from '../sessions/find.ts'
import { formatSlots } from './slots.ts'

export interface AddOptions extends HubOptions {
  readonly hostname?: string
  readonly slots?: readonly number[]
}

export async function add(io: Io, id: string, { hostname = id, slots, ...options }: AddOptions): Promise<void> {
  await act(io, options, ({ client }) =>
    client.createMachine({ machine_id: id, hostname, ...(slots === undefined ? {} : { docker_slots: [...slots] }) }),
  )
}

export async function slots(io: Io, id: string, wanted: readonly number[], options: HubOptions): Promise<void> {
  await act(io, options, ({ client }) => client.updateMachine(id, { docker_slots: [...wanted] }))
}

export const online = (io: Io, id: string, options: HubOptions) => setStatus(io, id, options, 'online')
export const offline = (io: Io, id: string, options: HubOptions) => setStatus(io, id, options, 'offline')
export const underMaintenance = (io: Io, id: string, options: HubOptions) => setStatus(io, id, options, 'maintenance')

async function setStatus(io: Io, id: string, options: HubOptions, status: MachineStatus): Promise<void> {
  await act(io, options, ({ client }) => client.updateMachine(id, { status }))
}

export async function assign(
  io: Io,
  id: string,
  session: string,
  { slot, ...options }: HubOptions & { readonly slot?: number },
): Promise<void> {
  await act(io, options, async (hub) =>
    hub.client.assignSessionToMachine(id, {
      session_id: await findSession(hub, session),
      ...(slot === undefined ? {} : { docker_slot: slot }),
    }),
  )
}

export async function release(io: Io, id: string, session: string, options: HubOptions): Promise<void> {
  await act(io, options, async (hub) => hub.client.releaseSessionFromMachine(id, { session_id: await findSession(hub, session) }))
}

async function act(io: Io, options: HubOptions, ask: (hub: Hub) => Promise<Machine>): Promise<void> {
  await withHub(io, options, async (hub) => {
    const machine = await ask(hub)
    const { docker_slots, active_sessions } = machine
    const slots = docker_slots.length === 0 ? 'no slots' : `slots ${formatSlots(docker_slots)}`
    const sessions = formatCount(active_sessions.length, 'live session')
    printOutcome(
      io,
      options.json,
      machine,
      `${printable(machine.machine_id)} is ${machine.status === 'maintenance' ? 'in maintenance' : machine.status}, with ${slots} and ${sessions}.`,
    )
  })
}
