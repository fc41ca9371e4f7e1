import { HubError } from '../../hub-error.ts'
import type { ChangeSet, LoadedSession } from '../../state/change-set.ts'
import type { TaskRecord } from '../../state/task-record.ts'
import { isLive } from '../../state/transition.ts'

/** What fits into the document of a session, in bytes. */
export interface Capacity {
  readonly tasks: number
  /** The tasks of a full session may still change their status, with reasons of up to this size together. */
  readonly reasons: number
  /** The tasks with the events of their end, one for each; the rest is for the session itself and for stored results. */
  readonly tasksAndEvents: number
}

const MiB = 1024 * 1024
/** MongoDB's limit is 16 MiB for one document. A full session can still be changed, and ended. */
export const defaultCapacity: Capacity = { tasks: 12 * MiB, reasons: MiB / 2, tasksAndEvents: 15 * MiB }

/** The tasks of a session after a change. */
export function nextTasks(tasks: TaskRecord[], { tasks: changed = [], tasksGone = [] }: ChangeSet<unknown>): TaskRecord[] {
  if (changed.length === 0 && tasksGone.length === 0) return tasks
  const next = new Map(tasks.map((task) => [task.task_id, task]))
  for (const task of changed) next.set(task.task_id, task)
  for (const id of tasksGone) next.delete(id)
  return [...next.values()]
}

/** @throws HubError `payload_too_large` when the tasks would exceed the document of their session; its end is never refused */
export function requireCapacity(
  { session, tasks: before }: LoadedSession,
  changeSet: ChangeSet<unknown>,
  capacity = defaultCapacity,
): void {
  if (!changeSet.tasks?.length) return
  const isEnd = session !== undefined && isLive(session.status) && !isLive((changeSet.session ?? session).status)
  if (isEnd) return
  const sizeBefore = sizeOf(before)
  const sizeAfter = sizeOf(nextTasks([...before], changeSet))
  if (sizeAfter.bytes <= sizeBefore.bytes && sizeAfter.reasons <= sizeBefore.reasons) return
  const bytes = sizeAfter.bytes + sizeAfter.reasons
  const limit = sizeAfter.bytes <= sizeBefore.bytes ? capacity.tasks + capacity.reasons : capacity.tasks
  if (bytes > limit) throw full('The tasks of this session', capacity.tasks)
  if (bytes + sizeAfter.events > capacity.tasksAndEvents)
    throw full('The tasks of this session, with the events of its end,', capacity.tasksAndEvents)
}

function full(what: string, limit: number): HubError {
  return new HubError('payload_too_large', `${what} would be larger than ${limit / MiB} MiB together`, {
    suggestion: 'Begin another session, or keep large things elsewhere than in the metadata of tasks.',
    details: { limit_bytes: limit },
  })
}

function sizeOf(tasks: readonly TaskRecord[]): { bytes: number; reasons: number; events: number } {
  const size = { bytes: 0, reasons: 0, events: 0 }
  for (const { metadata, task_name, project_id, github_issue_id, error_message } of tasks) {
    const names = Buffer.byteLength(task_name) + Buffer.byteLength(project_id) + Buffer.byteLength(github_issue_id ?? '')
    // Upper bounds for names of fields, the two ids and instants; an event has the name of the machine too.
    size.bytes += 600 + names + Buffer.byteLength(metadata)
    size.events += 1_300 + names
    size.reasons += Buffer.byteLength(error_message ?? '')
  }
  return size
}
