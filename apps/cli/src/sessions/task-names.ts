import type { Hub } from '../hub/connect.ts'
import type { SessionRow } from './columns.ts'

/**
 * Names of the tasks that sessions are at. A session names its task by id alone; one question more is worth the names of
 * nearly all, one question for each session is not.
 */
export async function taskNames({ client }: Hub, rows: readonly SessionRow[], project?: string): Promise<ReadonlyMap<string, string>> {
  if (rows.every(({ current_task_id }) => current_task_id === undefined)) return new Map()
  const tasks = await client.listTasks({ status: ['in_progress'], limit: 100, project_id: project })
  return new Map(tasks.map(({ task_id, task_name }) => [task_id, task_name]))
}
