import { instantOf } from '../clock.ts'
import { HubError } from '../hub-error.ts'
import type { LoadedSession, TakenSlot } from './change-set.ts'
import type { MachineRecord } from './machine-record.ts'

/**
 * Checks that the machine has the slot and no other session holds it. Of two simultaneous claims the store's unique key
 * admits one.
 * @throws HubError `validation_error` when it is not declared, `conflict` when it is held
 */
export function requireFreeSlot(
  { machine, taken }: LoadedSession,
  machineId: string,
  slot: number,
  sessionId: string,
  field = 'docker_slot',
): void {
  requireDeclared(machine, machineId, slot, field)
  const holder = taken.find((claim) => claim.slot === slot && claim.session_id !== sessionId)
  if (holder !== undefined) throw slotTaken(machineId, slot, holder)
}

/** @throws HubError `conflict` when none is free */
export function lowestFreeSlot({ machine, taken }: LoadedSession, machineId: string, sessionId: string): number {
  const others = taken.filter(({ session_id }) => session_id !== sessionId)
  const held = new Set(others.map(({ slot }) => slot))
  const free = machine?.docker_slots.find((slot) => !held.has(slot))
  if (free !== undefined) return free
  const count = machine?.docker_slots.length ?? 0
  const stalled = others.filter(({ stalled_at }) => stalled_at !== null)
  const by = stalled.length === 0 ? '' : `, ${stalled.length} of them by stalled sessions: ${stalled.map(formatHolder).join('; ')}`
  throw new HubError(
    'conflict',
    count === 0
      ? `The machine ${machineId} has no slots`
      : `${count === 1 ? `The only slot of ${machineId} is` : `All ${count} slots of ${machineId} are`} held${by}`,
    {
      suggestion: stalled.length === 0 ? SEE_AVAILABLE : suggestFailing(machineId),
      details: { machine_id: machineId, holders: others.map(holderDetails) },
    },
  )
}

export function slotTaken(machineId: string, slot: number, holder?: TakenSlot): HubError {
  const by = holder === undefined ? 'another session' : `session ${formatHolder(holder)}`
  return new HubError('conflict', `Slot ${slot} of ${machineId} is held by ${by}`, {
    suggestion: holder === undefined || holder.stalled_at === null ? SEE_AVAILABLE : suggestFailing(machineId),
    details: { machine_id: machineId, docker_slot: slot, ...(holder === undefined ? {} : holderDetails(holder)) },
  })
}

const SEE_AVAILABLE = 'GET /machines/available shows where a slot is free.'

function suggestFailing(machineId: string): string {
  return `${SEE_AVAILABLE} POST …/mark-failed ends a stalled session, POST /machines/${encodeURIComponent(machineId)}/fail-sessions those of a lost machine.`
}

/** The session that holds a slot, and since when it is stalled. */
export function formatHolder({ session_id, stalled_at }: TakenSlot): string {
  return stalled_at === null ? session_id : `${session_id}, stalled since ${instantOf(stalled_at)}`
}

export function holderDetails({ session_id, slot, stalled_at }: TakenSlot): Record<string, unknown> {
  return { docker_slot: slot, session_id, ...(stalled_at === null ? {} : { stalled_since: instantOf(stalled_at) }) }
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
