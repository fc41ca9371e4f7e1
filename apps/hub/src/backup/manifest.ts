import fs from 'node:fs'
import path from 'node:path'
import type { BackupManifest } from '@signalbox/contract/backup'
import { z } from 'zod'
import { StartError } from '../start-error.ts'

export const MANIFEST = 'manifest.json'

const count = z.int().nonnegative()
/** Names that stay in the folder of the backup. */
const fileName = z.string().regex(/^[a-z0-9][a-z0-9.-]*$/i)

const manifestSchema = z.looseObject({
  format: z.literal(1),
  version: z.string(),
  made_at: z.iso.datetime(),
  source: z.enum(['sqlite', 'mongodb']),
  store_id: z.string(),
  migration: count,
  counts: z.record(z.string(), count),
  totals: z.object({ calls: count, tokens: count }),
  newest_event: count,
  files: z.array(z.object({ name: fileName, bytes: count, sha256: z.string().regex(/^[0-9a-f]{64}$/) })).min(1),
})

/** Reads the manifest of a backup. @throws StartError where there is none, it is damaged, or a newer Signalbox made it */
export function readManifest(folder: string): BackupManifest {
  let content: unknown
  try {
    content = JSON.parse(fs.readFileSync(path.join(folder, MANIFEST), 'utf8'))
  } catch (error) {
    const missing = ['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')
    throw new StartError(
      missing
        ? `${folder} is not a backup: it has no ${MANIFEST}. Name the folder that \`signalbox backup\` has printed.`
        : `${path.join(folder, MANIFEST)} cannot be read (${(error as Error).message}). Take another backup.`,
    )
  }
  const { format } = (content ?? {}) as { format?: unknown }
  if (typeof format === 'number' && format > 1) {
    throw new StartError(`${folder} was made by a newer Signalbox (its format is ${format}). Update Signalbox.`)
  }
  const parsed = manifestSchema.safeParse(content)
  if (!parsed.success) throw new StartError(`${path.join(folder, MANIFEST)} is damaged. Take another backup.`)
  return parsed.data as unknown as BackupManifest
}

/** The backups in a folder, newest first. Folders that are something else, or unfinished, are left out. */
export function listBackups(parent: string): { readonly folder: string; readonly manifest: BackupManifest }[] {
  if (!fs.existsSync(parent)) return []
  const found = fs.readdirSync(parent, { withFileTypes: true }).flatMap((entry) => {
    if (!entry.isDirectory() || !BACKUP_NAME.test(entry.name)) return []
    const folder = path.join(parent, entry.name)
    try {
      return [{ folder, manifest: readManifest(folder) }]
    } catch {
      return []
    }
  })
  return found.sort((a, b) => (a.manifest.made_at < b.manifest.made_at ? 1 : -1))
}

const BACKUP_NAME = /^signalbox-\d{8}T\d{6}Z(?:-\d+)?$/

/** `signalbox-20261201T013000Z`: sorts by time, and is a name on every system. */
export function backupName(at: Date): string {
  return `signalbox-${at.toISOString().replace(/[-:]|\.\d+/g, '')}`
}
