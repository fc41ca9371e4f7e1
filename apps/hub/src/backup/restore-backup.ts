import fs from 'node:fs'
import path from 'node:path'
import type { BackupManifest, BackupStep, RestorePlan, RestoreResult } from '@signalbox/contract/backup'
import { defaultPriceTable } from '@signalbox/usage/price-table'
import { syncFile } from '../disk-file.ts'
import { StartError } from '../start-error.ts'
import { copyStore } from '../store/copy/copy-store.ts'
import { closeLog, takeNewId } from '../store/sqlite/backup-file.ts'
import { lockFolder } from '../store/sqlite/lock.ts'
import { openSqliteStore } from '../store/sqlite/open.ts'
import { draftOf, finishReplacing, replaceFiles } from '../store/sqlite/replace-files.ts'
import { checkBackup } from './check-backup.ts'
import { backupOfFile } from './database-file.ts'
import { requireSpace } from './file.ts'
import { HUB_DATABASE, LEDGER, PRICES, SECRET_KEY_FILE } from './file-names.ts'

export interface RestoreOptions {
  /** The folder of a backup, or a database file, such as one that Litestream has restored. */
  readonly from: string
  /** A data folder; or, with `mongoUri`, how its address is shown. */
  readonly to: string
  readonly mongoUri?: string | undefined
  readonly onStep?: ((step: BackupStep) => void) | undefined
  /** Whether a hub is started on a copy first. */
  readonly trial?: boolean
  /** How long to wait for a hub that is ending. */
  readonly lockWaitMs?: number
  /** Asked before anything is changed; resolves to go on, rejects to stop. */
  readonly confirm: (plan: RestorePlan) => Promise<void>
}

/**
 * Puts a backup in the place of a hub's store, after checking all of it. What was there stays, under another name.
 * @throws StartError with what to do; before the last step the target is as it was. When it is killed in the last step, the next start
 * of the hub does the rest of it
 */
export async function restoreBackup(options: RestoreOptions): Promise<RestoreResult> {
  const started = performance.now()
  const { folder, remove } = await backupOfFile(options.from)
  try {
    const within = { ...options, from: folder }
    const manifest = await checkBackup(folder, { onStep: options.onStep, trial: options.trial ?? true })
    const outcome = options.mongoUri === undefined ? await toFolder(within, manifest) : await toMongo(within, options.mongoUri, manifest)
    const { from, to } = options
    return { from, to, made_at: manifest.made_at, counts: manifest.counts, ...outcome, ms: Math.round(performance.now() - started) }
  } finally {
    remove()
  }
}

type Outcome = Pick<RestoreResult, 'restored' | 'kept' | 'left'>

async function toFolder({ from, to, confirm, onStep, lockWaitMs }: RestoreOptions, manifest: BackupManifest): Promise<Outcome> {
  fs.mkdirSync(to, { recursive: true, mode: 0o700 })
  const release = await lockFolder(to, () => {}, lockWaitMs)
  if (release === undefined) throw new StartError(`A hub uses ${to}. Stop it, restore then, and start it again.`)
  try {
    // Of a restore that was killed: what is there now is kept as it then was to be.
    finishReplacing(to)
    const { wanted, left } = sortFiles(from, to, manifest)
    const replaces = wanted.filter((name) => fs.existsSync(path.join(to, name)))
    await confirm({ from, to, made_at: manifest.made_at, replaces })
    requireSpace(
      to,
      wanted.reduce((sum, name) => sum + fs.statSync(path.join(from, name)).size, 0),
    )
    const drafts = wanted.map(draftOf)
    const draftOfHub = path.join(to, drafts.find(({ name }) => name === HUB_DATABASE)!.draft)
    let kept: string[]
    try {
      for (const { name, draft } of drafts) {
        onStep?.({ what: 'restoring', file: name })
        copyDurably(path.join(from, name), path.join(to, draft))
      }
      takeNewId(draftOfHub)
      syncFile(draftOfHub)
      setLogAside(path.join(to, HUB_DATABASE))
      kept = wanted.map((name) => keepBefore(path.join(to, name))).filter((name) => name !== undefined)
    } catch (error) {
      for (const { draft } of drafts) fs.rmSync(path.join(to, draft), { force: true })
      throw error
    }
    replaceFiles(to, drafts)
    return { restored: wanted, kept, left }
  } finally {
    release()
  }
}

/** Which files of a backup go into a folder, and why others do not. */
function sortFiles(from: string, to: string, { files }: BackupManifest): { wanted: string[]; left: RestoreResult['left'] } {
  const wanted: string[] = []
  const left: { name: string; reason: string }[] = []
  for (const { name } of files) {
    if (name === LEDGER && fs.existsSync(path.join(to, LEDGER))) {
      left.push({ name, reason: 'the ledger that is there has all that its transcripts had since' })
    } else if (name === PRICES) {
      left.push({ name, reason: 'PRICE_TABLE says which prices count; point it to this file' })
    } else if (name === SECRET_KEY_FILE && isSameFile(path.join(from, name), path.join(to, name))) {
      left.push({ name, reason: 'it is there already' })
    } else wanted.push(name)
  }
  return { wanted, left }
}

function isSameFile(a: string, b: string): boolean {
  return fs.existsSync(b) && fs.readFileSync(a).equals(fs.readFileSync(b))
}

function copyDurably(from: string, draft: string): void {
  fs.copyFileSync(from, draft, fs.constants.COPYFILE_EXCL | fs.constants.COPYFILE_FICLONE)
  fs.chmodSync(draft, 0o600)
  syncFile(draft)
}

/** No log of the old database may lie beside the restored one. A damaged database keeps its own, under the name it will have. */
function setLogAside(file: string): void {
  if (!fs.existsSync(file) || closeLog(file)) return
  const kept = freeName(`${file}.before-restore`)
  for (const suffix of ['-wal', '-shm']) if (fs.existsSync(file + suffix)) fs.renameSync(file + suffix, kept + suffix)
}

/** Keeps a file under another name, and its own name until a rename replaces it. @returns the other name */
function keepBefore(file: string): string | undefined {
  if (!fs.existsSync(file)) return undefined
  const kept = freeName(`${file}.before-restore`)
  try {
    fs.linkSync(file, kept)
  } catch {
    // Some file systems have no links.
    fs.copyFileSync(file, kept, fs.constants.COPYFILE_EXCL)
  }
  return kept
}

function freeName(name: string): string {
  for (let n = 1; ; n++) {
    const free = n === 1 ? name : `${name}-${n}`
    if (!fs.existsSync(free)) return free
  }
}

async function toMongo({ from, to, confirm, onStep }: RestoreOptions, uri: string, manifest: BackupManifest): Promise<Outcome> {
  const { openMongoStore } = await import('../store/mongo/open.ts')
  const target = await openMongoStore({ uri, prices: defaultPriceTable(), keepCuts: true })
  try {
    const size = await target.copy.size()
    if (Object.values(size).some((count) => count > 0)) {
      throw new StartError(`${to} is not empty. Name another database in the address, and point the hubs to it afterwards.`)
    }
    await confirm({ from, to, made_at: manifest.made_at, replaces: [] })
    onStep?.({ what: 'restoring', file: HUB_DATABASE })
    // Opening migrates and writes: the backup stays as it is.
    const trial = fs.mkdtempSync(path.join(path.dirname(path.resolve(from)), '.signalbox-restore-'))
    try {
      fs.copyFileSync(path.join(from, HUB_DATABASE), path.join(trial, HUB_DATABASE), fs.constants.COPYFILE_FICLONE)
      fs.chmodSync(path.join(trial, HUB_DATABASE), 0o600)
      const source = openSqliteStore({ folder: trial, prices: defaultPriceTable(), keepCuts: true })
      try {
        await copyStore({ from: source, to: target, now: Date.now() })
      } finally {
        await source.close()
      }
    } finally {
      fs.rmSync(trial, { recursive: true, force: true })
    }
    const left = manifest.files
      .filter(({ name }) => name !== HUB_DATABASE)
      .map(({ name }) => ({ name, reason: name === PRICES ? 'PRICE_TABLE says which prices count' : 'it belongs into a data folder' }))
    return { restored: [HUB_DATABASE], kept: [], left }
  } finally {
    await target.close()
  }
}
