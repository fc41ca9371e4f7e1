import type { MachineStatus } from '@signalbox/contract/machine'
import type { Collection, Filter, UpdateFilter } from 'mongodb'
import { instantOf } from '../../clock.ts'
import { HubError } from '../../hub-error.ts'
import {
  beat,
  dueOf,
  type HeldMachine,
  type MachineDecision,
  type MachineOutcome,
  type MachineRecord,
  machineBeatEvery,
  machineEvent,
} from '../../state/machine.ts'
import { freeSlots } from '../../state/slot.ts'
import type { Change, MachineStore, NewEvent } from '../store.ts'
import { type Answer, Answers, markOf } from './answers.ts'
import type { Connection } from './connection.ts'
import { awayError, isDuplicate } from './error.ts'
import type { OnceKeeper } from './once.ts'
import { liveOn, type SessionDocument, takenSlots } from './session.ts'
import { textId } from './text-id.ts'
import { Turns } from './turns.ts'
import { andTell, type Teller, type Telling, tokenOf, untold } from './untold.ts'

export interface MachineDocument extends Telling {
  machine: MachineRecord
  done?: readonly Answer[]
  unsure?: Readonly<Record<string, Unsure>>
}

/** As a machine was before slots were taken away from it, or it was put away, while somebody may have come. */
interface Unsure extends Pick<MachineRecord, 'docker_slots' | 'status' | 'due_at'> {
  /** Of its request, whose answer goes when the change is taken back. */
  readonly mark?: string
}

const TRIES = 100

/** Machines, as sessions need them. */
export class Machines {
  readonly #machines: Collection<MachineDocument>
  readonly #sessions: Collection<SessionDocument>
  readonly #teller: Teller
  readonly #offlineMs: number
  readonly #lastBeats = new Map<string, number>()
  readonly #turns = new Turns()
  readonly #answers = new Answers()

  constructor(connection: Connection, teller: Teller, offlineMs: number) {
    this.#machines = connection.collection('machine')
    this.#sessions = connection.collection('session')
    this.#teller = teller
    this.#offlineMs = offlineMs
  }

  async find(id: string): Promise<MachineRecord | undefined> {
    return (await this.#machines.findOne({ _id: textId(id) }))?.machine
  }

  /** @returns false when somebody else was faster */
  async insert(machine: MachineRecord, events: readonly NewEvent[], now: number, done?: readonly Answer[]): Promise<boolean> {
    const document: MachineDocument = {
      _id: textId(machine.machine_id),
      revision: 1,
      machine,
      ...untold(1, events, now),
      ...(done === undefined ? {} : { done }),
    }
    try {
      await this.#machines.insertOne(document)
    } catch (error) {
      if (isDuplicate(error)) return false
      throw error
    }
    await this.#teller.tell(this.#machines, document)
    return true
  }

  /**
   * A session's beat counts for its machine; written now and then, see `machineBeatEvery`.
   * @param seen as it was lately, where that is known: one that another hub has called offline does not wait for that
   */
  async beat(id: string, now: number, seen?: MachineStatus): Promise<void> {
    const last = this.#lastBeats.get(id)
    // Also when the clock was set back: the difference is negative then.
    if (seen !== 'offline' && last !== undefined && now - last >= 0 && now - last < machineBeatEvery(this.#offlineMs)) return
    this.#lastBeats.set(id, now)
    await this.change(id, { now }, ({ machine }): MachineOutcome<null> => {
      if (machine === undefined) return { events: [], result: null }
      const next = beat(machine, now, this.#offlineMs)
      const told = { from: machine.status, reason: 'heartbeat of a session', occurred_at: instantOf(now) }
      return { machine: next, events: next.status === machine.status ? [] : [machineEvent('machine.status', next, told)], result: null }
    })
  }

  async change<T>(id: string, change: Change, decide: MachineDecision<T>): Promise<T> {
    return this.#turns.take(id, () => this.#decideAndWrite(id, change, decide))
  }

  /** The answer of a change is kept elsewhere now. */
  settle(change: Change): void {
    this.#answers.settle(markOf(change))
  }

  async #decideAndWrite<T>(id: string, change: Change, decide: MachineDecision<T>): Promise<T> {
    const { now } = change
    const mark = markOf(change)
    for (let tries = 0; tries < TRIES; tries++) {
      const document = (await this.#machines.findOne({ _id: textId(id) })) ?? undefined
      const answered = this.#answers.find(document?.done, mark, now)
      if (answered !== undefined) return JSON.parse(answered) as T
      const held = await this.#held(id, document?.machine)
      const outcome = decide(held)
      const { machine, events, result } = outcome
      if (machine === undefined) return result
      // What a session's beat would bring it back from may have changed.
      if (document?.machine.status !== machine.status) this.#lastBeats.delete(id)
      const done = mark === undefined ? undefined : this.#answers.after(document?.done, mark, result, now)
      if (document === undefined) {
        if (await this.insert(machine, events, now, done)) return result
        continue
      }
      const unsure = unsureOf(document.machine, machine, held, mark)
      const after = await this.#write(document, machine, events, { done, unsure, now })
      if (after === undefined) continue
      if (unsure !== undefined && !(await this.#isRight(document.machine, machine, decide))) {
        await this.#stepBack(document, after, unsure, now)
        continue
      }
      await this.#teller.tell(this.#machines, after, unsure === undefined ? undefined : tokenOf(after.revision))
      return result
    }
    throw awayError(new Error(`${TRIES} changes of one machine at the same time`))
  }

  async #held(id: string, machine: MachineRecord | undefined): Promise<HeldMachine> {
    const [taken, live] = await Promise.all([takenSlots(this.#sessions, [id]), liveOn(this.#sessions, [id])])
    return { machine, taken, sessions: live.length }
  }

  async #write(
    document: MachineDocument,
    machine: MachineRecord,
    events: readonly NewEvent[],
    { done, unsure, now }: { done?: readonly Answer[] | undefined; unsure?: Unsure | undefined; now: number },
  ): Promise<MachineDocument | undefined> {
    const revision = document.revision + 1
    const set = {
      revision,
      machine,
      ...(done === undefined ? {} : { done }),
      ...(unsure === undefined ? {} : { [`unsure.${tokenOf(revision)}`]: unsure, has_untold: true }),
    }
    const update = andTell<MachineDocument>({ $set: set } as UpdateFilter<MachineDocument>, revision, events, now)
    const written = await this.#machines.updateOne({ _id: document._id, revision: document.revision }, update)
    if (written.matchedCount !== 1) return undefined
    const told = [...(document.untold ?? []), ...(untold(revision, events, now).untold ?? [])]
    return {
      ...document,
      revision,
      machine,
      ...(unsure === undefined ? {} : { unsure: { ...document.unsure, [tokenOf(revision)]: unsure }, has_untold: true }),
      ...(told.length === 0 ? {} : { untold: told, has_untold: true }),
    }
  }

  /**
   * A slot that was taken away, or a machine that was put away, may have been claimed since the look at it. Both write
   * first and look then, so one of the two sees the other, and steps back. What is written and not looked at says so, and
   * is looked at by another hub where this one dies.
   */
  async #isRight(before: MachineRecord, after: MachineRecord, decide: MachineDecision<unknown>): Promise<boolean> {
    const held = await this.#held(after.machine_id, before)
    try {
      decide(held)
      return true
    } catch (error) {
      if (error instanceof HubError) return false
      throw error
    }
  }

  /** Takes back what was just written, which nobody has been told of. */
  async #stepBack(before: MachineDocument, after: MachineDocument, unsure: Unsure, now: number): Promise<void> {
    const machine = { ...before.machine, revision: after.machine.revision + 1 }
    const restored = { ...before, machine, revision: after.revision + 1 }
    const token = tokenOf(after.revision)
    const mine = { _id: after._id, revision: after.revision, untold: { $exists: true }, [`unsure.${token}`]: { $exists: true } }
    const { matchedCount } = await this.#machines.replaceOne(mine as Filter<MachineDocument>, restored)
    if (matchedCount !== 1) await this.#giveBack(after._id, unsure, token, now)
  }

  /**
   * Somebody has built on it already, or whoever wrote it is dead: what is held is given back, and told.
   * @returns whether anything was
   */
  async #giveBack(_id: string, before: Unsure, token: string, at: number): Promise<boolean> {
    for (let tries = 0; tries < TRIES; tries++) {
      const document = await this.#machines.findOne({ _id })
      if (document === null) return false
      const { machine } = document
      const held = await this.#held(machine.machine_id, machine)
      const missing = held.taken.map(({ slot }) => slot).filter((slot) => !machine.docker_slots.includes(slot))
      const slots = missing.filter((slot) => before.docker_slots.includes(slot))
      const back = machine.status === 'offline' && before.status !== 'offline' && held.sessions > 0
      if (slots.length === 0 && !back) return false
      const now = Math.max(at, machine.updated_at)
      const next: MachineRecord = {
        ...machine,
        docker_slots: [...machine.docker_slots, ...slots].sort((a, b) => a - b),
        ...(back ? { status: before.status, due_at: before.due_at } : {}),
        updated_at: now,
        revision: machine.revision + 1,
      }
      const told = back
        ? machineEvent('machine.status', next, { from: machine.status, occurred_at: instantOf(now) })
        : machineEvent('machine.updated', next)
      const done = before.mark === undefined ? undefined : this.#answers.without(document.done, before.mark)
      const written = await this.#write(document, next, [told], { done, now })
      if (written === undefined) continue
      await this.#teller.tell(this.#machines, written, token)
      return true
    }
    throw awayError(new Error(`${TRIES} changes of one machine at the same time`))
  }

  /** For a hub that died: gives back what is held; undefined where somebody else is at it. */
  async lookAgain(document: MachineDocument): Promise<MachineDocument | undefined> {
    const { _id, revision } = document
    for (const [token, unsure] of Object.entries(document.unsure ?? {})) {
      if (await this.#giveBack(_id, unsure, token, 0)) return undefined
    }
    const { matchedCount } = await this.#machines.updateOne({ _id, revision }, {
      $unset: { unsure: '' },
    } as unknown as UpdateFilter<MachineDocument>)
    if (matchedCount !== 1) return undefined
    const { unsure: _, ...sure } = document
    return sure
  }
}

function unsureOf(before: MachineRecord, after: MachineRecord, held: HeldMachine, mark: string | undefined): Unsure | undefined {
  const loses = before.docker_slots.some((slot) => !after.docker_slots.includes(slot))
  // One that is silent is offline whoever is on it.
  const isPutAway = after.status === 'offline' && before.status !== 'offline' && held.sessions === 0
  if (!loses && !isPutAway) return undefined
  const { docker_slots, due_at } = before
  return { docker_slots, due_at, status: isPutAway ? before.status : after.status, ...(mark === undefined ? {} : { mark }) }
}

export function machineStore(connection: Connection, keeper: OnceKeeper, rows: Machines): MachineStore {
  const machines = connection.collection<MachineDocument>('machine')
  const sessions = connection.collection<SessionDocument>('session')
  return {
    change(id, change, decide) {
      return connection.write(async () => {
        const result = await keeper.once(change, () => rows.change(id, change, decide))
        rows.settle(change)
        return result
      })
    },
    find(id) {
      return connection.read(() => rows.find(id))
    },
    list({ statuses, hostname, limit, offset }) {
      const filter = {
        ...(statuses === undefined ? {} : { 'machine.status': { $in: statuses } }),
        ...(hostname === undefined ? {} : { 'machine.hostname': hostname }),
      } as unknown as Filter<MachineDocument>
      return connection.read(async () => {
        const [found, total] = await Promise.all([
          machines.find(filter, { sort: { _id: 1 }, skip: offset, limit }).toArray(),
          machines.countDocuments(filter),
        ])
        return { rows: found.map(({ machine }) => machine), total }
      })
    },
    available({ limit, offset }) {
      return connection.read(async () => {
        const online = await machines.find({ 'machine.status': 'online' } as Filter<MachineDocument>, { sort: { _id: 1 } }).toArray()
        const withSlots = online.map(({ machine }) => machine).filter(({ docker_slots }) => docker_slots.length > 0)
        const taken = await takenSlots(
          sessions,
          withSlots.map(({ machine_id }) => machine_id),
        )
        const free = withSlots
          .map((machine) => ({
            machine,
            taken: taken
              .filter(({ machine_id }) => machine_id === machine.machine_id)
              .map(({ slot, session_id }) => ({ slot, session_id })),
          }))
          .map((one) => ({ ...one, free: freeSlots(one.machine, one.taken).length }))
          .filter((one) => one.free > 0)
          .sort((a, b) => b.free - a.free)
        return { rows: free.slice(offset, offset + limit).map(({ machine, taken }) => ({ machine, taken })), total: free.length }
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
    due({ now, heardSince, limit }) {
      return connection.read(async () => {
        const overdue = await machines
          .find({ 'machine.due_at': { $lte: now } } as Filter<MachineDocument>, { sort: { 'machine.due_at': 1 } })
          .toArray()
        return overdue
          .filter(({ machine }) => dueOf(machine, heardSince)! <= now)
          .map(({ machine }) => machine.machine_id)
          .slice(0, limit)
      })
    },
  }
}
