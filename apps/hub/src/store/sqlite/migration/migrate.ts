import type Database from 'better-sqlite3'
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

/** Oldest first; a released migration is never changed, a new one is added at the end. */
const migrations: readonly string[] = [
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
]

/**
 * Migrates a file to this version, in one transaction.
 * @throws HubError when a newer Signalbox has written the file
 */
export function migrate(db: Database.Database, steps: readonly string[] = migrations): void {
  const apply = db.transaction(() => {
    const version = db.pragma('user_version', { simple: true }) as number
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
    for (const step of steps.slice(version)) db.exec(step)
    db.pragma(`user_version = ${steps.length}`)
  })
  // Two processes may start at once: the second finds the migration done.
  apply.immediate()
}
