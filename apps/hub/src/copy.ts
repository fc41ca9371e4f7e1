import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { isOfKernel, readSettings } from '@signalbox/contract/setting'
import type { CopyMessage, CopyProgress, StoreSize } from '@signalbox/contract/store-copy'
import { defaultPriceTable } from '@signalbox/usage/price-table'
import { HubError } from './hub-error.ts'
import { runProgram, stopped, UsageError } from './program.ts'
import { StartError, startError } from './start-error.ts'
import { copyStore } from './store/copy/copy-store.ts'
import { lockFolder } from './store/sqlite/lock.ts'
import { openSqliteStore } from './store/sqlite/open.ts'
import type { Store } from './store/store.ts'

const usage = 'Usage: signalbox store copy [--from FOLDER|mongodb://…] [--to FOLDER|mongodb://…] [--yes]'

/** Between two reports of how far it is, in milliseconds. */
const REPORT_MS = 100

/** Where a store is. Its address may hold a password and is never shown; `shown` is. */
interface Place {
  readonly flag: '--from' | '--to'
  readonly shown: string
  readonly folder?: string
  readonly mongoUri?: string
}

/** A store, and how to let go of it. */
interface Opened {
  readonly store: Store
  close(): Promise<void>
}

/**
 * Copies one store into another. Whoever started it hears over its channel what was found (`opened`), says `go` where
 * the target is not empty, and hears how far it is (`progress`) and what became of it (`done`).
 */
async function main(words: string[]): Promise<void> {
  const stop = stopped()
  const values = read(words)
  if (values.help) return console.log(usage)
  const { DATA_DIR, MONGODB_URI } = readSettings(process.env, ['DATA_DIR', 'MONGODB_URI'])
  const to = values.to ?? MONGODB_URI
  if (to === undefined) throw new UsageError('--to is missing, and MONGODB_URI is not set')
  const [source, target] = [placeOf('--from', values.from ?? DATA_DIR), placeOf('--to', to)]
  if (isOneFolder(source, target)) throw new UsageError(`--from and --to are one folder, ${source.shown}`)
  const from = await openSource(source)
  try {
    const into = await openTarget(target)
    try {
      // Of folders only the path says so: a copied folder has the same id.
      if (source.mongoUri !== undefined && target.mongoUri !== undefined && from.store.id === into.store.id) {
        throw new UsageError(`--from and --to are one store, in ${target.shown}`)
      }
      const before = await into.store.copy.size()
      tell({ opened: { from: source.shown, to: target.shown, source: await from.store.copy.size(), target: before } })
      if (!isEmpty(before) && !values.yes) await untilAllowed(target, stop)
      await copy(source, target, from.store, into.store, stop)
    } finally {
      await into.close()
    }
  } finally {
    await from.close()
  }
}

async function copy(source: Place, target: Place, from: Store, to: Store, stop: AbortSignal): Promise<void> {
  const started = performance.now()
  let told = 0
  let last: CopyProgress | undefined
  const onProgress = (progress: CopyProgress) => {
    const at = performance.now()
    if (last !== undefined && last.kind !== progress.kind) tell({ progress: last })
    else if (at - told > REPORT_MS) {
      tell({ progress })
      told = at
    }
    last = progress
  }
  let tally: Awaited<ReturnType<typeof copyStore>>
  try {
    tally = await copyStore({ from, to, now: Date.now(), onProgress, signal: stop })
  } catch (error) {
    if (!(error instanceof HubError)) throw error
    throw new StartError(`${error.message}. What was copied until then stays; when this is mended, the same command goes on from there.`)
  }
  const finished = !stop.aborted
  const ms = Math.round(performance.now() - started)
  tell({ done: { from: source.shown, to: target.shown, finished, ms, counts: tally.counts, remarks: tally.remarks } })
  if (!finished) process.exitCode = 1
}

function placeOf(flag: Place['flag'], text: string): Place {
  if (/^mongodb(\+srv)?:\/\/./i.test(text)) {
    // Up to the last @, whatever is special in the password.
    const shown = text.replace(/^([^:]+:\/\/)(?:.*@)?([^?]*).*$/s, '$1$2')
    return { flag, shown, mongoUri: text }
  }
  if (text.trim() === '' || /^[a-z][a-z0-9+.-]*:\/\//i.test(text)) {
    throw new UsageError(`${flag} must be a folder, or an address such as mongodb://127.0.0.1:27017/signalbox`)
  }
  const folder = path.resolve(text.replace(/^~(?=$|[/\\])/, () => os.homedir()))
  if (isOfKernel(folder)) throw new UsageError(`${flag} must be a folder on a disk, which ${folder} is not`)
  return { flag, shown: folder, folder }
}

function isOneFolder({ folder: a }: Place, { folder: b }: Place): boolean {
  if (a === undefined || b === undefined) return false
  return a === b || (fs.existsSync(a) && fs.existsSync(b) && fs.realpathSync(a) === fs.realpathSync(b))
}

/** A hub may be using it. @throws StartError when there is none: nothing is made where nothing was */
async function openSource(place: Place): Promise<Opened> {
  const { flag, shown, folder, mongoUri } = place
  if (mongoUri !== undefined) {
    const { hasMongoStore } = await import('./store/mongo/open.ts')
    if (!(await opening(place, () => hasMongoStore(mongoUri)))) {
      throw new StartError(`${flag} ${shown} has no store in it. The name of its database is the last part of the address.`)
    }
    return openMongo(place, mongoUri)
  }
  if (!fs.existsSync(path.join(folder!, 'signalbox.db'))) {
    throw new StartError(`There is no signalbox.db in ${shown}. ${flag} must be the DATA_DIR of a hub, or the address of a MongoDB.`)
  }
  return opening(place, () => openFolder(folder!))
}

/** @throws StartError when a hub is using the folder */
async function openTarget(place: Place): Promise<Opened> {
  const { shown, folder, mongoUri } = place
  if (mongoUri !== undefined) return openMongo(place, mongoUri)
  const release = await opening(place, () => {
    fs.mkdirSync(folder!, { recursive: true, mode: 0o700 })
    return lockFolder(folder!)
  })
  if (release === undefined) throw new StartError(`A hub uses ${shown}. Stop it, copy then, and start it again.`)
  const { store, close } = await opening(place, () => openFolder(folder!))
  return {
    store,
    async close() {
      await close()
      release()
    },
  }
}

function openFolder(folder: string): Opened {
  const store = openSqliteStore({ folder, prices: defaultPriceTable(), keepCuts: true })
  return { store, close: () => store.close() }
}

async function openMongo(place: Place, uri: string): Promise<Opened> {
  const { openMongoStore } = await import('./store/mongo/open.ts')
  const store = await opening(place, () => openMongoStore({ uri, prices: defaultPriceTable(), keepCuts: true }))
  return { store, close: () => store.close() }
}

/** @throws StartError that says of which of the two stores it is, in the words of this command */
async function opening<T>({ flag, shown, mongoUri }: Place, work: () => T | Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    const { code } = error as { code?: unknown }
    // The resolver of names is no part of the driver, and speaks of a host without saying whose.
    const away = error instanceof HubError ? code === 'unavailable' : mongoUri !== undefined && typeof code === 'string'
    const why = away ? 'The store cannot be reached. Check that its server runs and can be reached.' : startError(error, process.env)
    if (why === undefined) throw error
    const ours = why.replace(/MONGODB_URI|DATA_DIR/g, flag).replace(/; (the hub|it) goes on by itself[^.]*/, '')
    throw new StartError(`${flag} ${shown}: ${ours}`)
  }
}

function isEmpty(size: StoreSize): boolean {
  return Object.values(size).every((many) => many === 0)
}

/** @throws UsageError when nobody can be asked */
async function untilAllowed({ shown }: Place, stop: AbortSignal): Promise<void> {
  if (process.send === undefined) throw new UsageError(`${shown} is not empty; say --yes when you mean it`)
  // The channel alone does not keep a child of ours.
  process.channel?.ref()
  try {
    await new Promise<void>((resolve, reject) => {
      process.once('message', () => resolve())
      stop.addEventListener('abort', () => reject(new StartError('Nothing was copied.')))
    })
  } finally {
    process.channel?.unref()
  }
}

function tell(message: CopyMessage): void {
  if (process.send !== undefined) process.send(message)
  else if ('done' in message) console.log(JSON.stringify(message.done, null, 2))
}

function read(words: string[]) {
  try {
    const { values } = parseArgs({
      args: words,
      options: {
        from: { type: 'string' },
        to: { type: 'string' },
        yes: { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
      },
    })
    return values
  } catch (error) {
    throw new UsageError((error as Error).message)
  }
}

await runProgram('store copy', usage, main)
