import { randomUUID } from 'node:crypto'
import fs from 'node:fs'
import path from 'node:path'
import type { PriceTable } from '@signalbox/usage/price-table'
import type { Store } from '../store.ts'
import { cutsOf } from '../usage/price-cuts.ts'
import { WriteTimes } from '../write-times.ts'
import { alertStore, sweepAlerts } from './alert.ts'
import { auditStore } from './audit.ts'
import { sweepAudit } from './audit-log.ts'
import { budgetStore } from './budget.ts'
import { Connection } from './connection.ts'
import { copyStore } from './copy.ts'
import { sweepRemovals } from './deletion.ts'
import { storeError } from './error.ts'
import { eventStore, sweepEvents } from './event.ts'
import { folderStore } from './folder.ts'
import { sweepResults } from './idempotency.ts'
import { inviteStore, sweepInvites } from './invite.ts'
import { keyStore } from './key.ts'
import { limitStore } from './limits/limits.ts'
import { listeningStore } from './listening.ts'
import { machineStore } from './machine.ts'
import { MachineHeartbeats } from './machine-heartbeat.ts'
import { MachineRows } from './machine-rows.ts'
import { migrate } from './migration/migrate.ts'
import { Names } from './name.ts'
import { savedViewStore } from './saved-view.ts'
import { sessionStore } from './session.ts'
import { SessionCache } from './session-cache.ts'
import { signInStore } from './sign-in.ts'
import { taskRows, taskStore } from './task.ts'
import { applyCuts, storedCuts } from './usage/cut.ts'
import { usageStore } from './usage/usage.ts'
import { Writer } from './writer.ts'

export interface SqliteStore extends Store {
  /** For tests of SQLite's own failures, such as a full disk. */
  readonly connection: Connection
}

export interface SqliteOptions {
  readonly folder: string
  readonly prices: PriceTable
  /** The time without a heartbeat after which a machine is offline, in milliseconds. */
  readonly machineOfflineMs?: number | undefined
  /** Keeps the cuts of the stored roll-ups: a hub with another price table may be using the store. */
  readonly keepCuts?: boolean
  /** Told what a migration has changed. */
  readonly log?: ((message: string) => void) | undefined
}

/**
 * Opens the store of a folder, `signalbox.db`, and migrates it to this version.
 * @throws HubError when it cannot be opened, is damaged, or is of a newer version
 */
export function openSqliteStore({ folder, ...options }: SqliteOptions): SqliteStore {
  try {
    fs.mkdirSync(folder, { recursive: true, mode: 0o700 })
    return assemble(path.join(folder, 'signalbox.db'), options)
  } catch (error) {
    throw storeError(error, 'write')
  }
}

function assemble(file: string, { prices, machineOfflineMs = 600_000, keepCuts = false, log }: Omit<SqliteOptions, 'folder'>): SqliteStore {
  /** Migrates a file, at the start and whenever another one has replaced it. */
  const prepare = () => {
    migrate(connection.db, undefined, log)
    clearCaches()
    applyCuts(connection, names, cuts)
    id = idOf(connection)
  }
  let id = ''
  const connection = new Connection(file, prepare)
  migrate(connection.db, undefined, log)
  const cuts = (keepCuts ? storedCuts(connection) : undefined) ?? cutsOf(prices)
  const names = new Names(connection)
  const machines = new MachineRows(connection)
  const heartbeats = new MachineHeartbeats(machines, machineOfflineMs)
  const tasks = taskRows(connection)
  const cache = new SessionCache()
  const clearCaches = () => {
    names.clearCache()
    heartbeats.clear()
    cache.invalidate()
  }
  prepare()
  const events = eventStore(connection)
  const writeTimes = new WriteTimes()
  const writer = new Writer(connection, (committed) => events.publish(committed), clearCaches, writeTimes)
  return {
    connection,
    get id() {
      return id
    },
    sessions: sessionStore({ connection, writer, tasks, machines, heartbeats, cache }),
    tasks: taskStore(connection, tasks),
    machines: machineStore(connection, writer, machines, heartbeats),
    usage: usageStore(connection, writer, names, cuts),
    folders: folderStore(connection, writer),
    limits: limitStore(connection, writer),
    keys: keyStore(connection, writer),
    invites: inviteStore(connection, writer),
    listening: listeningStore(connection, writer),
    signIns: signInStore(connection, writer),
    audit: auditStore(connection, writer),
    alerts: alertStore(connection, writer),
    budgets: budgetStore(connection, writer),
    savedViews: savedViewStore(connection, writer),
    events: {
      ...events,
      append: (added, change) =>
        writer.write(change, ({ publish }) => {
          for (const event of added) publish(event)
        }),
    },
    copy: copyStore({ connection, names, cuts, machines, tasks, cache }, writer),
    writeTimes,
    size: async () => connection.size(),
    runIdempotent: (change, work) => writer.runIdempotent(change, work),
    verify: () => connection.verify(),
    async check() {
      if (connection.damage !== undefined) throw connection.damage
      connection.read(() => connection.prepare('SELECT revision FROM usage_state').get())
      // A write is tried only after one has failed.
      if (writer.failure !== undefined) {
        await writer.write({ now: 0 }, () => connection.prepare('UPDATE usage_state SET revision = revision + 1').run().changes)
      }
    },
    sweep(now) {
      const sweeps = [sweepResults, sweepEvents, sweepInvites, sweepAudit, sweepRemovals, sweepAlerts]
      return writer.write({ now }, () => sweeps.reduce((removed, sweep) => removed + sweep(connection, now), 0))
    },
    async close() {
      await writer.flush()
      connection.close()
    },
  }
}

/** The store's id, which is made with the store. */
function idOf(connection: Connection): string {
  // Two processes may open a new store at once: the first insert wins.
  connection.prepare("INSERT INTO meta (name, value) VALUES ('store_id', ?) ON CONFLICT DO NOTHING").run(randomUUID())
  return connection.prepare("SELECT value FROM meta WHERE name = 'store_id'").pluck().get() as string
}
