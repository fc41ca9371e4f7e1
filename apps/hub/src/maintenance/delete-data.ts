import { HubError } from '../hub-error.ts'
import type { LimitService } from '../limits/limit-service.ts'
import { removeEnded } from '../state/session.ts'
import { liveStatuses } from '../state/transition.ts'
import type { NewAuditEntry } from '../store/audit-entry.ts'
import type { Change } from '../store/change.ts'
import type { DataSelection } from '../store/deletion.ts'
import type { SessionQuery } from '../store/session.ts'
import type { Store } from '../store/store.ts'

/** What a selection has. */
export interface DataCounts {
  readonly calls: number
  readonly snapshots: number
  readonly sessions: number
  readonly tasks: number
  readonly collectors: number
}

const PAGE = 100
const allStatuses = ['active', 'paused', 'stalled', 'completed', 'failed', 'archived'] as const

/**
 * Counts what a selection has, and deletes it unless it is a dry run.
 * @param audit the entry of the audit log for what was deleted; one that was interrupted says so
 * @throws HubError `conflict` while live sessions belong to it
 */
export async function deleteData(
  store: Store,
  limits: LimitService,
  selection: DataSelection,
  change: Change,
  dryRun: boolean,
  audit: (details: Record<string, unknown>) => NewAuditEntry,
): Promise<DataCounts> {
  const sessionFilter = filterOf(selection)
  if (sessionFilter !== undefined) await requireNoLiveSessions(store, sessionFilter)
  const counted = await countData(store, selection, sessionFilter)
  if (dryRun) return counted
  const data =
    'machine' in selection ? { machine_id: selection.machine } : 'project' in selection ? { project_id: selection.project } : selection
  const deleted = { calls: 0, snapshots: 0, sessions: 0, tasks: 0, collectors: 0 }
  try {
    if (!('account' in selection)) deleted.calls = await store.usage.deleteCalls(selection, change)
    if (!('project' in selection)) deleted.snapshots = await limits.deleteSnapshots(selection, change)
    if (sessionFilter !== undefined) Object.assign(deleted, await deleteSessions(store, sessionFilter, change.now))
    if ('machine' in selection && (await store.limits.removeCollector(selection.machine, change))) deleted.collectors = 1
  } catch (error) {
    // Some of it is gone; the request may be repeated. Where the store fails, so does this, and the log of the hub has the error.
    const interrupted = audit({ ...data, ...deleted, interrupted: (error as Error).message })
    await store.audit.append(interrupted, { now: change.now }).catch(() => {})
    throw error
  }
  await store.events.append([{ event: 'data.deleted', data: { ...data, ...deleted } }], {
    now: change.now,
    audit: () => audit({ ...data, ...deleted }),
  })
  return deleted
}

async function countData(store: Store, selection: DataSelection, sessionFilter: Partial<SessionQuery> | undefined): Promise<DataCounts> {
  let [sessions, tasks] = [0, 0]
  if (sessionFilter !== undefined) {
    for await (const { session_id } of sessionsOf(store, sessionFilter)) {
      sessions++
      tasks += (await store.tasks.ofSession(session_id)).length
    }
  }
  const collectors = 'machine' in selection ? (await store.limits.collectors()).filter(({ machine }) => machine === selection.machine) : []
  return {
    calls: 'account' in selection ? 0 : await store.usage.countCalls(selection),
    snapshots: 'project' in selection ? 0 : await store.limits.countSnapshots(selection),
    sessions,
    tasks,
    collectors: collectors.length,
  }
}

async function deleteSessions(store: Store, filter: Partial<SessionQuery>, now: number): Promise<{ sessions: number; tasks: number }> {
  let [sessions, tasks] = [0, 0]
  for await (const { session_id } of sessionsOf(store, filter)) {
    tasks += await store.sessions.change(session_id, { tasks: true }, { now }, (state) => removeEnded(state, now, session_id))
    sessions++
  }
  return { sessions, tasks }
}

/** All sessions of a filter, newest first; each may be changed or removed on the way. */
export async function* sessionsOf(store: Store, filter: Partial<SessionQuery>) {
  let after: { at: number; id: string } | undefined
  for (;;) {
    const { rows } = await store.sessions.list({ ...filter, statuses: allStatuses, order: 'newest', limit: PAGE, offset: 0, after })
    yield* rows
    const last = rows.at(-1)
    if (last === undefined || rows.length < PAGE) return
    after = { at: last.created_at, id: last.session_id }
  }
}

/** @throws HubError `conflict` */
export async function requireNoLiveSessions(store: Store, filter: Partial<SessionQuery>): Promise<void> {
  const { rows, total } = await store.sessions.list({ ...filter, statuses: liveStatuses, order: 'newest', limit: 5, offset: 0 })
  if (total === 0) return
  throw new HubError('conflict', `${total === 1 ? 'A live session belongs' : `${total} live sessions belong`} to it`, {
    suggestion: 'End them first, for example with POST /sessions/…/mark-failed.',
    details: { live_sessions: total, session_ids: rows.map(({ session_id }) => session_id) },
  })
}

function filterOf(selection: DataSelection): Partial<SessionQuery> | undefined {
  if ('machine' in selection) return { machine_id: selection.machine }
  return 'project' in selection ? { project_id: selection.project } : undefined
}
