import type { CreateMachine, UpdateMachine } from '@signalbox/contract/machine'
import { countOf } from '@signalbox/contract/plural'
import { instantOf } from '../clock.ts'
import { HubError } from '../hub-error.ts'
import type { LoadedMachine, MachineChangeSet } from './change-set.ts'
import { implicitMachine, type MachineRecord, machineEvent, requireMachine } from './machine-record.ts'
import { mergeMetadata } from './metadata.ts'
import { formatHolder, holderDetails } from './slot.ts'

/** @throws HubError `conflict` when it is registered already */
export function createMachine(
  { machine: existing }: LoadedMachine,
  wanted: CreateMachine,
  now: number,
  offlineMs: number,
): MachineChangeSet<MachineRecord> {
  if (existing !== undefined && !existing.implicit) {
    throw new HubError('conflict', `The machine ${wanted.machine_id} exists already`, {
      suggestion: `PUT /machines/${encodeURIComponent(wanted.machine_id)} changes it.`,
    })
  }
  const status = wanted.status ?? 'online'
  const base = existing ?? implicitMachine(wanted.machine_id, now, offlineMs)
  const machine: MachineRecord = {
    ...base,
    hostname: wanted.hostname,
    docker_slots: ascending(wanted.docker_slots ?? []),
    status,
    last_heartbeat: now,
    due_at: status === 'online' ? now + offlineMs : null,
    implicit: false,
    metadata: mergeMetadata(base.metadata, wanted.metadata),
    updated_at: now,
    revision: existing === undefined ? 1 : existing.revision + 1,
  }
  return { machine, events: [machineEvent(existing === undefined ? 'machine.created' : 'machine.updated', machine)], result: machine }
}

/** @throws HubError `not_found`, `precondition_failed`, `conflict` when a slot that is held would be removed, or a machine with live sessions would go offline */
export function updateMachine(
  state: LoadedMachine,
  id: string,
  change: UpdateMachine,
  revision: number | undefined,
  now: number,
  offlineMs: number,
): MachineChangeSet<MachineRecord> {
  const machine = requireMachine(state, id, revision)
  const slots = change.docker_slots === undefined ? machine.docker_slots : ascending(change.docker_slots)
  const lost = state.taken.find(({ slot }) => machine.docker_slots.includes(slot) && !slots.includes(slot))
  if (lost !== undefined) {
    throw new HubError(
      'conflict',
      `Slot ${lost.slot} is held by session ${formatHolder(lost)}${lost.stalled_at === null ? '' : ','} and cannot be taken away`,
      {
        suggestion: 'End the session or release its slot first: POST …/release-session.',
        details: holderDetails(lost),
      },
    )
  }
  const status = change.status ?? machine.status
  if (status === 'offline' && machine.status !== 'offline') requireNoSessions(state, id)
  const draft: MachineRecord = {
    ...machine,
    hostname: change.hostname ?? machine.hostname,
    docker_slots: slots.join() === machine.docker_slots.join() ? machine.docker_slots : slots,
    status,
    due_at: status === 'online' ? (machine.due_at ?? now + offlineMs) : null,
    implicit: false,
    metadata: mergeMetadata(machine.metadata, change.metadata),
  }
  return changed(machine, draft, now)
}

/** DELETE takes a machine offline; its record stays. */
export function removeMachine(state: LoadedMachine, id: string, revision: number | undefined, now: number): MachineChangeSet<null> {
  const machine = requireMachine(state, id, revision)
  requireNoSessions(state, id)
  return { ...changed(machine, { ...machine, status: 'offline', due_at: null }, now), result: null }
}

function requireNoSessions({ sessions }: LoadedMachine, id: string): void {
  if (sessions === 0) return
  throw new HubError('conflict', `The machine ${id} holds ${countOf(sessions, 'live session')}`, {
    suggestion: `End them first; GET /sessions/by-machine/… lists them. If the machine is lost, POST /machines/${encodeURIComponent(id)}/fail-sessions fails them all.`,
    details: { live_sessions: sessions },
  })
}

function changed(machine: MachineRecord, draft: MachineRecord, now: number): MachineChangeSet<MachineRecord> {
  const same = (Object.keys(draft) as (keyof MachineRecord)[]).every((name) => draft[name] === machine[name])
  if (same) return { events: [], result: machine }
  const next = { ...draft, updated_at: now, revision: machine.revision + 1 }
  const events =
    next.status === machine.status
      ? [machineEvent('machine.updated', next)]
      : [machineEvent('machine.status', next, { from: machine.status, occurred_at: instantOf(now) })]
  return { machine: next, events, result: next }
}

function ascending(slots: readonly number[]): number[] {
  return [...slots].sort((a, b) => a - b)
}
