import { HubError } from '../hub-error.ts'
import type { Held, TakenSlot } from './held.ts'
import type { MachineRecord } from './machine.ts'

/**
 * That the machine has the slot, and nobody else holds it. The store's unique key has the last word of two claims.
 * @throws HubError `validation_error` when it is not declared, `conflict` when it is held
 */
export function requireFreeSlot({ machine, taken }: Held, machineId: string, slot: number, sessionId: string, field = 'docker_slot'): void {
  requireDeclared(machine, machineId, slot, field)
  const holder = taken.find((one) => one.slot === slot && one.session_id !== sessionId)
  if (holder !== undefined) throw slotTaken(machineId, slot, holder.session_id)
}

/** @throws HubError `conflict` when none is free */
export function lowestFreeSlot({ machine, taken }: Held, machineId: string, sessionId: string): number {
  const held = new Set(taken.filter(({ session_id }) => session_id !== sessionId).map(({ slot }) => slot))
  const free = machine?.docker_slots.find((slot) => !held.has(slot))
  if (free !== undefined) return free
  const many = machine?.docker_slots.length ?? 0
  throw new HubError('conflict', many === 0 ? `The machine ${machineId} has no slots` : `All ${many} slots of ${machineId} are held`, {
    suggestion: 'GET /machines/available shows where a slot is free.',
  })
}

export function slotTaken(machineId: string, slot: number, holder?: string): HubError {
  return new HubError(
    'conflict',
    `Slot ${slot} of ${machineId} is held by ${holder === undefined ? 'another session' : `session ${holder}`}`,
    {
      suggestion: 'GET /machines/available shows where a slot is free.',
      details: { machine_id: machineId, docker_slot: slot, ...(holder === undefined ? {} : { session_id: holder }) },
    },
  )
}

export function freeSlots({ docker_slots }: MachineRecord, taken: readonly TakenSlot[]): number[] {
  const held = new Set(taken.map(({ slot }) => slot))
  return docker_slots.filter((slot) => !held.has(slot))
}

function requireDeclared(machine: MachineRecord | undefined, machineId: string, slot: number, field: string): void {
  if (machine?.docker_slots.includes(slot)) return
  const slots = machine?.docker_slots ?? []
  throw new HubError('validation_error', `${field}: the machine ${machineId} has no slot ${slot}`, {
    apiCode: 'VALIDATION_OUT_OF_RANGE',
    suggestion:
      slots.length === 0
        ? `Declare its slots first: PUT /machines/${encodeURIComponent(machineId)} with docker_slots.`
        : `It has the slots ${slots.join(', ')}; PUT /machines/${encodeURIComponent(machineId)} declares more.`,
    details: { field },
  })
}
