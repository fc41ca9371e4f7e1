import type Database from 'better-sqlite3'
import { HubError } from '../../../hub-error.ts'
import { firstFloor } from './001-first-floor.ts'
import { state } from './002-state.ts'
import { limits } from './003-limits.ts'

/** Oldest first; a migration that was released is never changed, a new one is added below it. */
const migrations: readonly string[] = [firstFloor, state, limits]

/**
 * Brings a file to this version, in one transaction: all of it or nothing.
 * @throws HubError when a newer Signalbox has written the file
 */
export function migrate(db: Database.Database, steps: readonly string[] = migrations): void {
  const apply = db.transaction(() => {
    const version = db.pragma('user_version', { simple: true }) as number
    if (version > steps.length) {
      throw new HubError(
        'database_error',
        `The store is of a newer Signalbox (its version is ${version}, this one knows ${steps.length})`,
        {
          suggestion: 'Update Signalbox, or give it another DATA_DIR.',
        },
      )
    }
    for (const step of steps.slice(version)) db.exec(step)
    db.pragma(`user_version = ${steps.length}`)
  })
  // Two programs may start at once: the second finds the work done.
  apply.immediate()
}
