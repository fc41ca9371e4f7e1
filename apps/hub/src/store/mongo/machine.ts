import type { MachineStatus } from '@signalbox/contract/machine-status'
import type { Collection, Filter } from 'mongodb'
import { instantOf } from '../../clock.ts'
import type { NewEvent } from '../../event/new-event.ts'
import { HubError } from '../../hub-error.ts'
import type { LoadedMachine, MachineDecision } from '../../state/change-set.ts'
import { type MachineRecord, machineEvent } from '../../state/machine-record.ts'
import { freeSlots } from '../../state/slot.ts'
import type { Change } from '../change.ts'
import { behindFree, type MachineStore } from '../machine.ts'
import type { Connection } from './connection.ts'
import type { Write } from './core/document-write.ts'
import { type Attempt, type CollectionParts, VersionedCollection } from './core/versioned-collection.ts'
import type { MachineDocument, ProvisionalRemoval } from './machine-document.ts'
import { dueMachines, MachineHeartbeats } from './machine-heartbeat.ts'
import type { SessionDocument } from './session-document.ts'
import { liveOn, takenSlots } from './slot.ts'
import { textId } from './text-id.ts'

/** Changes of machines: for the store, and for changes of sessions. */
export class Machines {
  readonly collection: VersionedCollection<MachineDocument, ProvisionalRemoval>
  readonly #sessions: Collection<SessionDocument>
  readonly #heartbeats: MachineHeartbeats

  constructor(parts: CollectionParts, offlineMs: number) {
    this.collection = new VersionedCollection<MachineDocument, ProvisionalRemoval>('machine', parts, {
      // Rolled back, the record is what it was, at a revision that no reader has seen before.
      restore: (before, after) => ({ fields: { machine: { ...before.machine, revision: after.machine.revision + 1 } } }),
      compensate: (document, provisional, _refused, at) => this.#compensate(document, provisional, at),
    })
    this.#sessions = parts.connection.collection('session')
    this.#heartbeats = new MachineHeartbeats(offlineMs)
  }

  async find(id: string): Promise<MachineRecord | undefined> {
    return (await this.collection.documents.findOne({ _id: textId(id) }))?.machine
  }

  /** @returns false when the machine exists already */
  async insert(machine: MachineRecord, events: readonly NewEvent[], now: number): Promise<boolean> {
    const created = await this.collection.create(textId(machine.machine_id), { fields: { machine }, events, at: now })
    if (created !== undefined) await this.collection.publish(created)
    return created !== undefined
  }

  change<T>(id: string, change: Change, decide: MachineDecision<T>): Promise<T> {
    return this.collection.changeOnce(textId(id), change, (document) => this.#attempt(id, document, decide, change.now))
  }

  /** Records the heartbeat of a session for its machine. @param status the machine's last known one, if any */
  async recordHeartbeat(id: string, now: number, status?: MachineStatus): Promise<void> {
    if (this.#heartbeats.take(id, now, status)) await this.change(id, { now }, this.#heartbeats.decision(now))
  }

  async #attempt<T>(
    id: string,
    document: MachineDocument | undefined,
    decide: MachineDecision<T>,
    now: number,
  ): Promise<Attempt<MachineDocument, ProvisionalRemoval, T>> {
    const before = document?.machine
    const snapshot = await this.#loadSnapshot(id, before)
    const { machine, gone, events, result } = decide(snapshot)
    if (gone) {
      this.#heartbeats.clear(id)
      return { result, write: { fields: {}, events, at: now, remove: ['machine'] } }
    }
    if (machine === undefined) return { result }
    if (before?.status !== machine.status) this.#heartbeats.clear(id)
    const provisional = before && provisionalRemoval(before, machine, snapshot)
    return {
      result,
      write: { fields: { machine }, events, at: now, provisional },
      verify: async () => provisional === undefined || !(await this.#isRefused(before!, decide)),
    }
  }

  async #loadSnapshot(id: string, machine: MachineRecord | undefined): Promise<LoadedMachine> {
    const [taken, live] = await Promise.all([takenSlots(this.#sessions, [id]), liveOn(this.#sessions, [id])])
    return { machine, taken, sessions: live.length }
  }

  /** Whether the decision is refused by now: a session has claimed a removed slot, or came to the removed machine. */
  async #isRefused(before: MachineRecord, decide: MachineDecision<unknown>): Promise<boolean> {
    const snapshot = await this.#loadSnapshot(before.machine_id, before)
    try {
      decide(snapshot)
      return false
    } catch (error) {
      if (error instanceof HubError) return true
      throw error
    }
  }

  /** Restores the slots and the status that sessions use. */
  async #compensate(
    { machine }: MachineDocument,
    before: ProvisionalRemoval,
    at: number,
  ): Promise<Write<MachineDocument, ProvisionalRemoval> | undefined> {
    const { taken, sessions } = await this.#loadSnapshot(machine.machine_id, machine)
    const missing = taken.map(({ slot }) => slot).filter((slot) => !machine.docker_slots.includes(slot))
    const slots = missing.filter((slot) => before.docker_slots.includes(slot))
    const backOnline = machine.status === 'offline' && before.status !== 'offline' && sessions > 0
    if (slots.length === 0 && !backOnline) return undefined
    const now = Math.max(at, machine.updated_at)
    const next: MachineRecord = {
      ...machine,
      docker_slots: [...machine.docker_slots, ...slots].sort((a, b) => a - b),
      ...(backOnline ? { status: before.status, due_at: before.due_at } : {}),
      updated_at: now,
      revision: machine.revision + 1,
    }
    const event = backOnline
      ? machineEvent('machine.status', next, { from: machine.status, occurred_at: instantOf(now) })
      : machineEvent('machine.updated', next)
    return { fields: { machine: next }, events: [event], at: now }
  }
}

/** @returns undefined when no concurrent change can contradict this one */
function provisionalRemoval(before: MachineRecord, after: MachineRecord, snapshot: LoadedMachine): ProvisionalRemoval | undefined {
  const losesSlots = before.docker_slots.some((slot) => !after.docker_slots.includes(slot))
  // A machine without heartbeats is offline even with sessions on it.
  const isRemoved = after.status === 'offline' && before.status !== 'offline' && snapshot.sessions === 0
  if (!losesSlots && !isRemoved) return undefined
  const { docker_slots, due_at } = before
  return { docker_slots, due_at, status: isRemoved ? before.status : after.status }
}

export function machineStore(connection: Connection, machines: Machines): MachineStore {
  const { documents } = machines.collection
  const sessions = connection.collection<SessionDocument>('session')
  return {
    change(id, change, decide) {
      return connection.write(() => machines.change(id, change, decide))
    },
    find(id) {
      return connection.read(() => machines.find(id))
    },
    list({ statuses, hostname, limit, offset, after }) {
      const filter = {
        // A machine that is being removed has no record any more.
        'machine.created_at': { $gte: 0 },
        ...(statuses === undefined ? {} : { 'machine.status': { $in: statuses } }),
        ...(hostname === undefined ? {} : { 'machine.hostname': hostname }),
      } as unknown as Filter<MachineDocument>
      const rest = (after === undefined ? filter : { ...filter, _id: { $gt: textId(after.id) } }) as Filter<MachineDocument>
      return connection.read(async () => {
        const [found, total] = await Promise.all([
          documents.find(rest, { sort: { _id: 1 }, skip: offset, limit }).toArray(),
          documents.countDocuments(filter),
        ])
        return { rows: found.map(({ machine }) => machine), total }
      })
    },
    available({ limit, offset, after }) {
      return connection.read(async () => {
        const online = await documents.find({ 'machine.status': 'online' } as Filter<MachineDocument>, { sort: { _id: 1 } }).toArray()
        const withSlots = online.map(({ machine }) => machine).filter(({ docker_slots }) => docker_slots.length > 0)
        const ids = withSlots.map(({ machine_id }) => machine_id)
        const taken = Map.groupBy(await takenSlots(sessions, ids), ({ machine_id }) => machine_id)
        const free = withSlots
          .map((machine) => ({
            machine,
            taken: (taken.get(machine.machine_id) ?? []).map(({ machine_id: _, ...slot }) => slot),
          }))
          .map((one) => ({ ...one, free: freeSlots(one.machine, one.taken).length }))
          .filter((one) => one.free > 0)
          .sort((a, b) => b.free - a.free)
        const rest = behindFree(free, after)
        return { rows: rest.slice(offset, offset + limit).map(({ machine, taken }) => ({ machine, taken })), total: free.length }
      })
    },
    sessionsOf(ids) {
      return connection.read(async () => {
        const of = new Map<string, string[]>(ids.map((id) => [id, []]))
        for (const { session_id, machine_id } of await liveOn(sessions, ids)) of.get(machine_id)?.push(session_id)
        for (const list of of.values()) list.sort()
        return of
      })
    },
    due: dueMachines(connection, documents),
  }
}
