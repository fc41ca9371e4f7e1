import { HubError } from '../../../hub-error.ts'
import type { Connection } from '../connection.ts'
import { isDuplicate } from '../error.ts'
import { firstFloor } from './001-first-floor.ts'
import { state } from './002-state.ts'
import { limits } from './003-limits.ts'

/**
 * A step may run twice, or in two hubs at once, or be broken off and run again: whatever it does, doing it again changes
 * nothing.
 */
export type Step = (connection: Connection) => Promise<void>

/** Oldest first; a migration that was released is never changed, a new one is added below it. */
const migrations: readonly Step[] = [firstFloor, state, limits]

interface VersionDocument {
  _id: 'version'
  version: number
}

/**
 * Brings a database to this version, step by step; each step counts when it is whole.
 * @throws HubError when a newer Signalbox has written it
 */
export async function migrate(connection: Connection, steps: readonly Step[] = migrations): Promise<void> {
  const meta = connection.collection<VersionDocument>('meta')
  const version = (await meta.findOne({ _id: 'version' }))?.version ?? 0
  if (version > steps.length) {
    throw new HubError('database_error', `The store is of a newer Signalbox (its version is ${version}, this one knows ${steps.length})`, {
      suggestion: 'Update Signalbox, or name another database in MONGODB_URI.',
    })
  }
  for (const [index, step] of steps.entries()) {
    if (index < version) continue
    await step(connection)
    try {
      await meta.updateOne({ _id: 'version' }, { $max: { version: index + 1 } }, { upsert: true })
    } catch (error) {
      // Two hubs that start at once both mean to be the first; the other one has written it.
      if (!isDuplicate(error)) throw error
      await meta.updateOne({ _id: 'version' }, { $max: { version: index + 1 } })
    }
  }
}
