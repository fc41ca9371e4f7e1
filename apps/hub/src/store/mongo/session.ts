import { type SessionStatus, sessionStatuses } from '@signalbox/contract/session'
import type { Collection, Filter, UpdateFilter } from 'mongodb'
import type { Decision, Held, Needs, Outcome, TakenSlot } from '../../state/held.ts'
import { dueOf } from '../../state/machine.ts'
import type { SessionRecord } from '../../state/session-record.ts'
import type { TaskRecord } from '../../state/task-record.ts'
import { beatingStatuses, liveStatuses } from '../../state/transition.ts'
import type { Change, SessionStore } from '../store.ts'
import type { Connection } from './connection.ts'
import { awayError, isDuplicate } from './error.ts'
import type { Machines } from './machine.ts'
import type { OnceKeeper } from './once.ts'
import type { TaskPlaces } from './task.ts'
import { textId } from './text-id.ts'
import { andTell, type Teller, type Telling, untold } from './untold.ts'

/** A session with everything that changes with it, so that one update of one document is all there is to a change. */
export interface SessionDocument extends Telling {
  /** Machine and slot of who holds one; the session's own id, and so unique, of who holds none. */
  slot_key: string
  session: SessionRecord
  /** In the order they were made. */
  tasks: TaskRecord[]
  /** The last change that was to happen once: whoever does it again finds what it was answered with, as JSON. */
  done?: { readonly mark: string; readonly result: string }
}

/** So often a change meets another one before it gives up; each time one of the two has won. */
const TRIES = 100

export function slotKey({ session_id, machine_id, docker_slot }: SessionRecord): string {
  return docker_slot === null ? `free\n${session_id}` : `held\n${docker_slot}\n${machine_id}`
}

export function sessionStore(
  connection: Connection,
  keeper: OnceKeeper,
  teller: Teller,
  machines: Machines,
  places: TaskPlaces,
): SessionStore {
  const sessions = connection.collection<SessionDocument>('session')

  const hold = async (id: string, needs: Needs): Promise<{ document: SessionDocument | undefined; held: Held }> => {
    const document = (await sessions.findOne({ _id: textId(id) })) ?? undefined
    const session = document?.session
    const machineId = needs.machine === 'own' ? session?.machine_id : needs.machine?.id
    const [machine, taken] =
      machineId === undefined ? [undefined, []] : await Promise.all([machines.find(machineId), takenSlots(sessions, [machineId])])
    return { document, held: { session, tasks: needs.tasks ? (document?.tasks ?? []) : [], machine, taken } }
  }

  /** @returns the document as it is now; undefined when somebody else was faster */
  const write = async <T>(
    document: SessionDocument | undefined,
    outcome: Outcome<T>,
    mark: string | undefined,
    now: number,
  ): Promise<SessionDocument | undefined> => {
    const done = mark === undefined ? undefined : { mark, result: JSON.stringify(outcome.result ?? null) }
    if (document === undefined) {
      const session = outcome.session!
      const made: SessionDocument = {
        _id: textId(session.session_id),
        revision: 1,
        slot_key: slotKey(session),
        session,
        tasks: [],
        ...untold(1, outcome.events, now),
        ...(done === undefined ? {} : { done }),
      }
      return (await unlessDuplicate(() => sessions.insertOne(made))) === undefined ? undefined : made
    }
    const revision = document.revision + 1
    const session = outcome.session ?? document.session
    const tasks = tasksAfter(document.tasks, outcome)
    const set: Record<string, unknown> = { revision }
    for (const name of Object.keys(session) as (keyof SessionRecord)[]) {
      if (session[name] !== document.session[name]) set[`session.${name}`] = session[name]
    }
    if (slotKey(session) !== document.slot_key) set.slot_key = slotKey(session)
    if (tasks !== document.tasks) set.tasks = tasks
    if (done !== undefined) set.done = done
    const update = andTell<SessionDocument>({ $set: set } as UpdateFilter<SessionDocument>, revision, outcome.events, now)
    const written = await unlessDuplicate(() => sessions.updateOne({ _id: document._id, revision: document.revision }, update))
    if (written?.matchedCount !== 1) return undefined
    const told = [...(document.untold ?? []), ...(untold(revision, outcome.events, now).untold ?? [])]
    return { ...document, revision, session, tasks, ...(told.length === 0 ? {} : { untold: told, has_untold: true }) }
  }

  /**
   * The machine may have lost a slot between the look at it and the claim. Both write first and look then, so one of the
   * two sees the other, and steps back.
   * @returns whether the claim holds
   */
  const stillDeclared = async (before: SessionDocument | undefined, after: SessionDocument): Promise<boolean> => {
    const { docker_slot, machine_id } = after.session
    if (docker_slot === null || before?.slot_key === after.slot_key) return true
    const machine = await machines.find(machine_id)
    if (machine?.docker_slots.includes(docker_slot)) return true
    const mine = { _id: after._id, revision: after.revision }
    if (before === undefined) await sessions.deleteOne(mine)
    else await sessions.replaceOne(mine, { ...before, revision: after.revision + 1 })
    return false
  }

  const decideAndWrite = async <T>(id: string, needs: Needs, { now, once }: Change, decide: Decision<T>, again: boolean): Promise<T> => {
    const mark = once && textId(`${once.owner}\n${once.key}\n${once.fingerprint}`)
    for (let tries = 0; tries < TRIES; tries++) {
      const { document, held } = await hold(id, needs)
      if (again && document?.done !== undefined && document.done.mark === mark) return JSON.parse(document.done.result) as T
      const outcome = decide(held)
      const { gone, events } = outcome
      const quiet = outcome.session === undefined && !outcome.tasks?.length && !outcome.tasksGone?.length && !gone && events.length === 0
      if (quiet) return outcome.result
      // The machine first: a session without its machine would be seen before it is whole.
      const [ofMachine, ofSession] = partition(events, ({ event }) => outcome.machine !== undefined && event.startsWith('machine.'))
      if (outcome.machine !== undefined && !(await machines.insert(outcome.machine, ofMachine, now))) continue
      const added = (outcome.tasks ?? []).filter((task) => !held.tasks.some(({ task_id }) => task_id === task.task_id))
      for (const task of added) await places.claim(task, sessions)
      const after = await write(document, { ...outcome, events: ofSession }, mark, now)
      if (after === undefined) continue
      if (!(await stillDeclared(document, after))) continue
      await teller.tell(sessions, after)
      if (gone) {
        await sessions.deleteOne({ _id: after._id, revision: after.revision })
        await places.release(after.tasks.map(({ task_id }) => task_id))
      }
      if (outcome.tasksGone !== undefined) await places.release(outcome.tasksGone)
      if (outcome.beats && outcome.machine === undefined) await machines.beat(after.session.machine_id, now)
      return outcome.result
    }
    throw awayError(new Error(`${TRIES} changes of one session at the same time`))
  }

  return {
    change(id, needs, change, decide) {
      return connection.write(() => keeper.once(change, (again) => decideAndWrite(id, needs, change, decide, again)))
    },
    async find(id) {
      const found = await connection.read(() => sessions.findOne({ _id: textId(id) }, { projection: { session: 1 } }))
      return found?.session
    },
    list({ statuses, project_id, machine_id, beatBefore, order, limit, offset }) {
      const filter = filterOf({ statuses, project_id, machine_id })
      if (beatBefore !== undefined) filter['session.last_heartbeat'] = { $lt: beatBefore }
      return connection.read(async () => {
        const [rows, total] = await Promise.all([
          sessions
            .find(filter as Filter<SessionDocument>, {
              projection: { session: 1 },
              sort: order === 'newest' ? { 'session.created_at': -1, _id: 1 } : { 'session.last_heartbeat': 1, _id: 1 },
              skip: offset,
              limit: Math.min(limit, 1_000_000),
            })
            .toArray(),
          sessions.countDocuments(filter as Filter<SessionDocument>),
        ])
        return { rows: rows.map(({ session }) => session), total }
      })
    },
    counts(filter) {
      return connection.read(async () => {
        const counted = await Promise.all(
          sessionStatuses.map((status) => sessions.countDocuments(filterOf({ ...filter, statuses: [status] }) as Filter<SessionDocument>)),
        )
        return Object.fromEntries(sessionStatuses.map((status, index) => [status, counted[index]])) as Record<SessionStatus, number>
      })
    },
    due({ now, heardSince, limit }) {
      return connection.read(async () => {
        const due: string[] = []
        const overdue = sessions.find({ 'session.due_at': { $lte: now } } as Filter<SessionDocument>, {
          projection: dueFields,
          sort: { 'session.due_at': 1 },
        })
        for await (const { session } of overdue) {
          if (dueOf(session, heardSince)! <= now) due.push(session.session_id)
          if (due.length === limit) break
        }
        return due
      })
    },
    silence({ now, heardSince }) {
      return connection.read(async () => {
        const beating = await sessions.countDocuments(filterOf({ statuses: beatingStatuses }) as Filter<SessionDocument>)
        let falling = 0
        const heard = { 'session.due_at': { $gt: 0 }, 'session.last_heartbeat': { $gte: heardSince } } as Filter<SessionDocument>
        for await (const { session } of sessions.find(heard, { projection: dueFields })) {
          const { due_at, last_heartbeat, heartbeat_interval_ms } = session
          // One beat is what was promised, or a fifth of the silence that is allowed to who promised nothing.
          if (due_at! - (heartbeat_interval_ms ?? (due_at! - last_heartbeat) / 5) <= now) falling++
        }
        return { beating, falling }
      })
    },
    fromTheFuture(now, limit) {
      return connection.read(async () => {
        const filter = { ...filterOf({ statuses: beatingStatuses }), 'session.last_heartbeat': { $gt: now } } as Filter<SessionDocument>
        const found = await sessions.find(filter, { projection: { 'session.session_id': 1 }, limit }).toArray()
        return found.map(({ session }) => session.session_id)
      })
    },
    ended({ statuses, before, limit }) {
      return connection.read(async () => {
        const found = await sessions
          .find({ ...filterOf({ statuses }), 'session.completed_at': { $lt: before } } as Filter<SessionDocument>, {
            projection: { 'session.session_id': 1, 'session.status': 1 },
            sort: { 'session.completed_at': 1, _id: 1 },
            limit,
          })
          .toArray()
        return found.map(({ session: { session_id, status } }) => ({ session_id, status }))
      })
    },
    countEnded({ statuses, before }) {
      return connection.read(async () => {
        const counted = new Map<SessionStatus, { status: SessionStatus; sessions: number; tasks: number }>()
        const filter = { ...filterOf({ statuses }), 'session.completed_at': { $lt: before } } as Filter<SessionDocument>
        for await (const { session, tasks } of sessions.find(filter, { projection: { 'session.status': 1, 'tasks.task_id': 1 } })) {
          const count = counted.get(session.status) ?? { status: session.status, sessions: 0, tasks: 0 }
          counted.set(session.status, { ...count, sessions: count.sessions + 1, tasks: count.tasks + (tasks?.length ?? 0) })
        }
        return [...counted.values()]
      })
    },
  }
}

const dueFields = { 'session.session_id': 1, 'session.due_at': 1, 'session.last_heartbeat': 1, 'session.heartbeat_interval_ms': 1 }

/** Slots of machines that live sessions hold. */
export async function takenSlots(
  sessions: Collection<SessionDocument>,
  machineIds: readonly string[],
): Promise<(TakenSlot & { machine_id: string })[]> {
  const found = await sessions
    .find({ 'session.machine_id': { $in: machineIds }, 'session.docker_slot': { $gt: 0 } } as unknown as Filter<SessionDocument>, {
      projection: { 'session.session_id': 1, 'session.machine_id': 1, 'session.docker_slot': 1 },
    })
    .toArray()
  return found
    .map(({ session }) => ({ slot: session.docker_slot!, session_id: session.session_id, machine_id: session.machine_id }))
    .sort((a, b) => a.slot - b.slot)
}

/** Ids of the live sessions of machines, with the machine of each. */
export async function liveOn(
  sessions: Collection<SessionDocument>,
  machineIds: readonly string[],
): Promise<{ session_id: string; machine_id: string }[]> {
  const filter = {
    'session.machine_id': { $in: machineIds },
    'session.status': { $in: liveStatuses },
  } as unknown as Filter<SessionDocument>
  const found = await sessions.find(filter, { projection: { 'session.session_id': 1, 'session.machine_id': 1 } }).toArray()
  return found.map(({ session: { session_id, machine_id } }) => ({ session_id, machine_id }))
}

function filterOf({
  statuses,
  project_id,
  machine_id,
}: {
  statuses?: readonly SessionStatus[] | undefined
  project_id?: string | undefined
  machine_id?: string | undefined
}): Record<string, unknown> {
  return {
    ...(statuses === undefined ? {} : { 'session.status': statuses.length === 1 ? statuses[0] : { $in: statuses } }),
    ...(project_id === undefined ? {} : { 'session.project_id': project_id }),
    ...(machine_id === undefined ? {} : { 'session.machine_id': machine_id }),
  }
}

function tasksAfter(tasks: TaskRecord[], { tasks: changed = [], tasksGone = [] }: Outcome<unknown>): TaskRecord[] {
  if (changed.length === 0 && tasksGone.length === 0) return tasks
  const next = new Map(tasks.map((task) => [task.task_id, task]))
  for (const task of changed) next.set(task.task_id, task)
  for (const id of tasksGone) next.delete(id)
  return [...next.values()]
}

async function unlessDuplicate<T>(work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work()
  } catch (error) {
    if (isDuplicate(error)) return undefined
    throw error
  }
}

function partition<T>(all: readonly T[], wanted: (one: T) => boolean): [T[], T[]] {
  return [all.filter(wanted), all.filter((one) => !wanted(one))]
}
