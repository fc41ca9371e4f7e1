import { randomBytes } from 'node:crypto'
import fs from 'node:fs'
import path from 'node:path'
import type Database from 'better-sqlite3'
import { freeBytes, syncFile } from '../../../disk-file.ts'
import { HubError } from '../../../hub-error.ts'
import { keysEventsUsage } from './001-keys-events-usage.ts'
import { state } from './002-state.ts'
import { limits } from './003-limits.ts'
import { monitorEvents } from './004-monitor-events.ts'
import { observedSessions } from './005-observed-sessions.ts'
import { invites } from './006-invites.ts'
import { attemptsListening } from './007-attempts-listening.ts'
import { deletions } from './008-deletions.ts'
import { signInsAndAudit } from './009-sign-ins-and-audit.ts'
import { accounts } from './010-accounts.ts'
import { removedSessions } from './011-removed-sessions.ts'
import { keyEnds } from './012-key-ends.ts'
import { callFields } from './013-call-fields.ts'
import { reportedCalls } from './014-reported-calls.ts'
import { projectFolders } from './015-project-folders.ts'
import { alerts } from './016-alerts.ts'
import { budgets } from './018-budgets.ts'
import { savedViews } from './019-saved-views.ts'

/** A step: SQL, or a function for what SQL cannot say, which logs what it did. */
export type Migration = string | ((db: Database.Database, log: (message: string) => void) => void)

/** Oldest first; a released migration is never changed, a new one is added at the end. */
export const migrations: readonly Migration[] = [
  keysEventsUsage,
  state,
  limits,
  monitorEvents,
  observedSessions,
  invites,
  attemptsListening,
  deletions,
  signInsAndAudit,
  accounts,
  removedSessions,
  keyEnds,
  callFields,
  reportedCalls,
  projectFolders,
  alerts,
  budgets,
  savedViews,
]

/**
 * Migrates a file to this version, in one transaction. A file of an earlier version is copied first, to `signalbox.db.v3` for
 * version 3: to go back to that Signalbox, stop the hub and put the copy in the place of the file.
 * @param log gets what changed beside the schema
 * @throws HubError when a newer Signalbox has written the file, or there is no space for the copy
 */
export function migrate(db: Database.Database, steps: readonly Migration[] = migrations, log: (message: string) => void = () => {}): void {
  keepEarlier(db, steps.length, log)
  const apply = db.transaction(() => {
    const version = versionOf(db)
    if (version > steps.length) {
      throw new HubError(
        'database_error',
        `The hub database is of a newer Signalbox (its version is ${version}, this one knows ${steps.length})`,
        {
          suggestion: 'Update Signalbox, or give it another DATA_DIR.',
        },
      )
    }
    if (version === steps.length) return
    for (const step of steps.slice(version)) {
      if (typeof step === 'string') db.exec(step)
      else step(db, log)
    }
    db.pragma(`user_version = ${steps.length}`)
  })
  // Two processes may start at once: the second finds the migration done.
  apply.immediate()
}

function versionOf(db: Database.Database): number {
  return db.pragma('user_version', { simple: true }) as number
}

/**
 * Copies a file of an earlier version. One copy stays for each version, the newest: after a way back, or an upgrade that failed,
 * an older one lacks what came since. A new or temporary database has nothing to keep.
 */
function keepEarlier(db: Database.Database, known: number, log: (message: string) => void): void {
  const version = versionOf(db)
  if (version === 0 || version >= known || db.memory) return
  const copy = `${db.name}.v${version}`
  const bytes = (db.pragma('page_count', { simple: true }) as number) * (db.pragma('page_size', { simple: true }) as number)
  const free = freeBytes(path.dirname(db.name))
  if (free < bytes) {
    const mb = (size: number) => `${size} MB`
    throw new HubError(
      'database_error',
      `The hub database has to be migrated, and there is no space to keep a copy of it: ${mb(Math.ceil(bytes / 1e6))} are needed, ${mb(Math.floor(free / 1e6))} are free`,
      { suggestion: 'Free some space, or make a backup elsewhere and move DATA_DIR to a larger disk.' },
    )
  }
  const draft = `${copy}.${randomBytes(4).toString('hex')}.tmp`
  try {
    db.prepare('VACUUM INTO ?').run(draft)
    fs.chmodSync(draft, 0o600)
    syncFile(draft)
    fs.renameSync(draft, copy)
  } finally {
    fs.rmSync(draft, { force: true })
  }
  log(`the database of version ${version} is kept as ${copy}; remove it when you will not go back to that Signalbox`)
}
