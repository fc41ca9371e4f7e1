import fs from 'node:fs'
import path from 'node:path'
import type { BackupManifest } from '@signalbox/contract/backup'
import { StartError } from '../start-error.ts'
import { copyDatabase, newestEventAt, readDatabase } from '../store/sqlite/backup-file.ts'
import { migrations } from '../store/sqlite/migration/migrate.ts'
import { requireSpace } from './file.ts'
import { HUB_DATABASE } from './file-names.ts'
import { describeFiles } from './make-backup.ts'
import { MANIFEST } from './manifest.ts'

export interface TakenBackup {
  readonly folder: string
  /** Removes what was made for it. */
  remove(): void
}

/**
 * Makes a backup of one database file, such as one that Litestream has restored, so that it is checked like any other. A folder
 * is a backup already.
 * @throws StartError where the file is no hub database
 */
export async function backupOfFile(from: string): Promise<TakenBackup> {
  const file = fs.statSync(from, { throwIfNoEntry: false })
  if (!file?.isFile()) return { folder: from, remove: () => {} }
  const parent = path.dirname(path.resolve(from))
  requireSpace(parent, file.size)
  const folder = fs.mkdtempSync(path.join(parent, '.signalbox-restore-'))
  const remove = () => fs.rmSync(folder, { recursive: true, force: true })
  try {
    const copy = path.join(folder, HUB_DATABASE)
    await copyDatabase(from, copy)
    const found = readDatabase(copy)
    if (found.migration > migrations.length) throw new StartError(`${from} was written by a newer Signalbox. Update Signalbox.`)
    const manifest: BackupManifest = {
      format: 1,
      version: 'unknown',
      made_at: new Date(newestEventAt(copy) ?? file.mtimeMs).toISOString(),
      source: 'sqlite',
      ...found,
      files: await describeFiles(folder),
    }
    fs.writeFileSync(path.join(folder, MANIFEST), JSON.stringify(manifest), { mode: 0o600 })
    return { folder, remove }
  } catch (error) {
    remove()
    if (error instanceof StartError) throw error
    throw new StartError(`${from} is not a hub database, or a damaged one (${(error as Error).message}).`)
  }
}
