import { HubError } from '../../hub-error.ts'
import type { Held, Outcome } from '../../state/held.ts'
import type { TaskRecord } from '../../state/task-record.ts'
import { isLive } from '../../state/transition.ts'

/** MongoDB keeps 16 MiB in one document. A session that is full can still be changed, and ended. */
const TASKS_MAX_BYTES = 12 * 1024 * 1024
/** The tasks of a full session may still move, and say why: that takes as much more, and no more, however often. */
const REASONS_MAX_BYTES = 512 * 1024
/** With the events of its end, which tell of every task; what is left is for the session itself and for kept answers. */
const ALL_MAX_BYTES = 15 * 1024 * 1024

/** The tasks of a session as a decision leaves them. */
export function tasksAfter(tasks: TaskRecord[], { tasks: changed = [], tasksGone = [] }: Outcome<unknown>): TaskRecord[] {
  if (changed.length === 0 && tasksGone.length === 0) return tasks
  const next = new Map(tasks.map((task) => [task.task_id, task]))
  for (const task of changed) next.set(task.task_id, task)
  for (const id of tasksGone) next.delete(id)
  return [...next.values()]
}

/** @throws HubError `payload_too_large` when tasks would fill the document of their session; its end is never refused */
export function requireRoom({ session, tasks: before }: Held, outcome: Outcome<unknown>): void {
  if (!outcome.tasks?.length) return
  const isEnd = session !== undefined && isLive(session.status) && !isLive((outcome.session ?? session).status)
  if (isEnd) return
  const was = sizeOf(before)
  const will = sizeOf(tasksAfter([...before], outcome))
  if (will.bytes <= was.bytes && will.reasons <= was.reasons) return
  const bytes = will.bytes + will.reasons
  const most = will.bytes <= was.bytes ? TASKS_MAX_BYTES + REASONS_MAX_BYTES : TASKS_MAX_BYTES
  if (bytes > most) throw full('The tasks of this session', TASKS_MAX_BYTES)
  if (bytes + will.told > ALL_MAX_BYTES) throw full('The tasks of this session, and what is told of them at its end,', ALL_MAX_BYTES)
}

function full(what: string, limit: number): HubError {
  return new HubError('payload_too_large', `${what} would be larger than ${limit / 1024 / 1024} MiB together`, {
    suggestion: 'Begin another session, or keep large things elsewhere than in the metadata of tasks.',
    details: { limit_bytes: limit },
  })
}

function sizeOf(tasks: readonly TaskRecord[]): { bytes: number; reasons: number; told: number } {
  const size = { bytes: 0, reasons: 0, told: 0 }
  for (const { metadata, task_name, project_id, github_issue_id, error_message } of tasks) {
    const names = Buffer.byteLength(task_name) + Buffer.byteLength(project_id) + Buffer.byteLength(github_issue_id ?? '')
    // Names of fields, the two ids and instants are never more than this; the name of its machine is in an event too.
    size.bytes += 600 + names + Buffer.byteLength(metadata)
    size.told += 1_300 + names
    size.reasons += Buffer.byteLength(error_message ?? '')
  }
  return size
}
