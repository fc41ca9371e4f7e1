import { HubError } from '../../../hub-error.ts'
import type { Connection } from '../connection.ts'
import { isDuplicate } from '../error.ts'
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
import { callFields } from './012-call-fields.ts'
import { telemetrySessions } from './013-telemetry-sessions.ts'
import { alerts } from './014-alerts.ts'
import { budgets } from './016-budgets.ts'
import { savedViews } from './017-saved-views.ts'

/**
 * A step is idempotent: it may run twice, in two hubs at once, or again after it was aborted. It logs what it changed.
 */
export type Step = (connection: Connection, log: (message: string) => void) => Promise<void>

/** Oldest first; a released migration is never changed, a new one is added at the end. */
export const migrations: readonly Step[] = [
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
  callFields,
  telemetrySessions,
  alerts,
  budgets,
  savedViews,
]

interface VersionDocument {
  _id: 'version'
  version: number
}

/**
 * Migrates a database to this version, step by step; a step counts when it is complete.
 * @param log gets what changed beside indexes
 * @throws HubError when a newer Signalbox has written it
 */
export async function migrate(
  connection: Connection,
  steps: readonly Step[] = migrations,
  log: (message: string) => void = () => {},
): Promise<void> {
  const meta = connection.collection<VersionDocument>('meta')
  const version = (await meta.findOne({ _id: 'version' }))?.version ?? 0
  if (version > steps.length) {
    throw new HubError(
      'database_error',
      `The hub database is of a newer Signalbox (its version is ${version}, this one knows ${steps.length})`,
      {
        suggestion: 'Update Signalbox, or name another database in MONGODB_URI.',
      },
    )
  }
  for (const [index, step] of steps.entries()) {
    if (index < version) continue
    await step(connection, log)
    try {
      await meta.updateOne({ _id: 'version' }, { $max: { version: index + 1 } }, { upsert: true })
    } catch (error) {
      // Two hubs that start at once may both insert the document; the other one was first.
      if (!isDuplicate(error)) throw error
      await meta.updateOne({ _id: 'version' }, { $max: { version: index + 1 } })
    }
  }
}
