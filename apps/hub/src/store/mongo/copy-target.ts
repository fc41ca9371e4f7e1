import { randomInt, randomUUID } from 'node:crypto'
import type { Key } from '@signalbox/contract/key'
import { HubError } from '../../hub-error.ts'
import type { MachineRecord } from '../../state/machine-record.ts'
import { isSame, missingEvents, type TargetLog } from '../copy/event-place.ts'
import type { Loaders } from '../copy/load.ts'
import { keyInstants, mergedTasks, newerKey, newerMachine, newerResult, newerSecret, newerSession, withoutSlot } from '../copy/newer.ts'
import type { CopiedEvent, CopiedKey, CopiedResult, EventPortion, GlobalsPortion, ReportedCall, SessionWithTasks } from '../copy/portion.ts'
import { became, otherKeyHasHash, otherTaskHasId, Tally } from '../copy/tally.ts'
import { loadAlertRow } from './alert-copy.ts'
import type { AuditLog } from './audit.ts'
import { addBudget } from './budget.ts'
import { copiedEvent, type SourceParts } from './copy-source.ts'
import type { ClaimDocument } from './core/claim.ts'
import type { CausedEvent } from './core/event-appender.ts'
import { type IdempotencyDocument, recordId } from './core/idempotency.ts'
import { addDeletion, addRemoval } from './deletion.ts'
import { duplicatesOf, isDuplicate, storeError, unavailableError } from './error.ts'
import type { EventDocument } from './event.ts'
import { putFolders } from './folder.ts'
import { type KeyDocument, keyOf, type SecretDocument } from './key.ts'
import { loadCollector, loadDays, loadPlan, loadSnapshots } from './limits/copy.ts'
import { addView } from './saved-view.ts'
import { type SessionDocument, slotKey } from './session-document.ts'
import { takeSignIns } from './sign-in.ts'
import type { TaskClaims } from './task-claim.ts'
import { textId } from './text-id.ts'
import { writeCalls } from './usage/ingest.ts'
import type { PendingIngests, StateDocument } from './usage/pending-ingest.ts'

/** The parts of this store that a copy writes. */
export interface TargetParts extends SourceParts {
  readonly audit: AuditLog
  readonly claims: TaskClaims
  readonly pendingIngests: PendingIngests
}

/** The attempts to write a row; each lost one means that another change has been written. */
const MAX_ATTEMPTS = 100
const tooLarge = 'more than MongoDB keeps in one document'

/** Loads portions; each loader returns the sessions that it loaded without their slot. @param source id of the copied store */
export function copyLoaders(parts: TargetParts, tally: Tally, source: string, now: number): Loaders<Promise<SessionWithTasks[]>> {
  const { snapshots, collectors } = parts
  const each = async <Row>(rows: readonly Row[], load: (row: Row) => Promise<void>): Promise<SessionWithTasks[]> => {
    for (const row of rows) await load(row)
    return []
  }
  return {
    whole: (portion) => each([portion], (globals) => loadGlobals(parts, globals, tally)),
    keys: ({ rows }) => each(rows, (key) => loadKey(parts, key, tally)),
    audit: ({ rows }) => each(rows, async (entry) => tally.count('audit', (await parts.audit.load(entry)) ? 'added' : 'unchanged')),
    machines: ({ rows }) => each(rows, (machine) => loadMachine(parts, machine, tally, now)),
    sessions: ({ rows }) => loadSessions(parts, rows, tally, now),
    calls: ({ rows }) => each([rows], (calls) => loadCalls(parts, calls, tally, now)),
    readings: ({ rows }) => each([rows], (versions) => loadSnapshots(snapshots, versions, tally)),
    series: ({ rows }) => each([rows], (days) => loadDays(snapshots, days, tally)),
    plans: ({ rows }) => each(rows, (plan) => loadPlan(snapshots, plan, tally)),
    collectors: ({ rows }) => each(rows, (collector) => loadCollector(collectors, collector, tally)),
    alerts: ({ rows }) => each(rows, (row) => loadAlertRow(parts, row, tally, now)),
    events: (portion) => each([portion], (events) => loadEvents(parts, events, tally, source, now)),
    answers: ({ rows }) => each(rows, (result) => loadResult(parts, result, tally)),
  }
}

async function loadGlobals(
  { connection, pendingIngests }: TargetParts,
  { cookieSecret, lastIngestAt, deletions = [], removals = [], signIns = [], folders = [], budgets = [], savedViews = [] }: GlobalsPortion,
  tally: Tally,
): Promise<void> {
  for (const deletion of deletions) await addDeletion(connection, deletion)
  for (const removal of removals) await addRemoval(connection, removal)
  await takeSignIns(connection, signIns)
  await putFolders(connection, folders)
  for (const budget of budgets) await addBudget(connection, budget)
  for (const view of savedViews) await addView(connection, view)
  if (folders.length > 0) await pendingIngests.recordFolders()
  if (lastIngestAt !== undefined) {
    const state = connection.collection<StateDocument>('meta')
    await state.updateOne({ _id: 'usage' }, { $max: { last_ingest_at: lastIngestAt } }, { upsert: true })
  }
  if (cookieSecret === undefined) return
  const secrets = connection.collection<SecretDocument>('meta')
  const own = (await secrets.findOne({ _id: 'cookie_secret' }))?.value
  const hasKeys = (await connection.collection('key').findOne({}, { projection: { _id: 1 } })) !== null
  const next = newerSecret(own, cookieSecret, hasKeys, tally)
  if (next !== undefined) await secrets.updateOne({ _id: 'cookie_secret' }, { $set: { value: next } }, { upsert: true })
}

async function loadKey({ connection }: TargetParts, { key, hash }: CopiedKey, tally: Tally): Promise<void> {
  const keys = connection.collection<KeyDocument>('key')
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
        // Another key has the same hash, or this key was inserted at the same moment.
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

async function loadMachine({ machines }: TargetParts, machine: MachineRecord, tally: Tally, now: number): Promise<void> {
  const outcome = await machines.collection.change(textId(machine.machine_id), { now }, async (document) => {
    const next = newerMachine(document?.machine, machine)
    const result = became(document, next)
    return next === undefined ? { result } : { result, write: { fields: { machine: next }, events: [], at: now } }
  })
  tally.count('machines', outcome)
}

/** Inserts new sessions, nearly all of a first copy, in one command. @returns the sessions that were loaded without their slot */
async function loadSessions(parts: TargetParts, rows: readonly SessionWithTasks[], tally: Tally, now: number): Promise<SessionWithTasks[]> {
  const known = new Map<string, SessionDocument>()
  const ids = rows.map(({ session }) => textId(session.session_id))
  for await (const document of parts.sessions.collection.documents.find({ _id: { $in: ids } })) known.set(document._id, document)
  const owned = await claimTasks(parts, rows, known, tally)
  const isKnown = ({ session }: SessionWithTasks) => known.has(textId(session.session_id))
  const left = await insertSessions(
    parts,
    owned.filter((one) => !isKnown(one)),
    tally,
  )
  // Before the sessions: a copy that is aborted is continued, and finds those that are stored.
  await parts.sessions.observed.put(rows.flatMap(({ observed }) => observed))
  const waiting: SessionWithTasks[] = []
  for (const one of [...owned.filter(isKnown), ...left]) if (!(await loadSession(parts, one, tally, now))) waiting.push(one)
  return waiting
}

/** @returns the sessions, without tasks whose ids belong to other sessions */
async function claimTasks(
  { claims }: TargetParts,
  rows: readonly SessionWithTasks[],
  known: ReadonlyMap<string, SessionDocument>,
  tally: Tally,
): Promise<readonly SessionWithTasks[]> {
  const added = rows.flatMap(({ session, tasks }) => {
    const stored = new Set(known.get(textId(session.session_id))?.tasks?.map(({ task_id }) => task_id))
    return tasks.filter(({ task_id }) => !stored.has(task_id))
  })
  if (added.length === 0) return rows
  const documents = added.map(({ task_id, session_id }): ClaimDocument => ({ _id: textId(task_id), session_id }))
  const refused = new Set<string>()
  try {
    await claims.documents.insertMany(documents, { ordered: false })
  } catch (error) {
    if (!isDuplicate(error)) throw error
    for (const index of duplicatesOf(error)) {
      const task = added[index]!
      try {
        await claims.claim(task)
      } catch (problem) {
        if (!(problem instanceof HubError && problem.code === 'conflict')) throw problem
        tally.skip('tasks', otherTaskHasId, task.task_id)
        refused.add(task.task_id)
      }
    }
  }
  if (refused.size === 0) return rows
  return rows.map(({ tasks, ...rest }) => ({ ...rest, tasks: tasks.filter(({ task_id }) => !refused.has(task_id)) }))
}

/** @returns the sessions that could not be inserted */
async function insertSessions(
  { sessions }: TargetParts,
  rows: readonly SessionWithTasks[],
  tally: Tally,
): Promise<readonly SessionWithTasks[]> {
  if (rows.length === 0) return []
  let refused: ReadonlySet<number> = new Set()
  try {
    await sessions.collection.documents.insertMany(rows.map(sessionDocument), { ordered: false })
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

/** @returns false when the session was loaded without its slot */
async function loadSession(
  { sessions: { collection }, claims }: TargetParts,
  { session, tasks }: SessionWithTasks,
  tally: Tally,
  now: number,
): Promise<boolean> {
  const _id = textId(session.session_id)
  const slot_key = slotKey(session)
  let slotIsHeld = false
  try {
    const counted = await collection.change(_id, { now }, async (document) => {
      // A purged session with this id may have released the claims meanwhile.
      if (document === undefined) for (const task of tasks) await claims.claim(task)
      const known = document?.session
      let next = newerSession(known, session)
      // Checked before the unique key, which decides, and then asks for another attempt.
      slotIsHeld = next !== undefined && slot_key !== document?.slot_key && (await isHeldByAnother(slot_key))
      if (slotIsHeld) next = withoutSlot(known, session)
      const counted = new Tally()
      const nextTasks = mergedTasks(document?.tasks ?? [], tasks, counted)
      counted.count('sessions', became(known, next))
      if (next === undefined && nextTasks === undefined) return { result: counted }
      const record = next ?? known!
      const fields = { session: record, slot_key: slotKey(record), tasks: nextTasks ?? document?.tasks ?? [] }
      return { result: counted, write: { fields, events: [], at: now } }
    })
    tally.add(counted)
  } catch (error) {
    if (!isTooLarge(error)) throw error
    tally.skip('sessions', tooLarge, session.session_id)
    for (const { task_id } of tasks) tally.skip('tasks', `its session is ${tooLarge}`, task_id)
    return true
  }
  return !slotIsHeld

  async function isHeldByAnother(key: string): Promise<boolean> {
    return (await collection.documents.findOne({ slot_key: key, _id: { $ne: _id } }, { projection: { _id: 1 } })) !== null
  }
}

async function loadCalls(
  { connection, pendingIngests }: TargetParts,
  rows: readonly ReportedCall[],
  tally: Tally,
  now: number,
): Promise<void> {
  const unpublished: Pick<PendingIngests, 'begin'> = {
    begin: (token, machine, quarters, now) => pendingIngests.begin(token, machine, quarters, now, true),
  }
  for (const [machine, ofMachine] of Map.groupBy(rows, (row) => row.machine)) {
    const token = randomUUID()
    try {
      const calls = ofMachine.map(({ call }) => call)
      const { counts, quarters } = await writeCalls(connection, unpublished, token, machine, calls, now)
      if (quarters.length > 0) await pendingIngests.finishUnpublished(token, quarters)
      tally.countCalls(counts)
    } finally {
      pendingIngests.release(token)
    }
  }
}

async function loadEvents(parts: TargetParts, portion: EventPortion, tally: Tally, source: string, now: number): Promise<void> {
  const { log } = parts
  const target = await targetLog(parts, portion.rows)
  let next = target.last + 1
  let batch: CausedEvent[] = []
  for (const { id, event: row } of missingEvents(portion, target, now, tally)) {
    if (id > next) {
      await log.append(batch)
      batch = []
      await log.use(id - 1)
    }
    batch.push({ cause: `copy/${source}/${row.id}`, event: row.event, data: row.data, at: row.at })
    next = id + 1
  }
  await log.append(batch)
  if (portion.used >= next) await log.use(portion.used)
}

/** The log that these events are copied into; little is read of a log that they continue. */
async function targetLog({ connection, log }: TargetParts, rows: readonly CopiedEvent[]): Promise<TargetLog> {
  const events = connection.collection<EventDocument>('event')
  const { last } = await log.bounds()
  const [oldest, latest] = await Promise.all([
    events.findOne({}, { sort: { _id: 1 } }),
    events.findOne({}, { sort: { at: -1 }, projection: { at: 1 } }),
  ])
  const byId = new Map<number, CopiedEvent>()
  const passed = rows.filter(({ id }) => id <= last)
  if (passed.length > 0) {
    const between = { _id: { $gte: passed[0]!.id, $lte: passed.at(-1)!.id } }
    for await (const document of events.find(between)) byId.set(document._id, copiedEvent(document))
  }
  const byAt = new Map<number, CopiedEvent[]>()
  const latestAt = latest?.at ?? Number.NEGATIVE_INFINITY
  const isStored = (row: CopiedEvent, known = byId.get(row.id)) => known !== undefined && isSame(known, row)
  const uncertain = rows.filter((row) => row.at <= latestAt && !isStored(row))
  if (uncertain.length > 0) {
    for await (const document of events.find({ at: { $in: [...new Set(uncertain.map(({ at }) => at))] } })) {
      byAt.set(document.at, [...(byAt.get(document.at) ?? []), copiedEvent(document)])
    }
  }
  return {
    last,
    oldest: oldest === null ? undefined : copiedEvent(oldest),
    latestAt: latest?.at,
    withId: (id) => byId.get(id),
    same: ({ at, event, data }) => (byAt.get(at) ?? []).filter((one) => one.event === event && one.data === data).map(({ id }) => id),
  }
}

async function loadResult({ connection }: TargetParts, copied: CopiedResult, tally: Tally): Promise<void> {
  const records = connection.collection<IdempotencyDocument>('once')
  const { fingerprint, result, made_at } = copied
  const document: IdempotencyDocument = { _id: recordId(copied), fingerprint, made_at, holder: 'copy', held_at: made_at, result }
  await untilWritten('answers', async () => {
    const known = (await records.findOne({ _id: document._id })) ?? undefined
    const next = newerResult(known, copied)
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

/** @param work returns false when a concurrent change was faster */
async function untilWritten(what: string, work: () => Promise<boolean>): Promise<void> {
  for (let attempts = 0; attempts < MAX_ATTEMPTS; attempts++) if (await work()) return
  throw unavailableError(new Error(`${MAX_ATTEMPTS} concurrent changes of one of the ${what}`))
}

/** @returns `refused` by a unique key, `lost` to a concurrent change */
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
  // Random, as for a session that is created here: one with this id may have been purged.
  return { _id: textId(session.session_id), revision: randomInt(2 ** 40), slot_key: slotKey(session), session, tasks: [...tasks] }
}

function keyDocument(key: Key, hash: string): KeyDocument {
  const { key_id, name, scopes, prefix, idle_days, machine_id, project_id, revision } = key
  const instants = Object.entries(keyInstants(key)).filter(([, instant]) => instant !== undefined)
  const dated = Object.fromEntries(instants) as Pick<KeyDocument, 'created_at' | 'last_used_at' | 'expires_at' | 'revoked_at'>
  const binding = {
    ...(idle_days === undefined ? {} : { idle_days }),
    ...(machine_id === undefined ? {} : { machine_id: JSON.stringify(machine_id) }),
    ...(project_id === undefined ? {} : { project_id: JSON.stringify(project_id) }),
  }
  return { _id: textId(key_id), name: JSON.stringify(name), scopes, prefix, hash, ...dated, ...binding, revision }
}

function isTooLarge(error: unknown): boolean {
  const problem = storeError(error, 'write')
  return problem instanceof HubError && problem.code === 'payload_too_large'
}
