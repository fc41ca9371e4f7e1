import fs from 'node:fs'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import type { MirrorMessage } from '@signalbox/contract/mirror'
import { readSettings } from '@signalbox/contract/setting'
import { print, printError } from '@signalbox/hub-address/print'
import { defaultPriceTable } from '@signalbox/usage/price-table'
import { HubError } from './hub-error.ts'
import { codeOf, realDisk } from './mirror/disk.ts'
import { MirrorFolder } from './mirror/folder.ts'
import { type Inspected, inspect } from './mirror/inspect.ts'
import { describeProblem } from './mirror/problem.ts'
import { rebuild } from './mirror/rebuild.ts'
import { type MirrorSource, mirrorSource } from './mirror/source.ts'
import { runProgram, stopSignal, UsageError } from './program.ts'
import { StartError } from './start-error.ts'
import { openSqliteStore } from './store/sqlite/open.ts'
import type { Store } from './store/store.ts'

// Everything that this program writes is for its user alone, in whatever folder it is.
process.umask(0o077)

const usage = `Usage: signalbox mirror rebuild
       signalbox mirror status`

/** Interval between two progress messages, in milliseconds. */
const PROGRESS_INTERVAL_MS = 100
/** Within this time a running hub finishes a write, in milliseconds. */
const RECHECK_DELAY_MS = 300

/**
 * Works on the store itself and on the files beside it; the hub need not be stopped. Its parent process receives the
 * messages `opened`, `progress`, `done` and `status` over the IPC channel.
 */
async function main(args: string[]): Promise<void> {
  const { values, positionals } = parse(args)
  const [command, ...rest] = positionals
  if (values.help) return print(usage)
  if (rest.length > 0) throw new UsageError(`unexpected argument: ${rest.join(' ')}`)
  if (command !== 'rebuild' && command !== 'status') {
    throw new UsageError(command === undefined ? 'rebuild or status?' : `"${command}" is not a command`)
  }
  const { DATA_DIR, MONGODB_URI, LIMIT_MIRROR } = readSettings(process.env, ['DATA_DIR', 'MONGODB_URI', 'LIMIT_MIRROR'])
  const store = await open(DATA_DIR, MONGODB_URI)
  try {
    const source = mirrorSource(store.limits)
    const folder = new MirrorFolder(DATA_DIR, realDisk)
    if (command === 'status') {
      const because =
        MONGODB_URI !== undefined ? 'hubs with MONGODB_URI write no files' : LIMIT_MIRROR ? undefined : 'LIMIT_MIRROR is false'
      notifyParent({
        status: {
          store_id: store.id,
          kept: because === undefined,
          ...(because === undefined ? {} : { because }),
          ...(await inspectTwice(folder, source)),
        },
      })
    } else await rebuildAll(folder, source, stopSignal())
  } catch (error) {
    if (error instanceof HubError || codeOf(error) === undefined) throw error
    const { message, suggestion } = await describeProblem(
      error,
      realDisk,
      new MirrorFolder(DATA_DIR, realDisk).path,
      'then run this again.',
    )
    throw new StartError(`${message}. ${suggestion}`)
  } finally {
    await store.close()
  }
}

/** Inspects again where the files are not in order: a hub may be writing. */
async function inspectTwice(folder: MirrorFolder, source: MirrorSource): Promise<Inspected> {
  const first = await inspect(folder, source)
  if (first.inOrder) return first
  await sleep(RECHECK_DELAY_MS)
  return inspect(folder, source)
}

async function rebuildAll(folder: MirrorFolder, source: MirrorSource, signal: AbortSignal): Promise<void> {
  const started = performance.now()
  notifyParent({ opened: { folder: folder.path, versions: (await source.metadata()).versionCount } })
  let lastProgressAt = 0
  const onProgress = (done: number) => {
    const at = performance.now()
    if (at - lastProgressAt < PROGRESS_INTERVAL_MS) return
    lastProgressAt = at
    notifyParent({ progress: { done } })
  }
  const rebuilt = await rebuild(folder, source, { signal, onProgress, now: Date.now() })
  notifyParent({ done: { folder: folder.path, ...rebuilt, ms: Math.round(performance.now() - started) } })
  if (!rebuilt.finished) process.exitCode = 1
}

/** Opens the store; unlike a hub it does not create one. */
async function open(folder: string, mongoUri: string | undefined): Promise<Store> {
  const prices = defaultPriceTable()
  if (mongoUri !== undefined) {
    const { openMongoStore } = await import('./store/mongo/open.ts')
    return openMongoStore({ uri: mongoUri, prices, log: printError })
  }
  if (!fs.existsSync(path.join(folder, 'signalbox.db'))) {
    throw new StartError(`There is no signalbox.db in ${folder}. Set DATA_DIR to the folder of a hub, or MONGODB_URI to its database.`)
  }
  return openSqliteStore({ folder, prices, keepCuts: true, log: printError })
}

function notifyParent(message: MirrorMessage): void {
  if (process.send !== undefined) process.send(message)
  else if ('done' in message) print(JSON.stringify(message.done, null, 2))
  else if ('status' in message) print(JSON.stringify(message.status, null, 2))
}

function parse(args: string[]) {
  try {
    return parseArgs({ args, allowPositionals: true, options: { help: { type: 'boolean', short: 'h' } } })
  } catch (error) {
    throw new UsageError((error as Error).message)
  }
}

void runProgram('mirror', usage, main)
