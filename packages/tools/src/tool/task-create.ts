import { createTaskSchema } from '@signalbox/contract/task'
import { z } from 'zod'
import { attemptArgument, onOwnSession, ownSessionArgument, ownSessionId } from '../find-session.ts'
import { describeTask, toTaskData } from '../task-summary.ts'
import { defineTool } from '../tool.ts'

export const taskCreate = defineTool({
  name: 'task_create',
  title: 'Create a task',
  description:
    'Adds a task to a session that is live, by default your own, so that people see on the board what is planned. Give each step of a plan ' +
    'a task of its own; start, complete or block it later with task_update and the task_id that this returns.',
  input: createTaskSchema.pick({ task_name: true, github_issue_id: true }).extend({
    session_id: ownSessionArgument,
    attempt: attemptArgument,
    start: z.boolean().optional().describe('Start it at once; it becomes the current task of the session.'),
  }),
  scope: 'write',
  async run(client, { start, session_id, ...task }, context) {
    const { signal } = context
    const created = await onOwnSession(() => client.createTask({ ...task, session_id: ownSessionId(session_id, context) }, { signal }))
    const result = start === true ? await client.startTask(created.task_id, { attempt: task.attempt, signal }) : created
    return { text: `Created. ${describeTask(result)}`, data: toTaskData(result) }
  },
})
