import type { ChangeSet, Decision, LoadedSession, ReadSet } from '../../state/change-set.ts'
import { type SessionRecord, updatedEvent } from '../../state/session-record.ts'
import type { TaskRecord } from '../../state/task-record.ts'
import type { Change } from '../change.ts'
import type { Fields, Write } from './core/document-write.ts'
import { type Attempt, type CollectionParts, VersionedCollection } from './core/versioned-collection.ts'
import { addRemoval } from './deletion.ts'
import { type Capacity, nextTasks, requireCapacity } from './document-size.ts'
import type { Machines } from './machine.ts'
import { ObservedEvents } from './observed-event.ts'
import { freeKey, type ProvisionalClaims, type SessionDocument, slotKey } from './session-document.ts'
import { takenSlots } from './slot.ts'
import type { TaskClaims } from './task-claim.ts'
import { textId, textOf } from './text-id.ts'

type SessionWrite = Write<SessionDocument, ProvisionalClaims>

/**
 * Changes of sessions with their tasks and slots. The machine may lose a slot, or go offline, after it was read, and another
 * session may create a task of the same id: claims are provisional until they are verified.
 */
export class Sessions {
  readonly collection: VersionedCollection<SessionDocument, ProvisionalClaims>
  readonly observed: ObservedEvents
  readonly #connection: CollectionParts['connection']
  readonly #machines: Machines
  readonly #claims: TaskClaims
  readonly #capacity: Capacity | undefined

  constructor(parts: CollectionParts, machines: Machines, claims: TaskClaims, capacity?: Capacity) {
    this.collection = new VersionedCollection<SessionDocument, ProvisionalClaims>('session', parts, {
      large: ['tasks'],
      restore: restoredSession,
      compensate: (document, provisional, refused, at) => this.#compensate(document, provisional, refused, at),
      release: ({ _id, let_go = [] }) => claims.release(textOf(_id), let_go),
    })
    this.observed = new ObservedEvents(parts.connection)
    this.#connection = parts.connection
    this.#machines = machines
    this.#claims = claims
    this.#capacity = capacity
  }

  change<T>(id: string, readSet: ReadSet, change: Change, decide: Decision<T>): Promise<T> {
    const attempt = (document: SessionDocument | undefined) => this.#attempt(document, readSet, decide, change.now)
    return this.collection.changeOnce(textId(id), change, attempt, readSet.tasks ? [] : ['tasks'])
  }

  async #attempt<T>(
    document: SessionDocument | undefined,
    readSet: ReadSet,
    decide: Decision<T>,
    now: number,
  ): Promise<Attempt<SessionDocument, ProvisionalClaims, T> | undefined> {
    const snapshot = await this.#loadSnapshot(document, readSet)
    const changeSet = decide(snapshot)
    const { result, machine } = changeSet
    // Before the session: if this hub dies in between, the observations are sent again, and find their events stored.
    if (changeSet.observed !== undefined) await this.observed.put(changeSet.observed)
    if (changesNothing(changeSet)) return { result }
    if (changeSet.gone) {
      const { session_id } = document!.session
      // Before the session, and without harm where it stays: only what is said of a session that is not there is compared with it.
      await addRemoval(this.#connection, { session_id, at: now })
      await this.observed.remove(session_id)
    }
    requireCapacity(snapshot, changeSet, this.#capacity)
    // The machine first: a session without its machine would be visible otherwise.
    const ofMachine = changeSet.events.filter(({ event }) => machine !== undefined && event.startsWith('machine.'))
    if (machine !== undefined && !(await this.#machines.insert(machine, ofMachine, now))) return undefined
    const added = (changeSet.tasks ?? []).filter((task) => !snapshot.tasks.some(({ task_id }) => task_id === task.task_id))
    for (const task of added) await this.#claims.claim(task)
    const provisional = provisionalClaims(document, changeSet.session, added)
    const events = changeSet.events.filter((event) => !ofMachine.includes(event))
    return {
      result,
      write: { ...writeOf(document, changeSet), events, at: now, provisional },
      verify: (after) => this.#isValid(document, after, machine ?? snapshot.machine, provisional),
      finish: async ({ session: { machine_id } }) => {
        if (changeSet.machineHeartbeat && machine === undefined)
          await this.#machines.recordHeartbeat(machine_id, now, snapshot.machine?.status)
      },
    }
  }

  async #loadSnapshot(document: SessionDocument | undefined, readSet: ReadSet): Promise<LoadedSession> {
    const session = document?.session
    const machineId = readSet.machine === 'own' ? session?.machine_id : readSet.machine?.id
    const [machine, taken] =
      machineId === undefined
        ? [undefined, []]
        : await Promise.all([this.#machines.find(machineId), takenSlots(this.collection.documents, [machineId])])
    return { session, tasks: document?.tasks ?? [], machine, taken }
  }

  async #isValid(
    before: SessionDocument | undefined,
    after: SessionDocument,
    machineBefore: LoadedSession['machine'],
    provisional: ProvisionalClaims | undefined,
  ): Promise<boolean> {
    const { machine_id } = after.session
    if (before?.session.machine_id !== machine_id && machineBefore?.status === 'online') {
      if ((await this.#machines.find(machine_id))?.status === 'offline') return false
    }
    return provisional === undefined || (await this.#invalidClaims(after, provisional)) === undefined
  }

  /** The claims that concurrent changes contradict; undefined when there are none. */
  async #invalidClaims({ _id, slot_key, session }: SessionDocument, claims: ProvisionalClaims): Promise<ProvisionalClaims | undefined> {
    const tasks = await this.#claims.lost(textOf(_id), claims.tasks)
    if (claims.slot_key === slot_key) {
      const machine = await this.#machines.find(session.machine_id)
      if (!machine?.docker_slots.includes(session.docker_slot!)) return { slot_key, tasks }
    }
    return tasks.length === 0 ? undefined : { tasks }
  }

  /** Removes claimed slots and tasks: all of a refused change, else the invalid ones. */
  async #compensate(
    document: SessionDocument,
    provisional: ProvisionalClaims,
    refused: boolean,
    at: number,
  ): Promise<SessionWrite | undefined> {
    const { session } = document
    const tasks = document.tasks.map(({ task_id }) => task_id).filter((id) => provisional.tasks.includes(id))
    const claims = refused ? { ...provisional, tasks } : await this.#invalidClaims(document, { ...provisional, tasks })
    const holdsSlot = session.docker_slot !== null && claims?.slot_key === document.slot_key
    const tasksGone = claims?.tasks ?? []
    if (!holdsSlot && tasksGone.length === 0) return undefined
    const now = Math.max(at, session.updated_at)
    const next: SessionRecord = {
      ...session,
      docker_slot: holdsSlot ? null : session.docker_slot,
      current_task_id: tasksGone.includes(session.current_task_id ?? '') ? null : session.current_task_id,
      updated_at: now,
      revision: session.revision + 1,
    }
    const changeSet = { session: next, tasksGone, events: [updatedEvent(session, next)], result: null }
    return { ...writeOf(document, changeSet), events: changeSet.events, at: now }
  }
}

function changesNothing({ session, tasks, tasksGone, gone, events }: ChangeSet<unknown>): boolean {
  return session === undefined && !tasks?.length && !tasksGone?.length && !gone && events.length === 0
}

/** @returns undefined when no concurrent change can contradict this one */
function provisionalClaims(
  before: SessionDocument | undefined,
  after: SessionRecord | undefined,
  added: readonly TaskRecord[],
): ProvisionalClaims | undefined {
  const claimsSlot = after !== undefined && after.docker_slot !== null && slotKey(after) !== before?.slot_key
  if (!claimsSlot && added.length === 0) return undefined
  return { ...(claimsSlot ? { slot_key: slotKey(after) } : {}), tasks: added.map(({ task_id }) => task_id) }
}

/** Undoes a change that no other one follows. The machine may have lost the previous slot meanwhile, so it is provisional. */
function restoredSession({ session, slot_key, tasks }: SessionDocument, after: SessionDocument) {
  const fields: Fields<SessionDocument> = {
    session: { ...session, revision: after.session.revision + 1 },
    slot_key,
    ...(after.tasks === tasks ? {} : { tasks }),
  }
  const claimsSlot = slot_key !== after.slot_key && session.docker_slot !== null
  return { fields, provisional: claimsSlot ? { slot_key, tasks: [] } : undefined }
}

/** Writes only what changes: a heartbeat should touch few indexes, and of up to a thousand tasks nearly always one changes. */
function writeOf(document: SessionDocument | undefined, changeSet: ChangeSet<unknown>): Omit<SessionWrite, 'events' | 'at'> {
  if (document === undefined) {
    const session = changeSet.session!
    return { fields: { session, slot_key: slotKey(session), tasks: [] } }
  }
  const session = changeSet.session ?? document.session
  const tasks = nextTasks(document.tasks, changeSet)
  if (changeSet.gone) {
    const released = tasks.map(({ task_id }) => task_id)
    return { fields: { slot_key: freeKey(session.session_id) }, released, remove: ['session', 'tasks'] }
  }
  const set: Record<string, unknown> = {}
  for (const name of Object.keys(session) as (keyof SessionRecord)[]) {
    if (session[name] !== document.session[name]) set[`session.${name}`] = session[name]
  }
  const slot_key = slotKey(session)
  if (slot_key !== document.slot_key) set.slot_key = slot_key
  const fields = { session, slot_key, ...(tasks === document.tasks ? {} : { tasks }) }
  const update = tasks === document.tasks ? { $set: set } : updateOfTasks(set, document.tasks, tasks, changeSet)
  return { fields, update, released: changeSet.tasksGone ?? [] }
}

function updateOfTasks(
  set: Readonly<Record<string, unknown>>,
  before: readonly TaskRecord[],
  tasks: readonly TaskRecord[],
  { tasks: changed = [], tasksGone = [] }: ChangeSet<unknown>,
): { $set: Record<string, unknown>; $push?: Record<string, unknown> } {
  const added = tasks.slice(before.length)
  if (tasksGone.length === 0 && added.length === changed.length) return { $set: set, $push: { tasks: { $each: added } } }
  // MongoDB refuses to change elements of a list and to append to it in one update.
  if (tasksGone.length > 0 || added.length > 0) return { $set: { ...set, tasks } }
  const at = new Map(before.map(({ task_id }, index) => [task_id, index]))
  return { $set: { ...set, ...Object.fromEntries(changed.map((task) => [`tasks.${at.get(task.task_id)}`, task])) } }
}
