import { updateTaskSchema } from '@signalbox/contract/task'
import { z } from 'zod'
import { attemptArgument } from '../find-session.ts'
import { describeTask, toTaskData } from '../task-summary.ts'
import { defineTool } from '../tool.ts'

const { status, task_name, error_message, github_issue_id } = updateTaskSchema.shape

export const taskUpdate = defineTool({
  name: 'task_update',
  title: 'Update a task',
  description:
    'Changes a task: status "in_progress" starts it, "completed" and "failed" end it, "blocked" says that it waits for something outside ' +
    'the session, "pending" puts it back. Report each change when it happens. "failed" needs error_message; with "blocked" it is the reason. ' +
    'A completed task is final.',
  input: z.strictObject({
    task_id: z.string().min(1).max(200).describe('From task_create or tasks_list.'),
    status,
    error_message: error_message.describe('Why it failed or is blocked, in one sentence for people.'),
    task_name,
    github_issue_id,
    attempt: attemptArgument,
  }),
  scope: 'write',
  async run(client, { task_id, ...change }, { signal }) {
    const task = await client.updateTask(task_id, change, { signal })
    return { text: `Updated. ${describeTask(task)}`, data: toTaskData(task) }
  },
})
