import { clockTime } from '../clock-time.ts'
import { metadataText, renderDetails } from '../details.ts'
import { askHub, type HubOptions } from '../hub/connect.ts'
import { printJson } from '../hub/told.ts'
import { duration } from '../number.ts'
import { printable } from '../printable.ts'
import { taskStyles } from '../status-style.ts'
import { terminalOf } from '../terminal.ts'
import { findTask } from './find.ts'

export async function show(begins: string, options: HubOptions): Promise<void> {
  await askHub(options, async (hub) => {
    const task = await hub.client.getTask(await findTask(hub, begins))
    if (options.json) return printJson(task)
    const timeOf = clockTime(process.env)
    const ago = (at: string | undefined) =>
      at === undefined ? undefined : `${timeOf(at)}, ${duration(Math.max(0, hub.now() - Date.parse(at)))} ago`
    const terminal = terminalOf(process.stdout, process.env)
    terminal.write(
      renderDetails(
        [
          ['Task', printable(task.task_id)],
          ['Name', printable(task.task_name)],
          ['Status', task.status.replace('_', ' '), taskStyles[task.status]],
          [task.status === 'blocked' ? 'Blocked by' : 'Failed', task.error_message && printable(task.error_message)],
          ['Session', printable(task.session_id)],
          ['Project', printable(task.project_id)],
          ['Issue', task.github_issue_id && printable(task.github_issue_id)],
          ['Made', ago(task.created_at)],
          ['Started', ago(task.started_at)],
          ['Ended', ago(task.completed_at)],
          ['Metadata', printable(metadataText(task.metadata))],
        ],
        terminal,
      ),
    )
  })
}
