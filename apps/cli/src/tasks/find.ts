import type { FetchPage } from '@signalbox/client'
import type { Task } from '@signalbox/contract/task'
import { findId, type Search } from '../hub/find-id.ts'
import type { Hub } from '../hub/with-hub.ts'

/** The id of the one task that starts with a prefix. @throws Failure when it is not exactly one */
export function findTask(hub: Hub, idPrefix: string): Promise<string> {
  return findId(
    idPrefix,
    search((page, more) => hub.client.listTasks(page, more)),
  )
}

/** The same as `findTask`, among the tasks of one session. */
export function findTaskOf(hub: Hub, session: string, idPrefix: string): Promise<string> {
  return findId(
    idPrefix,
    search((page, more) => hub.client.listTasks({ ...page, session_id: session }, more)),
  )
}

function search(ask: FetchPage<Task>): Search<Task> {
  return { noun: 'task', ask, idOf: ({ task_id }) => task_id, about: ({ status, task_name }) => `${status}  ${task_name.slice(0, 60)}` }
}
