import type { CreateMachine, Machine, MachineStatus, UpdateMachine } from '@signalbox/contract/machine'
import { instantOf } from '../clock.ts'
import { HubError } from '../hub-error.ts'
import type { NewEvent } from '../store/store.ts'
import type { TakenSlot } from './held.ts'
import { emptyMetadata, mergeMetadata, metadataOf } from './metadata.ts'

/** A machine as it is kept; instants are milliseconds, null is absent. */
export interface MachineRecord {
  readonly machine_id: string
  readonly hostname: string
  /** Ascending. */
  readonly docker_slots: readonly number[]
  readonly status: MachineStatus
  readonly last_heartbeat: number
  /** The moment from which it is offline; null when nobody listens for it. */
  readonly due_at: number | null
  /** Nobody registered it: a session was there. */
  readonly implicit: boolean
  /** JSON */
  readonly metadata: string
  readonly created_at: number
  readonly updated_at: number
  readonly revision: number
}

/** A machine, and who is on it, at this moment. */
export interface HeldMachine {
  readonly machine: MachineRecord | undefined
  readonly taken: readonly TakenSlot[]
  /** Live sessions on it, with or without a slot. */
  readonly sessions: number
}

export interface MachineOutcome<T> {
  readonly machine?: MachineRecord
  readonly events: readonly NewEvent[]
  readonly result: T
}

/** Pure: a store may ask it again when somebody else was faster. @throws HubError */
export type MachineDecision<T> = (held: HeldMachine) => MachineOutcome<T>

/** @param sessions ids of the live sessions on it */
export function machineOf(record: MachineRecord, sessions: readonly string[]): Machine {
  return { ...briefOf(record), active_sessions: [...sessions], metadata: metadataOf(record.metadata) }
}

function briefOf(record: MachineRecord): Omit<Machine, 'active_sessions' | 'metadata'> {
  return {
    machine_id: record.machine_id,
    hostname: record.hostname,
    docker_slots: [...record.docker_slots],
    status: record.status,
    last_heartbeat: instantOf(record.last_heartbeat),
    created_at: instantOf(record.created_at),
    updated_at: instantOf(record.updated_at),
    revision: record.revision,
  }
}

export function machineEvent(
  event: 'machine.created' | 'machine.updated' | 'machine.status',
  record: MachineRecord,
  more: Readonly<Record<string, unknown>> = {},
): NewEvent {
  return { event, data: { ...briefOf(record), ...more } }
}

export function noMachine(id: string): HubError {
  return new HubError('not_found', `There is no machine ${id}`, {
    suggestion: 'GET /machines lists the machines there are; POST /machines registers one.',
  })
}

/** One that nobody has registered, because a session says it runs there. */
export function implicitMachine(id: string, now: number, offlineMs: number): MachineRecord {
  return {
    machine_id: id,
    hostname: id,
    docker_slots: [],
    status: 'online',
    last_heartbeat: now,
    due_at: now + offlineMs,
    implicit: true,
    metadata: emptyMetadata,
    created_at: now,
    updated_at: now,
    revision: 1,
  }
}

/** @throws HubError `conflict` when it is registered already */
export function createMachine(
  { machine: known }: HeldMachine,
  wanted: CreateMachine,
  now: number,
  offlineMs: number,
): MachineOutcome<MachineRecord> {
  if (known !== undefined && !known.implicit) {
    throw new HubError('conflict', `There is a machine ${wanted.machine_id} already`, {
      suggestion: `PUT /machines/${encodeURIComponent(wanted.machine_id)} changes it.`,
    })
  }
  const status = wanted.status ?? 'online'
  const base = known ?? implicitMachine(wanted.machine_id, now, offlineMs)
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
    revision: known === undefined ? 1 : known.revision + 1,
  }
  return { machine, events: [machineEvent(known === undefined ? 'machine.created' : 'machine.updated', machine)], result: machine }
}

/** @throws HubError `not_found`, `precondition_failed`, `conflict` when a held slot would go, or a machine with live sessions */
export function updateMachine(
  held: HeldMachine,
  id: string,
  change: UpdateMachine,
  revision: number | undefined,
  now: number,
  offlineMs: number,
): MachineOutcome<MachineRecord> {
  const machine = requireMachine(held, id, revision)
  const slots = change.docker_slots === undefined ? machine.docker_slots : ascending(change.docker_slots)
  const lost = held.taken.find(({ slot }) => machine.docker_slots.includes(slot) && !slots.includes(slot))
  if (lost !== undefined) {
    throw new HubError('conflict', `Slot ${lost.slot} is held by session ${lost.session_id} and cannot be taken away`, {
      suggestion: 'End the session or release its slot first: POST …/release-session.',
      details: { docker_slot: lost.slot, session_id: lost.session_id },
    })
  }
  const status = change.status ?? machine.status
  if (status === 'offline' && machine.status !== 'offline') requireNoSessions(held, id)
  const draft: MachineRecord = {
    ...machine,
    hostname: change.hostname ?? machine.hostname,
    docker_slots: slots.join() === machine.docker_slots.join() ? machine.docker_slots : slots,
    status,
    due_at: status === 'online' ? (machine.due_at ?? now + offlineMs) : null,
    implicit: false,
    metadata: mergeMetadata(machine.metadata, change.metadata),
  }
  return written(machine, draft, now)
}

/** DELETE: it stays known, and is offline. */
export function removeMachine(held: HeldMachine, id: string, revision: number | undefined, now: number): MachineOutcome<null> {
  const machine = requireMachine(held, id, revision)
  requireNoSessions(held, id)
  return { ...written(machine, { ...machine, status: 'offline', due_at: null }, now), result: null }
}

/** @throws HubError `not_found` */
export function beatMachine(
  held: HeldMachine,
  id: string,
  change: Pick<UpdateMachine, 'metadata'>,
  now: number,
  offlineMs: number,
): MachineOutcome<MachineRecord> {
  const machine = requireMachine(held, id, undefined)
  const metadata = mergeMetadata(machine.metadata, change.metadata)
  const beaten = beat(machine, now, offlineMs)
  if (beaten.status === machine.status && metadata === machine.metadata) return { machine: beaten, events: [], result: beaten }
  const next = { ...beaten, metadata, updated_at: now }
  return {
    machine: next,
    events: [
      next.status === machine.status
        ? machineEvent('machine.updated', next)
        : machineEvent('machine.status', next, { from: machine.status, occurred_at: instantOf(now) }),
    ],
    result: next,
  }
}

/**
 * How old the last beat of a machine is, in milliseconds, when a session's beat is written to it: of a hundred sessions a
 * second's beats say the same. A hundredth of the silence that is allowed, and five seconds at most.
 */
export function machineBeatEvery(offlineMs: number): number {
  return Math.min(5000, offlineMs / 100)
}

/** A sign of life: offline is online again, maintenance stays. */
export function beat(machine: MachineRecord, now: number, offlineMs: number): MachineRecord {
  const status = machine.status === 'offline' ? 'online' : machine.status
  return {
    ...machine,
    status,
    // Signs of life may overtake each other on their way; the clock may also have been set back.
    last_heartbeat: now,
    due_at: status === 'online' ? now + offlineMs : null,
    updated_at: status === machine.status ? machine.updated_at : now,
    revision: machine.revision + 1,
  }
}

/** Nothing was heard of it until it was due. Nothing when somebody was faster, or it was heard of. */
export function silentMachine({ machine }: HeldMachine, heardSince: number, now: number): MachineOutcome<boolean> {
  const due = machine === undefined ? undefined : dueOf(machine, heardSince)
  if (machine === undefined || due === undefined || due > now) return { events: [], result: false }
  const next: MachineRecord = {
    ...machine,
    status: 'offline',
    due_at: null,
    updated_at: Math.max(due, machine.updated_at),
    revision: machine.revision + 1,
  }
  return {
    machine: next,
    events: [machineEvent('machine.status', next, { from: machine.status, reason: 'no heartbeat', occurred_at: instantOf(due) })],
    result: true,
  }
}

/** When a machine or session is overdue for somebody who has listened only since then: everybody gets one more interval. */
export function dueOf(record: { readonly due_at: number | null; readonly last_heartbeat: number }, heardSince: number): number | undefined {
  if (record.due_at === null) return undefined
  return Math.max(record.due_at, heardSince + (record.due_at - record.last_heartbeat))
}

function written(machine: MachineRecord, draft: MachineRecord, now: number): MachineOutcome<MachineRecord> {
  const same = (Object.keys(draft) as (keyof MachineRecord)[]).every((name) => draft[name] === machine[name])
  if (same) return { events: [], result: machine }
  const next = { ...draft, updated_at: now, revision: machine.revision + 1 }
  const events =
    next.status === machine.status
      ? [machineEvent('machine.updated', next)]
      : [machineEvent('machine.status', next, { from: machine.status, occurred_at: instantOf(now) })]
  return { machine: next, events, result: next }
}

function requireMachine({ machine }: HeldMachine, id: string, revision: number | undefined): MachineRecord {
  if (machine === undefined) throw noMachine(id)
  if (revision !== undefined && revision !== machine.revision) {
    throw new HubError('precondition_failed', `The machine is at revision ${machine.revision}, not ${revision}`, {
      suggestion: 'Read the machine again and decide again.',
      details: { revision: machine.revision },
    })
  }
  return machine
}

function requireNoSessions({ sessions }: HeldMachine, id: string): void {
  if (sessions === 0) return
  throw new HubError('conflict', `The machine ${id} holds ${sessions} live session${sessions === 1 ? '' : 's'}`, {
    suggestion: 'End them first; GET /sessions/by-machine/… lists them.',
    details: { live_sessions: sessions },
  })
}

function ascending(slots: readonly number[]): number[] {
  return [...slots].sort((a, b) => a - b)
}
