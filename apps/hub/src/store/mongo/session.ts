import { randomInt } from 'node:crypto'
import { type SessionStatus, sessionStatuses } from '@signalbox/contract/session'
import { type Collection, type Filter, MongoServerError, type UpdateFilter } from 'mongodb'
import type { Decision, Held, Needs, Outcome, TakenSlot } from '../../state/held.ts'
import { dueOf } from '../../state/machine.ts'
import { type SessionRecord, updatedEvent } from '../../state/session-record.ts'
import type { TaskRecord } from '../../state/task-record.ts'
import { beatingStatuses, liveStatuses } from '../../state/transition.ts'
import { rangesOf } from '../id-prefix.ts'
import type { Change, SessionStore } from '../store.ts'
import { type Answer, Answers, markOf } from './answers.ts'
import type { Connection } from './connection.ts'
import { awayError, isDuplicate } from './error.ts'
import type { Machines } from './machine.ts'
import type { OnceKeeper } from './once.ts'
import { requireRoom, tasksAfter } from './room.ts'
import type { TaskPlaces } from './task.ts'
import { textId, textOf } from './text-id.ts'
import { Turns } from './turns.ts'
import { andTell, type Teller, type Telling, tokenOf, untold } from './untold.ts'

/** A session with everything that changes with it, so that one update of one document is all there is to a change. */
export interface SessionDocument extends Telling {
  /** Machine and slot of who holds one; the session's own id, and so unique, of who holds none. */
  slot_key: string
  session: SessionRecord
  /** In the order they were made. */
  tasks: TaskRecord[]
  done?: readonly Answer[]
  unsure?: Readonly<Record<string, Unsure>>
}

/** What a change has written that another one may have ruled out since the look before it. */
interface Unsure {
  /** Of the slot it has claimed. */
  readonly slot_key?: string
  /** Ids of the tasks it has added. */
  readonly tasks: readonly string[]
  /** Of its request, whose answer goes when the change is taken back. */
  readonly mark?: string
}

/** Sessions of this store, and what is done for hubs that died. */
export interface MongoSessions extends SessionStore {
  /** Takes away what should not have been written; undefined where somebody else is at it. */
  lookAgain(document: SessionDocument): Promise<SessionDocument | undefined>
}

/** So often a change meets another one before it gives up; each time one of the two has won. */
const TRIES = 100
export function slotKey({ session_id, machine_id, docker_slot }: SessionRecord): string {
  return docker_slot === null ? freeKey(session_id) : `held\n${docker_slot}\n${machine_id}`
}

export function sessionStore(
  connection: Connection,
  keeper: OnceKeeper,
  teller: Teller,
  machines: Machines,
  places: TaskPlaces,
): MongoSessions {
  const sessions = connection.collection<SessionDocument>('session')
  const turns = new Turns()
  const answers = new Answers()

  const hold = async (
    id: string,
    needs: Needs,
    mark: string | undefined,
  ): Promise<{ document: SessionDocument | undefined; held: Held }> => {
    const document = await read(id, { ...(needs.tasks ? {} : { tasks: 0 }), ...(mark === undefined ? { done: 0 } : {}) })
    const session = document?.session
    const machineId = needs.machine === 'own' ? session?.machine_id : needs.machine?.id
    const [machine, taken] =
      machineId === undefined ? [undefined, []] : await Promise.all([machines.find(machineId), takenSlots(sessions, [machineId])])
    return { document, held: { session, tasks: document?.tasks ?? [], machine, taken } }
  }

  /** @param without what may be many megabytes, and is not asked for */
  const read = async (id: string, without: Readonly<Record<string, 0>>): Promise<SessionDocument | undefined> => {
    const options = Object.keys(without).length === 0 ? {} : { projection: without }
    const document = (await sessions.findOne({ _id: textId(id) }, options)) ?? undefined
    if (document?.gone !== true) return document
    // It was purged by who died before it was removed, or is about to.
    await teller.tell(sessions, document)
    return read(id, without)
  }

  /** @returns the document as it is now; undefined when somebody else was faster */
  const write = async <T>(
    document: SessionDocument | undefined,
    outcome: Outcome<T>,
    { mark, undone, unsure, now }: Writing,
  ): Promise<SessionDocument | undefined> => {
    const done =
      mark !== undefined
        ? { done: answers.after(document?.done, mark, outcome.result, now) }
        : undone !== undefined
          ? { done: answers.without(document?.done, undone) }
          : {}
    if (document === undefined) {
      const session = outcome.session!
      // Begun by chance: a session that is made anew under an id that was purged must not be taken for the old one.
      const revision = randomInt(2 ** 40)
      const made: SessionDocument = {
        _id: textId(session.session_id),
        revision,
        slot_key: slotKey(session),
        session,
        tasks: [],
        ...untold(revision, outcome.events, now),
        ...(unsure === undefined ? {} : { unsure: { [tokenOf(revision)]: unsure }, has_untold: true as const }),
        ...done,
      }
      return (await unlessTaken(() => sessions.insertOne(made))) === undefined ? undefined : made
    }
    const revision = document.revision + 1
    const session = outcome.session ?? document.session
    const tasks = tasksAfter(document.tasks, outcome)
    const set: Record<string, unknown> = { revision, ...done }
    for (const name of Object.keys(session) as (keyof SessionRecord)[]) {
      if (session[name] !== document.session[name]) set[`session.${name}`] = session[name]
    }
    if (slotKey(session) !== document.slot_key) set.slot_key = slotKey(session)
    // Who dies before the places of tasks are free has them freed by whoever tells.
    const goes = outcome.gone ? tasks.map(({ task_id }) => task_id) : (outcome.tasksGone ?? [])
    const letGo = [...(document.let_go ?? []), ...goes]
    if (goes.length > 0) Object.assign(set, { let_go: letGo, has_untold: true })
    if (unsure !== undefined) Object.assign(set, { [`unsure.${tokenOf(revision)}`]: unsure, has_untold: true })
    const change = outcome.gone
      ? // Nobody sees it any more, and nobody can change it; whoever tells of it removes what is left.
        {
          $set: { revision, slot_key: freeKey(session.session_id), gone: true, let_go: letGo },
          $unset: { session: '', tasks: '', done: '', unsure: '' },
        }
      : tasks === document.tasks
        ? { $set: set }
        : changeOfTasks(set, document.tasks, tasks, outcome)
    const update = andTell<SessionDocument>(change as UpdateFilter<SessionDocument>, revision, outcome.events, now)
    const written = await unlessTaken(() => sessions.updateOne({ _id: document._id, revision: document.revision }, update))
    if (written?.matchedCount !== 1) return undefined
    const told = [...(document.untold ?? []), ...(untold(revision, outcome.events, now).untold ?? [])]
    const { unsure: others, ...rest } = document
    return {
      ...rest,
      ...(others === undefined || outcome.gone ? {} : { unsure: others }),
      revision,
      slot_key: slotKey(session),
      session,
      tasks,
      ...(outcome.gone ? { gone: true } : {}),
      ...(letGo.length === 0 ? {} : { let_go: letGo, has_untold: true }),
      ...(unsure === undefined ? {} : { unsure: { ...others, [tokenOf(revision)]: unsure }, has_untold: true }),
      ...(told.length === 0 ? {} : { untold: told, has_untold: true }),
    }
  }

  /**
   * The machine may have lost a slot, or gone offline, between the look at it and the write, and another session may have
   * made a task of the same id. Whoever could be in another's way writes first and looks then, so one of the two sees the
   * other, and steps back. What is written and not looked at says so, and is looked at by another hub where this one dies.
   */
  const isRight = async (
    before: SessionDocument | undefined,
    after: SessionDocument,
    seen: Held['machine'],
    unsure: Unsure | undefined,
  ): Promise<boolean> => {
    const { machine_id } = after.session
    if (before?.session.machine_id !== machine_id && seen?.status === 'online') {
      if ((await machines.find(machine_id))?.status === 'offline') return false
    }
    if (unsure === undefined) return true
    const { slot, tasks } = await wrongOf(after, unsure)
    return !slot && tasks.length === 0
  }

  /** Of what a change has written: what must not be there. */
  const wrongOf = async ({ _id, slot_key, session }: SessionDocument, unsure: Unsure): Promise<{ slot: boolean; tasks: string[] }> => {
    const tasks: string[] = []
    for (const task_id of unsure.tasks) if (!(await places.isKept({ task_id, session_id: textOf(_id) }))) tasks.push(task_id)
    if (unsure.slot_key !== slot_key) return { slot: false, tasks }
    const machine = await machines.find(session.machine_id)
    return { slot: !machine?.docker_slots.includes(session.docker_slot!), tasks }
  }

  /** Takes back what was just written, which nobody has been told of. */
  const stepBack = async (
    before: SessionDocument | undefined,
    after: SessionDocument,
    unsure: Unsure | undefined,
    mark: string | undefined,
    now: number,
  ): Promise<void> => {
    const token = tokenOf(after.revision)
    const mine = {
      _id: after._id,
      revision: after.revision,
      untold: { $exists: true },
      ...(unsure === undefined ? {} : { [`unsure.${token}`]: { $exists: true } }),
    } as Filter<SessionDocument>
    if (before === undefined) {
      if ((await sessions.deleteOne(mine)).deletedCount === 1) return
    } else {
      const revision = after.revision + 1
      const { session, slot_key, tasks, done, untold, unsure: others } = before
      // The slot it had may be gone from its machine by now.
      const again: Unsure | undefined = slot_key === after.slot_key || session.docker_slot === null ? undefined : { slot_key, tasks: [] }
      const set = {
        revision,
        slot_key,
        session: { ...session, revision: after.session.revision + 1 },
        ...(after.tasks === tasks ? {} : { tasks }),
        ...(mark === undefined ? {} : { done: done ?? [] }),
        ...(untold === undefined ? {} : { untold }),
        ...(again === undefined ? {} : { [`unsure.${tokenOf(revision)}`]: again }),
      }
      const unset = {
        ...(untold === undefined ? { untold: '' } : {}),
        ...(unsure === undefined ? {} : { [`unsure.${token}`]: '' }),
        ...(untold === undefined && again === undefined && Object.keys(others ?? {}).length === 0 && !before.let_go
          ? { has_untold: '' }
          : {}),
      }
      const update = {
        $set: set,
        ...(Object.keys(unset).length === 0 ? {} : { $unset: unset }),
      } as unknown as UpdateFilter<SessionDocument>
      // The slot it had may be another's by now.
      if ((await unlessTaken(() => sessions.updateOne(mine, update)))?.matchedCount === 1) {
        if (again === undefined) return
        const restored = await read(after.session.session_id, { tasks: 0, done: 0 })
        if (restored !== undefined) await lookAgain(restored)
        return
      }
    }
    await takeAway(after, unsure ?? { tasks: [] }, mark, now)
  }

  /** Somebody has built on it already, or whoever wrote it is dead: what must not be is taken away, and told. */
  const takeAway = async (
    { _id, revision: written, session: { machine_id } }: SessionDocument,
    unsure: Unsure,
    undone: string | undefined,
    at: number,
  ): Promise<void> => {
    for (let tries = 0; tries < TRIES; tries++) {
      const document = await read(textOf(_id), unsure.tasks.length === 0 ? { tasks: 0 } : {})
      if (document === undefined) return
      const { session } = document
      const holds = session.docker_slot !== null && document.slot_key === unsure.slot_key && session.machine_id === machine_id
      const tasksGone = (document.tasks ?? []).map(({ task_id }) => task_id).filter((id) => unsure.tasks.includes(id))
      const answered = document.done?.some(({ mark }) => mark === undone)
      if (!holds && tasksGone.length === 0 && !answered) return
      const now = Math.max(at, session.updated_at)
      const next: SessionRecord = {
        ...session,
        docker_slot: holds ? null : session.docker_slot,
        current_task_id: tasksGone.includes(session.current_task_id ?? '') ? null : session.current_task_id,
        updated_at: now,
        revision: session.revision + 1,
      }
      const outcome = { session: next, tasksGone, events: [updatedEvent(session, next)], result: null }
      const after = await write(document, outcome, { undone, now })
      if (after !== undefined) return teller.tell(sessions, after, tokenOf(written))
    }
    throw awayError(new Error(`${TRIES} changes of one session at the same time`))
  }

  const lookAgain = async (document: SessionDocument): Promise<SessionDocument | undefined> => {
    const { _id, revision } = document
    const all = Object.entries(document.unsure ?? {})
    const there = all.some(([, { tasks }]) => tasks.length > 0) ? await places.tasksOf(textOf(_id)) : []
    for (const [token, unsure] of all) {
      const wrong = await wrongOf(document, { ...unsure, tasks: unsure.tasks.filter((id) => there.includes(id)) })
      if (!wrong.slot && wrong.tasks.length === 0) continue
      const { slot_key, mark } = unsure
      const taken = { ...(wrong.slot && slot_key !== undefined ? { slot_key } : {}), tasks: wrong.tasks }
      await takeAway({ ...document, revision: Number(token.slice(1)) }, taken, mark, 0)
      return undefined
    }
    const sure = { $unset: { unsure: '' } } as unknown as UpdateFilter<SessionDocument>
    if ((await sessions.updateOne({ _id, revision }, sure)).matchedCount !== 1) return undefined
    const { unsure: _, ...rest } = document
    return rest
  }

  const decideAndWrite = async <T>(id: string, needs: Needs, change: Change, decide: Decision<T>): Promise<T> => {
    const { now } = change
    const mark = markOf(change)
    for (let tries = 0; tries < TRIES; tries++) {
      const { document, held } = await hold(id, needs, mark)
      const answered = answers.find(document?.done, mark, now)
      if (answered !== undefined) return JSON.parse(answered) as T
      const outcome = decide(held)
      const { gone, events } = outcome
      const quiet = outcome.session === undefined && !outcome.tasks?.length && !outcome.tasksGone?.length && !gone && events.length === 0
      if (quiet) return outcome.result
      requireRoom(held, outcome)
      // The machine first: a session without its machine would be seen before it is whole.
      const [ofMachine, ofSession] = partition(events, ({ event }) => outcome.machine !== undefined && event.startsWith('machine.'))
      if (outcome.machine !== undefined && !(await machines.insert(outcome.machine, ofMachine, now))) continue
      const added = (outcome.tasks ?? []).filter((task) => !held.tasks.some(({ task_id }) => task_id === task.task_id))
      for (const task of added) await places.claim(task)
      const unsure = unsureOf(document, outcome.session, added, mark)
      const after = await write(document, { ...outcome, events: ofSession }, { mark, unsure, now })
      if (after === undefined) continue
      if (!(await isRight(document, after, outcome.machine ?? held.machine, unsure))) {
        await stepBack(document, after, unsure, mark, now)
        continue
      }
      await teller.tell(sessions, after, unsure === undefined ? undefined : tokenOf(after.revision))
      if (outcome.beats && outcome.machine === undefined) await machines.beat(after.session.machine_id, now, held.machine?.status)
      return outcome.result
    }
    throw awayError(new Error(`${TRIES} changes of one session at the same time`))
  }

  return {
    lookAgain,
    change(id, needs, change, decide) {
      return connection.write(async () => {
        const result = await keeper.once(change, () => turns.take(id, () => decideAndWrite(id, needs, change, decide)))
        answers.settle(markOf(change))
        return result
      })
    },
    async find(id) {
      const found = await connection.read(() => sessions.findOne({ _id: textId(id) }, { projection: { session: 1 } }))
      return found?.session
    },
    list({ statuses, project_id, machine_id, session_id_prefix, beatBefore, order, limit, offset }) {
      const filter = filterOf({ statuses, project_id, machine_id })
      if (session_id_prefix !== undefined) {
        const ranges = rangesOf(session_id_prefix).map(([from, to]) => ({ _id: { $gte: from, $lt: to } }))
        Object.assign(filter, ranges.length === 1 ? ranges[0] : { $or: ranges })
      }
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

/** How a change is written. */
interface Writing {
  /** Of a request whose answer is kept. */
  readonly mark?: string | undefined
  /** Of a request whose answer is kept no longer, because its change was taken back. */
  readonly undone?: string | undefined
  readonly unsure?: Unsure | undefined
  readonly now: number
}

/** @returns undefined where nobody could be in the way of what is written */
function unsureOf(
  before: SessionDocument | undefined,
  after: SessionRecord | undefined,
  added: readonly TaskRecord[],
  mark: string | undefined,
): Unsure | undefined {
  const claims = after !== undefined && after.docker_slot !== null && slotKey(after) !== before?.slot_key
  if (!claims && added.length === 0) return undefined
  const tasks = added.map(({ task_id }) => task_id)
  return { ...(claims ? { slot_key: slotKey(after) } : {}), tasks, ...(mark === undefined ? {} : { mark }) }
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
  const filter = {
    ...(statuses === undefined ? {} : { 'session.status': statuses.length === 1 ? statuses[0] : { $in: statuses } }),
    ...(project_id === undefined ? {} : { 'session.project_id': project_id }),
    ...(machine_id === undefined ? {} : { 'session.machine_id': machine_id }),
  }
  // What is left of one that is being purged has none of it.
  return Object.keys(filter).length === 0 ? { 'session.created_at': { $gte: 0 } } : filter
}

function freeKey(sessionId: string): string {
  return `free\n${sessionId}`
}

/** Of a thousand tasks nearly always one is sent. */
function changeOfTasks(
  set: Readonly<Record<string, unknown>>,
  before: readonly TaskRecord[],
  tasks: readonly TaskRecord[],
  { tasks: changed = [], tasksGone = [] }: Outcome<unknown>,
): { $set: Record<string, unknown>; $push?: Record<string, unknown> } {
  const added = tasks.slice(before.length)
  if (tasksGone.length === 0 && added.length === changed.length) return { $set: set, $push: { tasks: { $each: added } } }
  // MongoDB refuses to change a list and to add to it at once.
  if (tasksGone.length > 0 || added.length > 0) return { $set: { ...set, tasks } }
  const at = new Map(before.map(({ task_id }, index) => [task_id, index]))
  return { $set: { ...set, ...Object.fromEntries(changed.map((task) => [`tasks.${at.get(task.task_id)}`, task])) } }
}

/** @returns undefined when another session has the id, or the slot */
async function unlessTaken<T>(work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work()
  } catch (error) {
    if (isDuplicate(error) || isDuplicateOfUpdate(error)) return undefined
    throw error
  }
}

/** FerretDB says it in words where it is an update that meets a unique key. */
function isDuplicateOfUpdate(error: unknown): boolean {
  return error instanceof MongoServerError && error.code === 1 && /unique constraint/i.test(error.message)
}

function partition<T>(all: readonly T[], wanted: (one: T) => boolean): [T[], T[]] {
  return [all.filter(wanted), all.filter((one) => !wanted(one))]
}
