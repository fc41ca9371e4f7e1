import fs from 'node:fs'
import path from 'node:path'
import { parseArgs } from 'node:util'
import type { MirrorMessage } from '@signalbox/contract/mirror'
import { readSettings } from '@signalbox/contract/setting'
import { defaultPriceTable } from '@signalbox/usage/price-table'
import { HubError } from './hub-error.ts'
import { codeOf, realDisk } from './mirror/disk.ts'
import { MirrorFolder } from './mirror/folder.ts'
import { type Inspected, inspect } from './mirror/inspect.ts'
import { problemOf } from './mirror/problem.ts'
import { rebuild } from './mirror/rebuild.ts'
import { type MirrorSource, sourceOf } from './mirror/source.ts'
import { runProgram, stopped, UsageError } from './program.ts'
import { StartError } from './start-error.ts'
import { openSqliteStore } from './store/sqlite/open.ts'
import type { Store } from './store/store.ts'

const usage = `Usage: signalbox mirror rebuild
       signalbox mirror status`

/** Between two reports of how far it is, in milliseconds. */
const REPORT_MS = 100
/** In which a hub has written what it is just writing, in milliseconds. */
const AGAIN_MS = 300

/**
 * Works on the store itself and on the files beside it; the hub need not be stopped. Whoever started it hears over its
 * channel how much there is (`opened`), how far it is (`progress`) and what became of it (`done`, `status`).
 */
async function main(words: string[]): Promise<void> {
  const { values, positionals } = read(words)
  const [command, ...rest] = positionals
  if (values.help) return console.log(usage)
  if (rest.length > 0) throw new UsageError(`"${rest.join(' ')}" is too much`)
  if (command !== 'rebuild' && command !== 'status') {
    throw new UsageError(command === undefined ? 'rebuild or status?' : `"${command}" is not a command`)
  }
  const { DATA_DIR, MONGODB_URI, LIMIT_MIRROR } = readSettings(process.env, ['DATA_DIR', 'MONGODB_URI', 'LIMIT_MIRROR'])
  const store = await open(DATA_DIR, MONGODB_URI)
  try {
    const source = sourceOf(store.limits)
    const folder = new MirrorFolder(DATA_DIR, realDisk)
    if (command === 'status') {
      const because =
        MONGODB_URI !== undefined ? 'hubs with MONGODB_URI write no files' : LIMIT_MIRROR ? undefined : 'LIMIT_MIRROR is false'
      tell({
        status: {
          store_id: store.id,
          kept: because === undefined,
          ...(because === undefined ? {} : { because }),
          ...(await look(folder, source)),
        },
      })
    } else await rebuildAll(folder, source, stopped())
  } catch (error) {
    if (error instanceof HubError || codeOf(error) === undefined) throw error
    const { message, suggestion } = await problemOf(error, realDisk, new MirrorFolder(DATA_DIR, realDisk).path, 'then run this again.')
    throw new StartError(`${message}. ${suggestion}`)
  } finally {
    await store.close()
  }
}

/** A hub may be just writing: what is not in order is looked at once more. */
async function look(folder: MirrorFolder, source: MirrorSource): Promise<Inspected> {
  const found = await inspect(folder, source)
  if (found.inOrder) return found
  await new Promise((resolve) => setTimeout(resolve, AGAIN_MS))
  return inspect(folder, source)
}

async function rebuildAll(folder: MirrorFolder, source: MirrorSource, signal: AbortSignal): Promise<void> {
  const started = performance.now()
  tell({ opened: { folder: folder.path, versions: (await source.metadata()).versionCount } })
  let told = 0
  const onProgress = (done: number) => {
    const at = performance.now()
    if (at - told < REPORT_MS) return
    told = at
    tell({ progress: { done } })
  }
  const rebuilt = await rebuild(folder, source, { signal, onProgress, now: Date.now() })
  tell({ done: { folder: folder.path, ...rebuilt, ms: Math.round(performance.now() - started) } })
  if (!rebuilt.finished) process.exitCode = 1
}

/** Nothing is made where nothing was. */
async function open(folder: string, mongoUri: string | undefined): Promise<Store> {
  const prices = defaultPriceTable()
  if (mongoUri !== undefined) {
    const { openMongoStore } = await import('./store/mongo/open.ts')
    return openMongoStore({ uri: mongoUri, prices })
  }
  if (!fs.existsSync(path.join(folder, 'signalbox.db'))) {
    throw new StartError(`There is no signalbox.db in ${folder}. Set DATA_DIR to the folder of a hub, or MONGODB_URI to its database.`)
  }
  return openSqliteStore({ folder, prices, keepCuts: true })
}

function tell(message: MirrorMessage): void {
  if (process.send !== undefined) process.send(message)
  else if ('done' in message) console.log(JSON.stringify(message.done, null, 2))
  else if ('status' in message) console.log(JSON.stringify(message.status, null, 2))
}

function read(words: string[]) {
  try {
    return parseArgs({ args: words, allowPositionals: true, options: { help: { type: 'boolean', short: 'h' } } })
  } catch (error) {
    throw new UsageError((error as Error).message)
  }
}

await runProgram('mirror', usage, main)
