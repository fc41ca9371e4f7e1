import type { Task } from '@signalbox/contract/task'
import type { Hub } from '../hub/connect.ts'
import { findId, type Search } from '../hub/find-id.ts'
import type { AskPage } from '../hub/pages.ts'

/** The id of a task of which somebody wrote at least the beginning. @throws Failure when it is not one task's */
export function findTask(hub: Hub, begins: string): Promise<string> {
  return findId(
    begins,
    search((page, more) => hub.client.listTasks(page, more)),
  )
}

/** The same, among the tasks of one session. */
export function findTaskOf(hub: Hub, session: string, begins: string): Promise<string> {
  return findId(
    begins,
    search((page, more) => hub.client.listTasks({ ...page, session_id: session }, more)),
  )
}

function search(ask: AskPage<Task>): Search<Task> {
  return { noun: 'task', ask, idOf: ({ task_id }) => task_id, about: ({ status, task_name }) => `${status}  ${task_name.slice(0, 60)}` }
}
