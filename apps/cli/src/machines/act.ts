import type { Machine, MachineStatus } from '@signalbox/contract/machine'
import { askHub, type Hub, type HubOptions } from '../hub/connect.ts'
import { tell } from '../hub/told.ts'
import { counted } from '../number.ts'
import { printable } from '../printable.ts'
import { findSession } from '../sessions/find.ts'
import { slotsText } from './slots.ts'

export interface AddOptions extends HubOptions {
  readonly hostname?: string
  readonly slots?: readonly number[]
}

export async function add(id: string, { hostname = id, slots, ...options }: AddOptions): Promise<void> {
  await act(options, ({ client }) =>
    client.createMachine({ machine_id: id, hostname, ...(slots === undefined ? {} : { docker_slots: [...slots] }) }),
  )
}

export async function slots(id: string, wanted: readonly number[], options: HubOptions): Promise<void> {
  await act(options, ({ client }) => client.updateMachine(id, { docker_slots: [...wanted] }))
}

export const online = (id: string, options: HubOptions) => become(id, options, 'online')
export const offline = (id: string, options: HubOptions) => become(id, options, 'offline')
export const underMaintenance = (id: string, options: HubOptions) => become(id, options, 'maintenance')

async function become(id: string, options: HubOptions, status: MachineStatus): Promise<void> {
  await act(options, ({ client }) => client.updateMachine(id, { status }))
}

export async function assign(id: string, session: string, { slot, ...options }: HubOptions & { readonly slot?: number }): Promise<void> {
  await act(options, async (hub) =>
    hub.client.assignSessionToMachine(id, {
      session_id: await findSession(hub, session),
      ...(slot === undefined ? {} : { docker_slot: slot }),
    }),
  )
}

export async function release(id: string, session: string, options: HubOptions): Promise<void> {
  await act(options, async (hub) => hub.client.releaseSessionFromMachine(id, { session_id: await findSession(hub, session) }))
}

async function act(options: HubOptions, ask: (hub: Hub) => Promise<Machine>): Promise<void> {
  await askHub(options, async (hub) => {
    const machine = await ask(hub)
    const { docker_slots, active_sessions } = machine
    const slots = docker_slots.length === 0 ? 'no slots' : `slots ${slotsText(docker_slots)}`
    const sessions = counted(active_sessions.length, 'live session')
    tell(options.json, machine, `${printable(machine.machine_id)} is ${machine.status}, with ${slots} and ${sessions}.`)
  })
}
