import { randomUUID } from 'node:crypto'
import type { Key } from '@signalbox/contract/key'
import type { Document, FindCursor } from 'mongodb'
import { HubError } from '../../hub-error.ts'
import type { MachineRecord } from '../../state/machine.ts'
import { mergedTasks, newerAnswer, newerKey, newerMachine, newerSecret, newerSession } from '../copy/newer.ts'
import { isSame, placeOf, tooOld } from '../copy/place-event.ts'
import {
  type EventPortion,
  type KeptAnswer,
  type KeptEvent,
  type KeptKey,
  PORTION_LARGE,
  PORTION_ROWS,
  type Portion,
  type ReportedCall,
  type SessionWithTasks,
  sessionPieces,
  type WholePortion,
} from '../copy/portion.ts'
import { became, hasOwnSecret, otherKeyHasHash, otherTaskHasId, Tally } from '../copy/tally.ts'
import { type CopyStore, ONCE_KEPT_MS } from '../store.ts'
import type { Connection } from './connection.ts'
import { awayError, duplicatesOf, isDuplicate, storeError } from './error.ts'
import type { CausedEvent, EventDocument, EventLog } from './event.ts'
import { type KeyDocument, keyOf, type SecretDocument } from './key.ts'
import type { CollectorDocument } from './limits/collector.ts'
import { keptCollector, keptDay, keptPlan, loadCollector, loadDays, loadPlan, loadReadings } from './limits/copy.ts'
import { keptReading, type Readings } from './limits/readings.ts'
import type { MachineDocument } from './machine.ts'
import { type OnceDocument, onceId } from './once.ts'
import { type SessionDocument, slotKey } from './session.ts'
import type { PlaceDocument, TaskPlaces } from './task.ts'
import { textId, textOf } from './text-id.ts'
import type { Teller } from './untold.ts'
import { type CallDocument, recordOf } from './usage/call-document.ts'
import { writeCalls } from './usage/ingest.ts'
import type { Quarters } from './usage/quarter.ts'
import type { Ingests, StateDocument } from './usage/unfinished.ts'

/** The parts of this store that a copy reads and writes. */
export interface CopyParts {
  readonly connection: Connection
  readonly log: EventLog
  readonly teller: Teller
  readonly places: TaskPlaces
  readonly readings: Readings
  readonly quarters: Quarters
  readonly ingests: Ingests
}

/** So often a row meets somebody else's change before it gives up; each time one of the two has won. */
const TRIES = 100
const tooLarge = 'more than MongoDB keeps in one document'

export function copyStore(parts: CopyParts): CopyStore {
  const { connection, quarters } = parts
  const copy = new Copy(parts)
  return {
    size() {
      const count = (name: string) => connection.collection(name).estimatedDocumentCount()
      return connection.read(async () => ({
        keys: await count('key'),
        machines: await count('machine'),
        sessions: await count('session'),
        calls: await count('call'),
        readings: await count('reading'),
        series: await count('limit_day'),
        plans: await count('limit_account'),
        collectors: await count('collector'),
        events: await count('event'),
        answers: await count('once'),
      }))
    },
    dump: (now) => dump(parts, now),
    load(portion, source, now) {
      return connection.write(async () => {
        const tally = new Tally()
        return { tally, waiting: await copy.load(portion, tally, source, now) }
      })
    },
    settle() {
      return connection.write(() => quarters.addUpAll())
    },
  }
}

/** There are no transactions: what others write meanwhile is in it or not, and a session comes whole. */
async function* dump({ connection, log, teller, readings: limits }: CopyParts, now: number): AsyncGenerator<Portion> {
  const keys = connection.collection<KeyDocument>('key')
  const machines = connection.collection<MachineDocument>('machine')
  const sessions = connection.collection<SessionDocument>('session')
  const collectors = connection.collection<CollectorDocument>('collector')
  // What a hub that died has not told would never be told of the copies.
  await connection.write(async () => {
    await teller.tellForgotten(machines, true)
    await teller.tellForgotten(sessions, true)
    await teller.tellForgotten(limits.readings, true)
    await teller.tellForgotten(collectors, true)
    await limits.finishForgotten(true)
  })
  yield await connection.read(() => wholeOf(connection))
  for await (const rows of pages(connection, keys.find())) {
    yield { kind: 'keys', rows: rows.map((document) => ({ key: keyOf(document), hash: document.hash })) }
  }
  for await (const rows of pages(connection, machines.find({}, { projection: { machine: 1 } }), PORTION_LARGE)) {
    yield { kind: 'machines', rows: rows.map(({ machine }) => machine) }
  }
  yield* sessionPieces(sessionsOf(connection))
  const calls = connection.collection<CallDocument>('call').find({}, { projection: { record: 1 }, batchSize: PORTION_ROWS })
  for await (const rows of pages(connection, calls)) yield { kind: 'calls', rows: rows.map((document) => recordOf(document)) }
  const readings = limits.readings.find({}, { sort: { at: 1, reading_id: 1 }, batchSize: PORTION_LARGE })
  for await (const rows of pages(connection, readings, PORTION_LARGE)) yield { kind: 'readings', rows: rows.map(keptReading) }
  for await (const rows of pages(connection, limits.days.find())) yield { kind: 'series', rows: rows.map(keptDay) }
  for await (const rows of pages(connection, limits.accounts.find())) yield { kind: 'plans', rows: rows.map(keptPlan) }
  for await (const rows of pages(connection, collectors.find())) yield { kind: 'collectors', rows: rows.map(keptCollector) }
  // Not beyond what is there now: each id that is said to be used comes with its event, or had lost it before.
  const { last: used } = await log.bounds()
  const events = connection.collection<EventDocument>('event').find({ _id: { $lte: used } }, { sort: { _id: 1 }, batchSize: PORTION_ROWS })
  for await (const rows of pages(connection, events)) yield { kind: 'events', rows: rows.map(keptEvent), used: rows.at(-1)!._id }
  yield { kind: 'events', rows: [], used }
  const answers = connection
    .collection<OnceDocument>('once')
    .find({ made_at: { $gt: now - ONCE_KEPT_MS }, result: { $exists: true } }, { batchSize: PORTION_LARGE })
  for await (const rows of pages(connection, answers, PORTION_LARGE)) yield { kind: 'answers', rows: rows.map(keptAnswer) }
}

/** What a cursor finds, a piece at a time. */
async function* pages<T extends Document>(connection: Connection, cursor: FindCursor<T>, limit = PORTION_ROWS): AsyncGenerator<T[]> {
  try {
    for (;;) {
      const rows = await connection.read(async () => {
        const some: T[] = []
        while (some.length < limit) {
          const one = await cursor.next()
          if (one === null) break
          some.push(one)
        }
        return some
      })
      if (rows.length > 0) yield rows
      if (rows.length < limit) return
    }
  } finally {
    await cursor.close().catch(() => {})
  }
}

async function* sessionsOf(connection: Connection): AsyncGenerator<SessionWithTasks> {
  const found = connection
    .collection<SessionDocument>('session')
    .find({}, { projection: { session: 1, tasks: 1 }, batchSize: PORTION_LARGE })
  for await (const rows of pages(connection, found, PORTION_LARGE)) for (const { session, tasks } of rows) yield { session, tasks }
}

async function wholeOf(connection: Connection): Promise<WholePortion> {
  const secret = await connection.collection<SecretDocument>('meta').findOne({ _id: 'cookie_secret' })
  const state = await connection.collection<StateDocument>('meta').findOne({ _id: 'usage' })
  return { kind: 'whole', cookieSecret: secret?.value, lastIngestAt: state?.last_ingest_at }
}

function keptEvent({ _id, event, at, data }: EventDocument): KeptEvent {
  return { id: _id, event, at, data }
}

function keptAnswer({ _id, fingerprint, made_at, result }: OnceDocument): KeptAnswer {
  const text = textOf(_id)
  // No owner has a line break in it.
  const end = text.indexOf('\n')
  return { owner: text.slice(0, end), key: text.slice(end + 1), fingerprint, result: result!, made_at }
}

/** Takes pieces of another store in: each row by an insert, or by a compare and set, and again where somebody was faster. */
class Copy {
  readonly #parts: CopyParts

  constructor(parts: CopyParts) {
    this.#parts = parts
  }

  /** @returns sessions that had to come without their slot */
  async load(portion: Portion, tally: Tally, source: string, now: number): Promise<SessionWithTasks[]> {
    switch (portion.kind) {
      case 'whole':
        await this.#whole(portion, tally)
        break
      case 'keys':
        for (const key of portion.rows) await this.#key(key, tally)
        break
      case 'machines':
        for (const machine of portion.rows) await this.#machine(machine, tally)
        break
      case 'sessions':
        return this.#sessions(portion.rows, tally)
      case 'calls':
        await this.#calls(portion.rows, tally, now)
        break
      case 'readings':
        await loadReadings(this.#parts.readings, portion.rows, tally)
        break
      case 'series':
        await loadDays(this.#parts.readings, portion.rows, tally)
        break
      case 'plans':
        for (const plan of portion.rows) await loadPlan(this.#parts.readings, plan, tally)
        break
      case 'collectors':
        for (const collector of portion.rows) await loadCollector(this.#parts.connection, collector, tally)
        break
      case 'events':
        await this.#events(portion, tally, source, now)
        break
      case 'answers':
        for (const answer of portion.rows) await this.#answer(answer, tally)
        break
    }
    return []
  }

  async #whole({ cookieSecret, lastIngestAt }: WholePortion, tally: Tally): Promise<void> {
    const { connection } = this.#parts
    if (lastIngestAt !== undefined) {
      const state = connection.collection<StateDocument>('meta')
      await state.updateOne({ _id: 'usage' }, { $max: { last_ingest_at: lastIngestAt } }, { upsert: true })
    }
    if (cookieSecret === undefined) return
    const secrets = connection.collection<SecretDocument>('meta')
    const own = (await secrets.findOne({ _id: 'cookie_secret' }))?.value
    const hasKeys = (await connection.collection('key').findOne({}, { projection: { _id: 1 } })) !== null
    const next = newerSecret(own, cookieSecret, hasKeys)
    if (next !== undefined) await secrets.updateOne({ _id: 'cookie_secret' }, { $set: { value: next } }, { upsert: true })
    if (next === undefined && own !== cookieSecret) tally.skip('secret', hasOwnSecret, 'the cookie secret')
    else tally.count('secret', became(own, next))
  }

  async #key({ key, hash }: KeptKey, tally: Tally): Promise<void> {
    const keys = this.#parts.connection.collection<KeyDocument>('key')
    await untilWritten('keys', async () => {
      const known = (await keys.findOne({ _id: textId(key.key_id) })) ?? undefined
      const next = newerKey(known && keyOf(known), key)
      if (next !== undefined) {
        const document = keyDocument(next, hash)
        const written = await put(
          () => keys.insertOne(document),
          () => keys.replaceOne({ _id: document._id, revision: known!.revision }, document),
          known,
        )
        if (written === 'lost') return false
        if (written === 'refused') {
          // By its hash; or somebody has just made it.
          const twin = await keys.findOne({ hash, _id: { $ne: document._id } }, { projection: { _id: 1 } })
          if (twin === null) return false
          tally.skip('keys', otherKeyHasHash, key.key_id)
          return true
        }
      }
      tally.count('keys', became(known, next))
      return true
    })
  }

  async #machine(machine: MachineRecord, tally: Tally): Promise<void> {
    const machines = this.#parts.connection.collection<MachineDocument>('machine')
    const _id = textId(machine.machine_id)
    await untilWritten('machines', async () => {
      const known = (await machines.findOne({ _id })) ?? undefined
      const next = newerMachine(known?.machine, machine)
      if (next !== undefined) {
        const written = await put(
          () => machines.insertOne({ _id, revision: 1, machine: next }),
          () => machines.updateOne({ _id, revision: known!.revision }, { $set: { revision: known!.revision + 1, machine: next } }),
          known,
        )
        if (written !== 'written') return false
      }
      tally.count('machines', became(known, next))
      return true
    })
  }

  /** New ones, nearly all of a first copy, in one command. */
  async #sessions(rows: readonly SessionWithTasks[], tally: Tally): Promise<SessionWithTasks[]> {
    const sessions = this.#parts.connection.collection<SessionDocument>('session')
    const known = new Map<string, SessionDocument>()
    for await (const document of sessions.find({ _id: { $in: rows.map(({ session }) => textId(session.session_id)) } })) {
      known.set(document._id, document)
    }
    const owned = await this.#claimTasks(rows, known, tally)
    const fresh = owned.filter(({ session }) => !known.has(textId(session.session_id)))
    const left = await this.#insertSessions(fresh, tally)
    const waiting: SessionWithTasks[] = []
    for (const one of [...owned.filter(({ session }) => known.has(textId(session.session_id))), ...left]) {
      if (!(await this.#session(one, tally))) waiting.push(one)
    }
    return waiting
  }

  /** @returns the sessions with those of their tasks whose ids are not another session's */
  async #claimTasks(
    rows: readonly SessionWithTasks[],
    known: ReadonlyMap<string, SessionDocument>,
    tally: Tally,
  ): Promise<SessionWithTasks[]> {
    const { connection, places } = this.#parts
    const claims = rows.flatMap(({ session, tasks }) => {
      const there = new Set(known.get(textId(session.session_id))?.tasks.map(({ task_id }) => task_id))
      return tasks.filter(({ task_id }) => !there.has(task_id))
    })
    if (claims.length === 0) return [...rows]
    const documents = claims.map(({ task_id, session_id }): PlaceDocument => ({ _id: textId(task_id), session_id }))
    const refused = new Set<string>()
    try {
      await connection.collection<PlaceDocument>('task_place').insertMany(documents, { ordered: false })
    } catch (error) {
      if (!isDuplicate(error)) throw error
      for (const index of duplicatesOf(error)) {
        const task = claims[index]!
        try {
          await places.claim(task)
        } catch (problem) {
          if (!(problem instanceof HubError && problem.code === 'conflict')) throw problem
          tally.skip('tasks', otherTaskHasId, task.task_id)
          refused.add(task.task_id)
        }
      }
    }
    if (refused.size === 0) return [...rows]
    return rows.map(({ session, tasks }) => ({ session, tasks: tasks.filter(({ task_id }) => !refused.has(task_id)) }))
  }

  /** @returns those that were refused, for whatever reason */
  async #insertSessions(rows: readonly SessionWithTasks[], tally: Tally): Promise<readonly SessionWithTasks[]> {
    if (rows.length === 0) return []
    const sessions = this.#parts.connection.collection<SessionDocument>('session')
    let refused: ReadonlySet<number> = new Set()
    try {
      await sessions.insertMany(
        rows.map(({ session, tasks }) => sessionDocument({ session, tasks })),
        { ordered: false },
      )
    } catch (error) {
      if (isTooLarge(error)) return rows
      if (!isDuplicate(error)) throw error
      refused = duplicatesOf(error)
    }
    for (const [index, { tasks }] of rows.entries()) {
      if (refused.has(index)) continue
      tally.count('sessions', 'added')
      tally.count('tasks', 'added', tasks.length)
    }
    return rows.filter((_, index) => refused.has(index))
  }

  /** @returns whether it has the slot it came with */
  async #session({ session, tasks }: SessionWithTasks, tally: Tally): Promise<boolean> {
    const sessions = this.#parts.connection.collection<SessionDocument>('session')
    const _id = textId(session.session_id)
    let without = false
    try {
      await untilWritten('sessions', async () => {
        const known = (await sessions.findOne({ _id })) ?? undefined
        let next = newerSession(known?.session, session)
        // It has waited for this slot before, and there is nothing else to write.
        if (without) next = known?.session.revision === session.revision ? undefined : { ...session, docker_slot: null }
        const counted = new Tally()
        const nextTasks = mergedTasks(known?.tasks ?? [], tasks, counted)
        if (next !== undefined || nextTasks !== undefined) {
          const after = { session: next ?? known!.session, tasks: nextTasks ?? known?.tasks ?? [] }
          const { session: record, slot_key, tasks: list } = sessionDocument(after)
          const isHeld = async () => (await sessions.findOne({ slot_key, _id: { $ne: _id } }, { projection: { _id: 1 } })) !== null
          // Before the unique key is asked, which has the last word: FerretDB calls its refusal of an update an inner error.
          if (!without && known !== undefined && slot_key !== known.slot_key && (await isHeld())) {
            without = true
            return false
          }
          const written = await put(
            () => sessions.insertOne(sessionDocument(after)),
            () =>
              sessions.updateOne(
                { _id, revision: known!.revision },
                { $set: { revision: known!.revision + 1, session: record, slot_key, tasks: list } },
              ),
            known,
          )
          if (written === 'refused' && (await isHeld())) without = true
          if (written !== 'written') return false
        }
        tally.count('sessions', became(known, next))
        tally.add(counted)
        return true
      })
    } catch (error) {
      if (!isTooLarge(error)) throw error
      tally.skip('sessions', tooLarge, session.session_id)
      for (const { task_id } of tasks) tally.skip('tasks', `its session is ${tooLarge}`, task_id)
      return true
    }
    return !without
  }

  async #calls(rows: readonly ReportedCall[], tally: Tally, now: number): Promise<void> {
    const { connection, ingests } = this.#parts
    const collection = connection.collection<CallDocument>('call')
    for (const [machine, ofMachine] of Map.groupBy(rows, (row) => row.machine)) {
      const token = randomUUID()
      const quiet: Pick<Ingests, 'announce'> = {
        announce: (token, machine, quarters, now) => ingests.announce(token, machine, quarters, now, true),
      }
      try {
        const calls = ofMachine.map(({ call }) => call)
        const { counts, quarters } = await writeCalls(collection, quiet, token, machine, calls, now)
        if (quarters.length > 0) await ingests.finishQuietly(token, quarters)
        tally.count('calls', 'added', counts.accepted)
        tally.count('calls', 'updated', counts.improved)
        tally.count('calls', 'unchanged', counts.duplicates)
      } finally {
        ingests.release(token)
      }
    }
  }

  async #events({ rows, used }: EventPortion, tally: Tally, source: string, now: number): Promise<void> {
    const { log } = this.#parts
    const piece = new Map(rows.map((row) => [row.id, row]))
    const known = await this.#knownLog(rows)
    let next = known.last + 1
    let together: CausedEvent[] = []
    const append = async () => {
      await log.append(together)
      together = []
    }
    for (const row of rows) {
      const place = placeOf(row, piece, { ...known, last: next - 1 }, now)
      if (place === 'old') tally.skip('events', tooOld, String(row.id))
      else if (place === 'there') tally.count('events', 'unchanged')
      else {
        if (place === 'id' && row.id > next) {
          await append()
          await log.use(row.id - 1)
          next = row.id
        }
        together.push({ cause: `copy/${source}/${row.id}`, event: row.event, data: row.data, at: row.at })
        next++
        tally.count('events', 'added')
      }
    }
    await append()
    if (used >= next) await log.use(used)
  }

  /** What has to be known of the log for these events; for a log that they continue, next to nothing is read. */
  async #knownLog(rows: readonly KeptEvent[]) {
    const { connection, log } = this.#parts
    const events = connection.collection<EventDocument>('event')
    const { last } = await log.bounds()
    const [oldest, latest] = await Promise.all([
      events.findOne({}, { sort: { _id: 1 } }),
      events.findOne({}, { sort: { at: -1 }, projection: { at: 1 } }),
    ])
    const byId = new Map<number, KeptEvent>()
    const passed = rows.filter(({ id }) => id <= last)
    if (passed.length > 0) {
      const between = { _id: { $gte: passed[0]!.id, $lte: passed.at(-1)!.id } }
      for await (const document of events.find(between)) byId.set(document._id, keptEvent(document))
    }
    const byAt = new Map<number, KeptEvent[]>()
    const latestAt = latest?.at ?? Number.NEGATIVE_INFINITY
    const isThere = (row: KeptEvent, known = byId.get(row.id)) => known !== undefined && isSame(known, row)
    const unsure = rows.filter((row) => row.at <= latestAt && !isThere(row))
    if (unsure.length > 0) {
      for await (const document of events.find({ at: { $in: [...new Set(unsure.map(({ at }) => at))] } })) {
        byAt.set(document.at, [...(byAt.get(document.at) ?? []), keptEvent(document)])
      }
    }
    return {
      last,
      oldest: oldest === null ? undefined : keptEvent(oldest),
      latestAt: latest?.at,
      withId: (id: number) => byId.get(id),
      same: ({ at, event, data }: KeptEvent) =>
        (byAt.get(at) ?? []).filter((one) => one.event === event && one.data === data).map(({ id }) => id),
    }
  }

  async #answer(answer: KeptAnswer, tally: Tally): Promise<void> {
    const records = this.#parts.connection.collection<OnceDocument>('once')
    const { fingerprint, result, made_at } = answer
    const document: OnceDocument = { _id: onceId(answer), fingerprint, made_at, holder: 'copy', held_at: made_at, result }
    await untilWritten('answers', async () => {
      const known = (await records.findOne({ _id: document._id })) ?? undefined
      const next = newerAnswer(known, answer)
      if (next !== undefined) {
        const written = await put(
          () => records.insertOne(document),
          () => records.replaceOne({ _id: document._id, holder: known!.holder, made_at: known!.made_at }, document),
          known,
        )
        if (written !== 'written') return false
      }
      tally.count('answers', became(known, next))
      return true
    })
  }
}

/** @param work gives false when somebody else was faster */
async function untilWritten(what: string, work: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < TRIES; tries++) if (await work()) return
  throw awayError(new Error(`${TRIES} changes of one of the ${what} at the same time`))
}

/** @returns `refused` by a unique key, `lost` to somebody who changed it meanwhile */
async function put(
  insert: () => Promise<unknown>,
  update: () => Promise<unknown>,
  known: object | undefined,
): Promise<'written' | 'refused' | 'lost'> {
  try {
    if (known === undefined) {
      await insert()
      return 'written'
    }
    const { matchedCount } = (await update()) as { matchedCount: number }
    return matchedCount === 1 ? 'written' : 'lost'
  } catch (error) {
    if (isDuplicate(error)) return 'refused'
    throw error
  }
}

function sessionDocument({ session, tasks }: SessionWithTasks): SessionDocument {
  return { _id: textId(session.session_id), revision: 1, slot_key: slotKey(session), session, tasks: [...tasks] }
}

function keyDocument(
  { key_id, name, scopes, prefix, created_at, last_used_at, expires_at, revoked_at, revision }: Key,
  hash: string,
): KeyDocument {
  return {
    _id: textId(key_id),
    name: JSON.stringify(name),
    scopes,
    prefix,
    hash,
    created_at: Date.parse(created_at),
    ...(last_used_at === undefined ? {} : { last_used_at: Date.parse(last_used_at) }),
    ...(expires_at === undefined ? {} : { expires_at: Date.parse(expires_at) }),
    ...(revoked_at === undefined ? {} : { revoked_at: Date.parse(revoked_at) }),
    revision,
  }
}

function isTooLarge(error: unknown): boolean {
  const problem = storeError(error, 'write')
  return problem instanceof HubError && problem.code === 'payload_too_large'
}
