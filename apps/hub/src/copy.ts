import fs from 'node:fs'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { isKernelPath, readSettings } from '@signalbox/contract/setting'
import type { CopyMessage, CopyProgress, StoreSize } from '@signalbox/contract/store-copy'
import { print, printError } from '@signalbox/hub-address/print'
import { defaultPriceTable } from '@signalbox/usage/price-table'
import { HubError } from './hub-error.ts'
import { parentConfirms, runProgram, stopSignal, UsageError } from './program.ts'
import { formatStartError, StartError } from './start-error.ts'
import { copyStore } from './store/copy/copy-store.ts'
import { lockFolder } from './store/sqlite/lock.ts'
import { openSqliteStore } from './store/sqlite/open.ts'
import { finishReplacing } from './store/sqlite/replace-files.ts'
import type { Store } from './store/store.ts'
import { isAddress, isMongoUri, resolveFolder, withoutPassword } from './store-place.ts'

// Everything that this program writes is for its user alone, in whatever folder it is.
process.umask(0o077)

const usage = 'Usage: signalbox store copy [--from FOLDER|mongodb://…] [--to FOLDER|mongodb://…] [--yes]'

/** Interval between two progress messages, in milliseconds. */
const PROGRESS_INTERVAL_MS = 100

/** The location of a store. A MongoDB URI may contain a password and is never shown; `shown` is. */
interface Location {
  readonly flag: '--from' | '--to'
  readonly shown: string
  readonly folder?: string
  readonly mongoUri?: string
}

/** A store, and how to release it. */
interface OpenStore {
  readonly store: Store
  close(): Promise<void>
}

/**
 * Copies one store into another. Its parent process receives the messages `opened`, `progress` and `done` over the IPC
 * channel, and sends one to confirm a target that is not empty.
 */
async function main(args: string[]): Promise<void> {
  const stop = stopSignal()
  const values = parse(args)
  if (values.help) return print(usage)
  const { DATA_DIR, MONGODB_URI } = readSettings(process.env, ['DATA_DIR', 'MONGODB_URI'])
  const to = values.to ?? MONGODB_URI
  if (to === undefined) throw new UsageError('--to is missing, and MONGODB_URI is not set')
  const [source, target] = [parseLocation('--from', values.from ?? DATA_DIR), parseLocation('--to', to)]
  if (isOneFolder(source, target)) throw new UsageError(`--from and --to are one folder, ${source.shown}`)
  const from = await openSource(source)
  try {
    const into = await openTarget(target)
    try {
      // Folders are compared by path: a copied folder has the same id.
      if (source.mongoUri !== undefined && target.mongoUri !== undefined && from.store.id === into.store.id) {
        throw new UsageError(`--from and --to are the same hub database, ${target.shown}`)
      }
      const before = await into.store.copy.size()
      notifyParent({ opened: { from: source.shown, to: target.shown, source: await from.store.copy.size(), target: before } })
      if (!isEmpty(before) && !values.yes) await confirmed(target, stop)
      await copy(source, target, from.store, into.store, stop)
    } finally {
      await into.close()
    }
  } finally {
    await from.close()
  }
}

async function copy(source: Location, target: Location, from: Store, to: Store, stop: AbortSignal): Promise<void> {
  const started = performance.now()
  let lastProgressAt = 0
  let last: CopyProgress | undefined
  const onProgress = (progress: CopyProgress) => {
    const at = performance.now()
    if (last !== undefined && last.kind !== progress.kind) notifyParent({ progress: last })
    else if (at - lastProgressAt > PROGRESS_INTERVAL_MS) {
      notifyParent({ progress })
      lastProgressAt = at
    }
    last = progress
  }
  let tally: Awaited<ReturnType<typeof copyStore>>
  try {
    tally = await copyStore({ from, to, now: Date.now(), onProgress, signal: stop })
  } catch (error) {
    if (!(error instanceof HubError)) throw error
    throw new StartError(`${error.message}. The rows copied so far stay; once this is fixed, the same command continues from there.`)
  }
  const finished = !stop.aborted
  const ms = Math.round(performance.now() - started)
  notifyParent({ done: { from: source.shown, to: target.shown, finished, ms, counts: tally.counts, remarks: tally.remarks } })
  if (!finished) process.exitCode = 1
}

function parseLocation(flag: Location['flag'], text: string): Location {
  if (isMongoUri(text)) return { flag, shown: withoutPassword(text), mongoUri: text }
  if (text.trim() === '' || isAddress(text)) {
    throw new UsageError(`${flag} must be a folder, or an address such as mongodb://127.0.0.1:27017/signalbox`)
  }
  const folder = resolveFolder(text)
  if (isKernelPath(folder)) throw new UsageError(`${flag} must be a folder on a disk, which ${folder} is not`)
  return { flag, shown: folder, folder }
}

function isOneFolder({ folder: a }: Location, { folder: b }: Location): boolean {
  if (a === undefined || b === undefined) return false
  return a === b || (fs.existsSync(a) && fs.existsSync(b) && fs.realpathSync(a) === fs.realpathSync(b))
}

/** Opens a store that a hub may be using. @throws StartError when there is none; it is not created */
async function openSource(location: Location): Promise<OpenStore> {
  const { flag, shown, folder, mongoUri } = location
  if (mongoUri !== undefined) {
    const { hasMongoStore } = await import('./store/mongo/open.ts')
    if (!(await openWithErrors(location, () => hasMongoStore(mongoUri)))) {
      throw new StartError(`${flag} ${shown} has no hub database in it. The name of its database is the last part of the address.`)
    }
    return openMongo(location, mongoUri)
  }
  if (!fs.existsSync(path.join(folder!, 'signalbox.db'))) {
    throw new StartError(`There is no signalbox.db in ${shown}. ${flag} must be the DATA_DIR of a hub, or the address of a MongoDB.`)
  }
  return openWithErrors(location, () => openFolder(folder!))
}

/** @throws StartError when a hub is using the folder */
async function openTarget(location: Location): Promise<OpenStore> {
  const { shown, folder, mongoUri } = location
  if (mongoUri !== undefined) return openMongo(location, mongoUri)
  const release = await openWithErrors(location, () => {
    fs.mkdirSync(folder!, { recursive: true, mode: 0o700 })
    return lockFolder(folder!, () => {})
  })
  if (release === undefined) throw new StartError(`A hub uses ${shown}. Stop it, copy then, and start it again.`)
  const { store, close } = await openWithErrors(location, () => {
    finishReplacing(folder!)
    return openFolder(folder!)
  })
  return {
    store,
    async close() {
      await close()
      release()
    },
  }
}

function openFolder(folder: string): OpenStore {
  const store = openSqliteStore({ folder, prices: defaultPriceTable(), keepCuts: true, log: printError })
  return { store, close: () => store.close() }
}

async function openMongo(location: Location, uri: string): Promise<OpenStore> {
  const { openMongoStore } = await import('./store/mongo/open.ts')
  const store = await openWithErrors(location, () => openMongoStore({ uri, prices: defaultPriceTable(), keepCuts: true, log: printError }))
  return { store, close: () => store.close() }
}

/** @throws StartError that names the flag of the store instead of the setting of the hub */
async function openWithErrors<T>({ flag, shown, mongoUri }: Location, work: () => T | Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    const { code } = error as { code?: unknown }
    // Errors of name resolution come with a code of their own, not as a HubError.
    const isUnreachable = error instanceof HubError ? code === 'unavailable' : mongoUri !== undefined && typeof code === 'string'
    const reason = isUnreachable
      ? 'The hub database cannot be reached. Check that its server runs and can be reached.'
      : formatStartError(error, process.env)
    if (reason === undefined) throw error
    const text = reason.replace(/MONGODB_URI|DATA_DIR/g, flag).replace(/; (the hub|it) (?:goes on|continues) by itself[^.]*/, '')
    throw new StartError(`${flag} ${shown}: ${text}`)
  }
}

function isEmpty(size: StoreSize): boolean {
  return Object.values(size).every((count) => count === 0)
}

/** Waits for the confirmation of the parent process. @throws UsageError when there is none */
async function confirmed({ shown }: Location, stop: AbortSignal): Promise<void> {
  if (process.send === undefined) throw new UsageError(`${shown} is not empty; confirm with --yes`)
  await parentConfirms(stop, 'Nothing was copied.')
}

function notifyParent(message: CopyMessage): void {
  if (process.send !== undefined) process.send(message)
  else if ('done' in message) print(JSON.stringify(message.done, null, 2))
}

function parse(args: string[]) {
  try {
    const { values } = parseArgs({
      args,
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

void runProgram('store copy', usage, main)
