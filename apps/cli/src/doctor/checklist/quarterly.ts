import type { BackupManifest } from '@signalbox/contract/backup'
import { formatDuration } from '@signalbox/contract/duration-text'
import { countOf } from '@signalbox/contract/plural'
import { describe } from '../../backup/backup.ts'
import { runBackupProgram } from '../../backup/run-program.ts'
import { formatPath } from '../../format-path.ts'
import { fail, ok, warn } from '../check.ts'
import type { ChecklistItem } from './checklist.ts'
import { keysInUse, someNames } from './rows.ts'
import { newestBackup } from './weekly.ts'

const OLD_KEY_MS = 180 * 86_400_000
const OLD_SESSION_DAYS = 90

/** A backup that was never restored is a hope: its check starts a hub on a copy of it. */
export const restore: ChecklistItem = {
  about: 'Restore',
  async examine({ io, backups }, about) {
    const newest = backups === undefined ? undefined : newestBackup(backups)
    if (newest === undefined)
      return fail(about, 'there is no backup to try', 'Make one each night: signalbox backup --to FOLDER --keep 14 (docs/backup.md)')
    const outcome = await runBackupProgram(io, { args: ['backup', `--check=${newest.folder}`] })
    if (outcome === undefined || !('checked' in outcome))
      return fail(
        about,
        `${formatPath(newest.folder)} cannot be restored`,
        'Make a new backup, and keep the older ones until it is checked.',
      )
    const manifest: BackupManifest = outcome.checked.manifest
    return ok(about, `a hub starts on a copy of ${formatPath(newest.folder)}: ${describe(manifest)}`)
  },
}

export const oldKeys: ChecklistItem = {
  about: 'Keys',
  async examine({ client, now }, about) {
    const all = await keysInUse(client)
    const old = all.filter(({ created_at }) => now - Date.parse(created_at) > OLD_KEY_MS)
    const text = `${old.length} of ${countOf(all.length, 'key')} older than ${formatDuration(OLD_KEY_MS)}`
    return old.length === 0
      ? ok(about, text)
      : warn(about, `${text}: ${someNames(old.map(({ name }) => name))}`, 'Replace them: docs/RUNBOOKS.md, Replace a key')
  },
}

export const oldSessions: ChecklistItem = {
  about: 'Old sessions',
  async examine({ client }, about) {
    const { sessions_affected } = await client.cleanupSessions({
      older_than_days: OLD_SESSION_DAYS,
      statuses: ['completed', 'failed'],
      archive: true,
      dry_run: true,
    })
    const text = `${countOf(sessions_affected, 'session')} ended more than ${OLD_SESSION_DAYS} days ago and not archived`
    return sessions_affected === 0 ? ok(about, text) : warn(about, text, 'Archive them: signalbox maintenance, or set RETENTION_DAYS')
  },
}
