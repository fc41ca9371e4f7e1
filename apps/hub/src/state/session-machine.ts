import type { AssignSession } from '@signalbox/contract/machine'
import type { NewEvent } from '../event/new-event.ts'
import { HubError } from '../hub-error.ts'
import type { LoadedSession, Rules } from './change-set.ts'
import { implicitMachine, type MachineRecord, machineEvent, machineNotFound } from './machine-record.ts'
import { requireAttempt } from './session-attempt.ts'
import type { SessionChangeSet } from './session-move.ts'
import { requireLive, requireSession, type SessionRecord, updatedEvent } from './session-record.ts'
import { lowestFreeSlot, requireFreeSlot } from './slot.ts'
import { isLive } from './transition.ts'

/** Registers the machine of a session where it is not known yet. */
export function registerMachine(
  { machine }: LoadedSession,
  id: string,
  now: number,
  rules: Rules,
): { machine?: MachineRecord; events: NewEvent[] } {
  if (machine !== undefined) return { events: [] }
  const created = implicitMachine(id, now, rules.machineOfflineMs)
  return { machine: created, events: [machineEvent('machine.created', created)] }
}

/** Gives a live session a slot of a machine: the one asked for, the one it has there, or the lowest free one. */
export function assignSession(
  state: LoadedSession,
  machineId: string,
  { attempt, docker_slot: wanted }: Pick<AssignSession, 'attempt' | 'docker_slot'>,
  now: number,
  id: string,
): SessionChangeSet {
  const session = requireSession(state, id)
  requireAttempt(session, attempt)
  requireLive(session, 'be given a slot')
  const { machine } = state
  if (machine === undefined) throw machineNotFound(machineId)
  if (machine.status !== 'online') {
    throw new HubError('conflict', `The machine ${machineId} is ${machine.status}`, {
      suggestion: 'GET /machines/available shows machines that are online and have a free slot.',
      details: { status: machine.status },
    })
  }
  const current = session.machine_id === machineId ? session.docker_slot : null
  const slot = wanted ?? current ?? lowestFreeSlot(state, machineId, session.session_id)
  if (slot !== current) requireFreeSlot(state, machineId, slot, session.session_id)
  if (session.machine_id === machineId && session.docker_slot === slot) return { events: [], result: session }
  const next: SessionRecord = { ...session, machine_id: machineId, docker_slot: slot, updated_at: now, revision: session.revision + 1 }
  return { session: next, events: [updatedEvent(session, next)], result: next }
}

/** @throws HubError `conflict` when it is not on this machine */
export function releaseSession(
  state: LoadedSession,
  machineId: string,
  attempt: number | undefined,
  now: number,
  id: string,
): SessionChangeSet {
  const session = requireSession(state, id)
  requireAttempt(session, attempt)
  if (session.machine_id !== machineId) {
    throw new HubError('conflict', `The session is on ${session.machine_id}, not on ${machineId}`, {
      suggestion: `POST /machines/${encodeURIComponent(session.machine_id)}/release-session`,
      details: { machine_id: session.machine_id },
    })
  }
  if (session.docker_slot === null) return { events: [], result: session }
  const next: SessionRecord = { ...session, docker_slot: null, updated_at: now, revision: session.revision + 1 }
  return { session: next, events: [updatedEvent(session, next)], result: next }
}

/** Gives an ended session to another machine, which its own became part of. @throws HubError `conflict` when it is live again */
export function moveSession(state: LoadedSession, to: string, now: number, id: string): SessionChangeSet {
  const session = requireSession(state, id)
  if (session.machine_id === to) return { events: [], result: session }
  if (isLive(session.status)) {
    throw new HubError('conflict', `The session ${id} is live again`, { suggestion: 'End it first, then repeat this.' })
  }
  const next: SessionRecord = { ...session, machine_id: to, updated_at: now, revision: session.revision + 1 }
  return { session: next, events: [updatedEvent(session, next)], result: next }
}
