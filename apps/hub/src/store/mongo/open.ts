import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { PriceTable } from '@signalbox/usage/price-table'
import type { RowLimits } from '../row-limits.ts'
import type { Store } from '../store.ts'
import { cutsOf } from '../usage/price-cuts.ts'
import { AlertCollections, alertStore, sweepAlerts } from './alert.ts'
import { AuditLog } from './audit.ts'
import { budgetStore } from './budget.ts'
import { Connection } from './connection.ts'
import { copyStore } from './copy.ts'
import { IdempotencyRecords } from './core/idempotency.ts'
import { sweepRemovals } from './deletion.ts'
import type { Capacity } from './document-size.ts'
import { isDuplicate } from './error.ts'
import { appendEvents, EventLog } from './event.ts'
import { folderStore } from './folder.ts'
import { heldReports, sweepHeldReports } from './held-report.ts'
import { inviteStore, sweepInvites } from './invite.ts'
import { keyStore } from './key.ts'
import { Collectors } from './limits/collector.ts'
import { limitStore } from './limits/limits.ts'
import { SnapshotCollection } from './limits/snapshot.ts'
import { Triggers } from './limits/trigger.ts'
import { listeningStore } from './listening.ts'
import { Machines, machineStore } from './machine.ts'
import { migrate } from './migration/migrate.ts'
import { questionRelay } from './question-relay.ts'
import { savedViewStore } from './saved-view.ts'
import { sessionStore } from './session.ts'
import { Sessions } from './session-change.ts'
import { signInStore } from './sign-in.ts'
import { taskStore } from './task.ts'
import { TaskClaims } from './task-claim.ts'
import { PendingIngests } from './usage/pending-ingest.ts'
import { QuarterSums, storedThresholds } from './usage/quarter.ts'
import { usageStore } from './usage/usage.ts'

export interface MongoStoreOptions {
  /** `mongodb://…`; without a database in it, `signalbox`. */
  readonly uri: string
  readonly prices: PriceTable
  /** The time without a heartbeat after which a machine is offline, in milliseconds. */
  readonly machineOfflineMs?: number | undefined
  readonly pace?: Pace
  /** What fits into the document of a session. */
  readonly capacity?: Capacity
  /** For tests, which would have to fill up the usual ones. */
  readonly rowLimits?: RowLimits
  /** Keeps the cuts of the stored sums: hubs with another price table may be using the database. */
  readonly keepCuts?: boolean
  /** Told what a migration has changed. */
  readonly log?: ((message: string) => void) | undefined
}

export interface Pace {
  /** The interval at which events of other hubs are read. */
  readonly pollMs: number
  /** The interval at which unfinished writes of crashed hubs are looked for. */
  readonly recoveryMs: number
  /** The time after which an unfinished ingest counts as orphaned. */
  readonly orphanedMs: number
  /** The time after which the claim of a task's id without its task counts as orphaned. */
  readonly claimTimeoutMs?: number
}

const defaultPace: Pace = { pollMs: 250, recoveryMs: 3_000, orphanedMs: 60_000 }

export interface MongoStore extends Store {
  /** For tests of MongoDB's own failures, such as an outage. */
  readonly connection: Connection
}

/**
 * Opens a database, and migrates it to this version. Several hubs may have it open.
 * @throws HubError `unavailable` when it cannot be reached, `database_error` when access is refused or it is of a newer
 * version
 */
export async function openMongoStore(options: MongoStoreOptions): Promise<MongoStore> {
  const connection = await Connection.open(options.uri)
  try {
    return await connection.write(() => assemble(connection, options))
  } catch (error) {
    await connection.close()
    throw error
  }
}

/** Whether a database holds a store; nothing is created. @throws HubError as `openMongoStore` */
export async function hasMongoStore(uri: string): Promise<boolean> {
  const connection = await Connection.open(uri)
  try {
    return await connection.read(async () => (await connection.collection<IdDocument>('meta').findOne({ _id: 'store' })) !== null)
  } finally {
    await connection.close()
  }
}

async function assemble(
  connection: Connection,
  { prices, machineOfflineMs = 600_000, pace = defaultPace, capacity, rowLimits, keepCuts = false, log: logMigration }: MongoStoreOptions,
): Promise<MongoStore> {
  const cuts = cutsOf(prices)
  const log = new EventLog(connection, pace.pollMs)
  let id = ''
  /** Migrates the database, at the start and whenever it was emptied. */
  const prepare = async () => {
    await migrate(connection, undefined, logMigration)
    id = await idOf(connection)
    await log.open()
  }
  await prepare()
  const idempotency = new IdempotencyRecords(connection)
  const audit = new AuditLog(connection, rowLimits)
  const quarters = new QuarterSums(connection, (keepCuts ? await storedThresholds(connection) : undefined) ?? cuts.thresholds)
  const pendingIngests = new PendingIngests(connection, quarters, log, pace.orphanedMs)
  const parts = { connection, log, idempotency }
  const claims = new TaskClaims(connection, { timeoutMs: pace.claimTimeoutMs })
  const machines = new Machines(parts, machineOfflineMs)
  const sessions = new Sessions(parts, machines, claims, capacity)
  const snapshots = new SnapshotCollection(parts)
  const collectors = new Collectors(parts)
  const triggers = new Triggers(parts)
  const alerts = new AlertCollections(parts)
  const meta = connection.collection<CheckDocument | IdDocument>('meta')
  const nouns = [sessions, machines, snapshots, collectors, triggers].map(({ collection }) => collection)
  const versioned = [...nouns, alerts.alerts, alerts.channels, snapshots.accountCollection]
  const recover = async () => {
    if ((await meta.findOne({ _id: 'store', id })) === null) await prepare()
    await pendingIngests.finishOrphaned()
    await snapshots.finishOrphaned()
    for (const collection of versioned) await collection.recover()
  }
  let recovering: Promise<void> | undefined
  /** One run at a time: each compares what it finds with what the one before has found. */
  const recoverOnce = () => {
    recovering ??= recover().finally(() => {
      recovering = undefined
    })
    return recovering
  }
  const stopRecovery = repeat(pace.recoveryMs, () => connection.write(recoverOnce))
  return {
    connection,
    get id() {
      return id
    },
    sessions: sessionStore(connection, sessions, audit),
    tasks: taskStore(connection, claims),
    machines: machineStore(connection, machines),
    usage: usageStore(connection, idempotency, quarters, pendingIngests, cuts),
    folders: folderStore(connection, idempotency, pendingIngests),
    limits: limitStore({ connection, idempotency, audit, snapshots, collectors, triggers }),
    keys: keyStore(connection, idempotency, audit),
    invites: inviteStore(connection, idempotency, audit),
    signIns: signInStore(connection, audit, rowLimits),
    questions: questionRelay(connection),
    held: heldReports(connection),
    audit: audit.asStore(),
    alerts: alertStore(connection, alerts, audit),
    budgets: budgetStore(connection, audit),
    savedViews: savedViewStore(connection, audit),
    listening: listeningStore(connection),
    events: {
      page: (query) => log.page(query),
      latest: (query) => log.latest(query),
      bounds: () => log.bounds(),
      listen: (listener) => log.listen(listener),
      append: (events, change) => connection.write(() => audit.record(change, () => appendEvents(log, idempotency, events, change))),
    },
    copy: copyStore({ connection, audit, log, sessions, machines, claims, snapshots, collectors, alerts, pendingIngests }, quarters),
    writeTimes: connection.writeTimes,
    size: () => connection.size(),
    runIdempotent: (change, work) => connection.write(() => audit.record(change, () => idempotency.run(change, () => work()))),
    verify: async () => {},
    async check() {
      await connection.read(() => meta.findOne({ _id: 'check' }))
      // A write is tried only after one has failed.
      if (connection.failure !== undefined) {
        await connection.write(() => meta.updateOne({ _id: 'check' }, { $inc: { times: 1 } }, { upsert: true }))
      }
    },
    sweep(now) {
      return connection.write(async () => {
        // Where the process is frozen between two requests, or is a new one each time, the timer never comes.
        await recoverOnce()
        if (versioned.some((collection) => collection.hasUnfinished)) {
          await sleep(pace.recoveryMs)
          await recoverOnce()
        }
        return (
          (await idempotency.sweep(now)) +
          (await log.sweep(now)) +
          (await sweepInvites(connection, now)) +
          (await audit.sweep(now)) +
          (await sweepRemovals(connection, now)) +
          (await sweepHeldReports(connection, now)) +
          (await sweepAlerts(connection, now))
        )
      })
    },
    async close() {
      stopRecovery()
      log.close()
      await connection.close()
    },
  }
}

interface CheckDocument {
  _id: 'check'
  times: number
}

interface IdDocument {
  _id: 'store'
  id: string
}

/** The store's id, which is made with the store. */
async function idOf(connection: Connection): Promise<string> {
  const meta = connection.collection<IdDocument>('meta')
  const known = await meta.findOne({ _id: 'store' })
  if (known !== null) return known.id
  try {
    await meta.insertOne({ _id: 'store', id: randomUUID() })
  } catch (error) {
    // Two hubs may open a new store at once: the first insert wins.
    if (!isDuplicate(error)) throw error
  }
  return (await meta.findOne({ _id: 'store' }))!.id
}

/** Runs the work again and again, one run at a time; a failed run is followed by the next. @returns a function that stops it */
function repeat(everyMs: number, work: () => Promise<unknown>): () => void {
  let stopped = false
  let timer: NodeJS.Timeout
  const later = () => {
    timer = setTimeout(() => {
      const next = () => {
        if (!stopped) later()
      }
      work().then(next, next)
    }, everyMs)
    timer.unref()
  }
  later()
  return () => {
    stopped = true
    clearTimeout(timer)
  }
}
