import { randomBytes } from 'node:crypto'
import fs from 'node:fs'
import path from 'node:path'
import type { BackupFile, BackupManifest, BackupResult, BackupStep } from '@signalbox/contract/backup'
import { defaultPriceTable } from '@signalbox/usage/price-table'
import { syncFile, syncFolder } from '../disk-file.ts'
import { StartError } from '../start-error.ts'
import { copyStore } from '../store/copy/copy-store.ts'
import { copyDatabase, damageIn, readDatabase } from '../store/sqlite/backup-file.ts'
import { openSqliteStore } from '../store/sqlite/open.ts'
import { checkBackup, damagedSource } from './check-backup.ts'
import { hashFile, requireSpace } from './file.ts'
import { HUB_DATABASE, LEDGER, PRICES, SECRET_KEY_FILE } from './file-names.ts'
import { backupName, listBackups, MANIFEST } from './manifest.ts'

/** A copy is at most as large as its database with its log, and the check needs another one. */
const COPIES = 2
const ABANDONED_AFTER_MS = 24 * 3_600_000
/** A draft of a backup, or the copy that a check starts a hub on. */
const DRAFT_NAME = /^\.signalbox-(?:\d{8}T\d{6}Z\.[0-9a-f]{8}\.tmp|check-[a-zA-Z0-9]{6})$/

export interface BackupSource {
  readonly dataDir: string
  /** The MongoDB of the hub; undefined for SQLite in the data folder. */
  readonly mongoUri?: string | undefined
  /** PRICE_TABLE. */
  readonly priceFile?: string | undefined
}

export interface BackupOptions {
  readonly source: BackupSource
  /** The folder for backups; each gets a folder of its own in it. */
  readonly to: string
  /** How many backups to keep there, this one included; undefined: all. */
  readonly keep?: number | undefined
  readonly check: boolean
  readonly version: string
  /** Stops it after the step that is running. */
  readonly signal?: AbortSignal | undefined
  readonly onStep?: ((step: BackupStep) => void) | undefined
}

/**
 * Copies a hub's store, and the ledger of a collector beside it, while both go on working.
 * @throws StartError with what to do; nothing half-made stays
 */
export async function makeBackup({ source, to, keep, check, version, signal, onStep }: BackupOptions): Promise<BackupResult> {
  const started = performance.now()
  requireSource(source)
  makeFolder(to)
  removeAbandoned(to)
  requireSpace(to, COPIES * sizeOf(source))
  const madeAt = new Date()
  const draft = path.join(to, `.${backupName(madeAt)}.${randomBytes(4).toString('hex')}.tmp`)
  fs.mkdirSync(draft, { mode: 0o700 })
  try {
    const goOn = () => {
      if (signal?.aborted) throw new StartError('Stopped. There is no backup.')
    }
    const storeId = await copyAll(source, draft, onStep)
    goOn()
    const database = path.join(draft, HUB_DATABASE)
    const manifest: BackupManifest = {
      format: 1,
      version,
      made_at: madeAt.toISOString(),
      source: source.mongoUri === undefined ? 'sqlite' : 'mongodb',
      ...(await requireWhole(path.join(source.dataDir, HUB_DATABASE), () => readDatabase(database))),
      ...(storeId !== undefined && { store_id: storeId }),
      files: await describeFiles(draft),
    }
    const file = path.join(draft, MANIFEST)
    fs.writeFileSync(file, `${JSON.stringify(manifest, null, 2)}\n`, { mode: 0o600 })
    syncFile(file)
    syncFolder(draft)
    if (check) await checkBackup(draft, { onStep, copyOf: source.dataDir })
    goOn()
    const folder = rename(draft, to, madeAt)
    const removed = keep === undefined ? [] : removeOld(to, keep)
    return { folder, manifest, checked: check, removed, ms: Math.round(performance.now() - started) }
  } catch (error) {
    fs.rmSync(draft, { recursive: true, force: true })
    throw error
  }
}

function requireSource({ dataDir, mongoUri }: BackupSource): void {
  if (mongoUri !== undefined || fs.existsSync(path.join(dataDir, HUB_DATABASE))) return
  throw new StartError(`There is no ${HUB_DATABASE} in ${dataDir}. Set DATA_DIR to the folder of a hub, or MONGODB_URI to its database.`)
}

/** @throws StartError naming the folder that was asked for, and not DATA_DIR */
function makeFolder(to: string): void {
  try {
    fs.mkdirSync(to, { recursive: true, mode: 0o700 })
  } catch (error) {
    throw new StartError(`${to} cannot be made a folder (${(error as NodeJS.ErrnoException).code}). Name another one with --to.`)
  }
}

/** Removes what backups and checks left that were killed: no other one takes a day. */
function removeAbandoned(to: string): void {
  for (const { name } of fs
    .readdirSync(to, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && DRAFT_NAME.test(entry.name))) {
    const folder = path.join(to, name)
    const age = Date.now() - (fs.statSync(folder, { throwIfNoEntry: false })?.mtimeMs ?? Date.now())
    if (age > ABANDONED_AFTER_MS) fs.rmSync(folder, { recursive: true, force: true })
  }
}

function sizeOf({ dataDir, mongoUri }: BackupSource): number {
  const names = [HUB_DATABASE, `${HUB_DATABASE}-wal`, LEDGER, `${LEDGER}-wal`]
  // How large the copy of a MongoDB becomes is known only when it is made.
  const wanted = mongoUri === undefined ? names : names.slice(2)
  return wanted.reduce((sum, name) => sum + (fs.statSync(path.join(dataDir, name), { throwIfNoEntry: false })?.size ?? 0), 0)
}

/** @returns the id of the store, where the copy has another one */
async function copyAll(
  { dataDir, mongoUri, priceFile }: BackupSource,
  draft: string,
  onStep: BackupOptions['onStep'],
): Promise<string | undefined> {
  const target = path.join(draft, HUB_DATABASE)
  onStep?.({ what: 'copying', file: HUB_DATABASE })
  let storeId: string | undefined
  if (mongoUri === undefined) await copyWhole(path.join(dataDir, HUB_DATABASE), target)
  else storeId = await copyMongo(mongoUri, draft)
  const ledger = path.join(dataDir, LEDGER)
  if (fs.existsSync(ledger)) {
    onStep?.({ what: 'copying', file: LEDGER })
    await copyWhole(ledger, path.join(draft, LEDGER))
  }
  const others = [
    [path.join(dataDir, SECRET_KEY_FILE), SECRET_KEY_FILE],
    [priceFile, PRICES],
  ] as const
  for (const [from, name] of others) {
    if (from === undefined || !fs.existsSync(from)) continue
    const copy = path.join(draft, name)
    fs.copyFileSync(from, copy)
    fs.chmodSync(copy, 0o600)
  }
  return storeId
}

const copyWhole = (from: string, to: string) => requireWhole(from, () => copyDatabase(from, to))

/** @throws StartError where SQLite finds the database of `file` damaged */
async function requireWhole<T>(file: string, read: () => T | Promise<T>): Promise<T> {
  try {
    return await read()
  } catch (error) {
    const damage = damageIn(error)
    if (damage !== undefined) throw new StartError(damagedSource(file, damage))
    throw error
  }
}

/** Copies a MongoDB into a file, so that there is one format for both stores. @returns the id of the store */
async function copyMongo(uri: string, draft: string): Promise<string> {
  const { hasMongoStore, openMongoStore } = await import('../store/mongo/open.ts')
  if (!(await hasMongoStore(uri))) throw new StartError('MONGODB_URI has no hub database in it. Its name is the last part of the address.')
  const from = await openMongoStore({ uri, prices: defaultPriceTable(), keepCuts: true })
  try {
    const to = openSqliteStore({ folder: draft, prices: defaultPriceTable() })
    try {
      await copyStore({ from, to, now: Date.now() })
    } finally {
      await to.close()
    }
    await copyInPlace(path.join(draft, HUB_DATABASE))
    return from.id
  } finally {
    await from.close()
  }
}

/** Leaves the database as one file, like the copy of a SQLite. */
async function copyInPlace(file: string): Promise<void> {
  const whole = `${file}.whole`
  await copyDatabase(file, whole)
  for (const suffix of ['-wal', '-shm']) fs.rmSync(`${file}${suffix}`, { force: true })
  fs.renameSync(whole, file)
}

export async function describeFiles(draft: string): Promise<BackupFile[]> {
  const files: BackupFile[] = []
  for (const name of fs.readdirSync(draft).sort()) {
    const file = path.join(draft, name)
    syncFile(file)
    files.push({ name, bytes: fs.statSync(file).size, sha256: await hashFile(file) })
  }
  return files
}

/** Gives the finished backup its name; two of one second get different ones. */
function rename(draft: string, to: string, madeAt: Date): string {
  const name = backupName(madeAt)
  for (let n = 1; ; n++) {
    const folder = path.join(to, n === 1 ? name : `${name}-${n}`)
    if (fs.existsSync(folder)) continue
    fs.renameSync(draft, folder)
    syncFolder(to)
    return folder
  }
}

function removeOld(to: string, keep: number): string[] {
  const old = listBackups(to)
    .slice(keep)
    .map(({ folder }) => folder)
  for (const folder of old) fs.rmSync(folder, { recursive: true, force: true })
  return old
}
