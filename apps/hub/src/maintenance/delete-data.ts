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
 * @param folders of a project; its calls and sessions are known by them
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
  folders: readonly string[] = [],
): Promise<DataCounts> {
  const parts: readonly DataSelection[] =
    'project' in selection ? [...new Set([selection.project, ...folders])].map((project) => ({ project })) : [selection]
  const sessionFilters = parts.flatMap((part) => filterOf(part) ?? [])
  for (const filter of sessionFilters) await requireNoLiveSessions(store, filter)
  const counted = await countData(store, selection, parts, sessionFilters)
  if (dryRun) return counted
  const data =
    'machine' in selection ? { machine_id: selection.machine } : 'project' in selection ? { project_id: selection.project } : selection
  const deleted = { calls: 0, snapshots: 0, sessions: 0, tasks: 0, collectors: 0 }
  try {
    for (const part of parts) {
      if ('account' in part) continue
      deleted.calls += await store.usage.deleteCalls(part, change)
      await store.folders.remove('machine' in part ? part : { folder: part.project }, change)
    }
    if (!('project' in selection)) deleted.snapshots = await limits.deleteSnapshots(selection, change)
    for (const filter of sessionFilters) {
      const { sessions, tasks } = await deleteSessions(store, filter, change.now)
      deleted.sessions += sessions
      deleted.tasks += tasks
    }
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

async function countData(
  store: Store,
  selection: DataSelection,
  parts: readonly DataSelection[],
  sessionFilters: readonly Partial<SessionQuery>[],
): Promise<DataCounts> {
  let [calls, sessions, tasks] = [0, 0, 0]
  for (const part of parts) if (!('account' in part)) calls += await store.usage.countCalls(part)
  for (const filter of sessionFilters) {
    for await (const { session_id } of sessionsOf(store, filter)) {
      sessions++
      tasks += (await store.tasks.ofSession(session_id)).length
    }
  }
  const collectors = 'machine' in selection ? (await store.limits.collectors()).filter(({ machine }) => machine === selection.machine) : []
  return {
    calls,
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
