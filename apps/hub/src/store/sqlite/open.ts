import { randomUUID } from 'node:crypto'
import fs from 'node:fs'
import path from 'node:path'
import type { PriceTable } from '@signalbox/usage/price-table'
import { ONCE_KEPT_MS, type Store } from '../store.ts'
import { cutsOf } from '../usage/price-cuts.ts'
import { Connection } from './connection.ts'
import { copyStore } from './copy.ts'
import { storeError } from './error.ts'
import { eventStore, sweepEvents } from './event.ts'
import { keyStore } from './key.ts'
import { limitStore } from './limits/limits.ts'
import { machineRows, machineStore } from './machine.ts'
import { migrate } from './migration/migrate.ts'
import { Names } from './name.ts'
import { RecentSessions } from './recent-sessions.ts'
import { sessionStore } from './session.ts'
import { taskRows, taskStore } from './task.ts'
import { applyCuts, keptCuts } from './usage/cut.ts'
import { usageStore } from './usage/usage.ts'
import { Writer } from './writer.ts'

export interface SqliteStore extends Store {
  /** For tests of what only SQLite can do, such as a full disk. */
  readonly connection: Connection
}

export interface SqliteOptions {
  readonly folder: string
  readonly prices: PriceTable
  /** Milliseconds of silence after which a machine is offline. */
  readonly machineOfflineMs?: number | undefined
  /** Leaves the roll-ups of a store as they are cut: a hub may be using it, by a price table of its own. */
  readonly keepCuts?: boolean
}

/**
 * Opens the store of a folder, `signalbox.db`, and brings it to this version.
 * @throws HubError when it cannot be opened, is damaged, or is of a newer version
 */
export function openSqliteStore({ folder, prices, machineOfflineMs = 600_000, keepCuts = false }: SqliteOptions): SqliteStore {
  try {
    fs.mkdirSync(folder, { recursive: true, mode: 0o700 })
    return assemble(path.join(folder, 'signalbox.db'), prices, machineOfflineMs, keepCuts)
  } catch (error) {
    throw storeError(error, 'write')
  }
}

function assemble(file: string, prices: PriceTable, machineOfflineMs: number, keepCuts: boolean): SqliteStore {
  /** Makes a file ours, at the start and whenever another one has come into its place. */
  const prepare = () => {
    migrate(connection.db)
    forget()
    applyCuts(connection, names, cuts)
    id = idOf(connection)
  }
  let id = ''
  const connection = new Connection(file, prepare)
  migrate(connection.db)
  const cuts = (keepCuts ? keptCuts(connection) : undefined) ?? cutsOf(prices)
  const names = new Names(connection)
  const machines = machineRows(connection, machineOfflineMs)
  const tasks = taskRows(connection)
  const recent = new RecentSessions()
  /** What was remembered may not be there. */
  const forget = () => {
    names.forget()
    machines.forget()
    recent.forget()
  }
  prepare()
  const events = eventStore(connection)
  const writer = new Writer(connection, (told) => events.told(told), forget)
  return {
    connection,
    get id() {
      return id
    },
    sessions: sessionStore(connection, writer, tasks, machines, recent),
    tasks: taskStore(connection, tasks),
    machines: machineStore(connection, writer, machines),
    usage: usageStore(connection, writer, names, cuts),
    limits: limitStore(connection, writer),
    keys: keyStore(connection, writer),
    events: {
      ...events,
      append: (told, change) =>
        writer.write(change, ({ tell }) => {
          for (const event of told) tell(event)
        }),
    },
    copy: copyStore({ connection, writer, names, cuts, machines, tasks, recent }),
    repeatable: (change, work) => writer.repeatable(change, work),
    async check() {
      connection.read(() => connection.prepare('SELECT revision FROM usage_state').get())
      // Whether it can be written is asked of the disk only when it lately could not.
      if (writer.failure !== undefined) {
        await writer.write({ now: 0 }, () => connection.prepare('UPDATE usage_state SET revision = revision + 1').run().changes)
      }
    },
    sweep(now) {
      return writer.write({ now }, () => {
        const once = connection.prepare('DELETE FROM once WHERE made_at <= ?').run(now - ONCE_KEPT_MS).changes
        return once + sweepEvents(connection, now)
      })
    },
    async close() {
      await writer.flush()
      connection.close()
    },
  }
}

/** Made with the store. */
function idOf(connection: Connection): string {
  // Two programs may open a new store at once: the first one's word stands.
  connection.prepare("INSERT INTO meta (name, value) VALUES ('store_id', ?) ON CONFLICT DO NOTHING").run(randomUUID())
  return connection.prepare("SELECT value FROM meta WHERE name = 'store_id'").pluck().get() as string
}
