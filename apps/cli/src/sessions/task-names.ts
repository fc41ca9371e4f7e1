import type { Hub } from '../hub/with-hub.ts'
import type { SessionRow } from './columns.ts'

/**
 * The names of the sessions' current tasks, by id. A session has only the id of its task; one more request gets nearly all
 * names, while one request per session would be too many.
 */
export async function fetchTaskNames({ client }: Hub, rows: readonly SessionRow[], project?: string): Promise<ReadonlyMap<string, string>> {
  if (rows.every(({ current_task_id }) => current_task_id === undefined)) return new Map()
  const tasks = await client.listTasks({ status: ['in_progress'], limit: 100, project_id: project })
  return new Map(tasks.map(({ task_id, task_name }) => [task_id, task_name]))
}
