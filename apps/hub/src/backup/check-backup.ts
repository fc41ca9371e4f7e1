import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import type { BackupManifest, BackupStep } from '@signalbox/contract/backup'
import { StartError } from '../start-error.ts'
import { damageOf, readDatabase } from '../store/sqlite/backup-file.ts'
import { migrations } from '../store/sqlite/migration/migrate.ts'
import { hashFile, requireSpace } from './file.ts'
import { HUB_DATABASE, LEDGER } from './file-names.ts'
import { readManifest } from './manifest.ts'
import { totalsOfHub } from './trial-hub.ts'

export interface CheckOptions {
  readonly onStep?: ((step: BackupStep) => void) | undefined
  /** Whether a hub is started on a copy too; false compares the files alone. */
  readonly trial?: boolean
  /** The data folder that the backup was just made of: damage is there, and another backup would not help. */
  readonly copyOf?: string
}

/**
 * Checks a backup as a restore would need it: every file has its hash, the databases are whole, the rows are as many as were
 * counted, and a hub that is started on a copy answers with the same sums.
 * @throws StartError with what is wrong
 */
export async function checkBackup(folder: string, { onStep, trial = true, copyOf }: CheckOptions = {}): Promise<BackupManifest> {
  const manifest = readManifest(folder)
  requireKnownMigration(manifest, folder)
  for (const { name, bytes, sha256 } of manifest.files) {
    onStep?.({ what: 'checking', file: name, bytes: 0, of: bytes })
    const file = path.join(folder, name)
    const size = fs.statSync(file, { throwIfNoEntry: false })?.size
    if (size === undefined) throw new StartError(`${folder} is not whole: ${name} is missing. Take another backup.`)
    if (size !== bytes || (await hashFile(file)) !== sha256) {
      throw new StartError(`${file} is not what was backed up: its content has changed since. Take another backup.`)
    }
  }
  if (!manifest.files.some(({ name }) => name === HUB_DATABASE)) {
    throw new StartError(`${folder} is not whole: its manifest names no ${HUB_DATABASE}. Take another backup.`)
  }
  for (const { name } of manifest.files) {
    const damage = name === HUB_DATABASE || name === LEDGER ? damageOf(path.join(folder, name)) : undefined
    if (damage === undefined) continue
    if (copyOf !== undefined) throw new StartError(damagedSource(path.join(copyOf, name), damage))
    throw new StartError(`${path.join(folder, name)} is damaged (${damage}). Take another backup.`)
  }
  compare(manifest, folder)
  if (trial) {
    onStep?.({ what: 'starting a hub on the copy' })
    await tryHub(folder, manifest)
  }
  return manifest
}

export function damagedSource(file: string, damage: string): string {
  return `${file} is damaged (${damage}), so there is no backup. Restore the last one: signalbox restore FOLDER.`
}

/** @throws StartError when this version does not know the schema */
export function requireKnownMigration({ migration, version }: BackupManifest, folder: string): void {
  if (migration <= migrations.length) return
  throw new StartError(`${folder} was made by Signalbox ${version}, whose database is newer than this one knows. Update Signalbox.`)
}

function compare(manifest: BackupManifest, folder: string): void {
  const found = readDatabase(path.join(folder, HUB_DATABASE))
  const wanted = { counts: manifest.counts, totals: manifest.totals, newest_event: manifest.newest_event }
  const { counts, totals, newest_event } = found
  const [a, b] = [sorted({ counts, totals, newest_event }), sorted(wanted)]
  if (a !== b) throw new StartError(`${folder} does not hold what its manifest says: ${a}, and not ${b}. Take another backup.`)
}

function sorted(value: object): string {
  return JSON.stringify(value, (_, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner) ? Object.fromEntries(Object.entries(inner).sort()) : inner,
  )
}

/** Starts a hub on a copy: it migrates and writes, and the backup must stay as it is. */
async function tryHub(folder: string, { totals }: BackupManifest): Promise<void> {
  const database = path.join(folder, HUB_DATABASE)
  const parent = freeEnough(path.dirname(folder), fs.statSync(database).size)
  const trial = fs.mkdtempSync(path.join(parent, '.signalbox-check-'))
  try {
    const copy = path.join(trial, HUB_DATABASE)
    fs.copyFileSync(database, copy, fs.constants.COPYFILE_FICLONE)
    fs.chmodSync(copy, 0o600)
    const tokens = await totalsOfHub(trial)
    if (tokens !== totals.tokens) {
      throw new StartError(`A hub on ${folder} counts ${tokens} tokens, and the backup has ${totals.tokens}. Keep it, and report this.`)
    }
  } finally {
    fs.rmSync(trial, { recursive: true, force: true })
  }
}

/** The folder beside the backup where it may be written, else the system's for temporary files. */
function freeEnough(parent: string, bytes: number): string {
  try {
    fs.accessSync(parent, fs.constants.W_OK)
    requireSpace(parent, bytes)
    return parent
  } catch {
    requireSpace(os.tmpdir(), bytes)
    return os.tmpdir()
  }
}
