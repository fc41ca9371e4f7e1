import { formatDuration } from '@signalbox/contract/duration-text'
import { printable } from '@signalbox/contract/printable'
import { createClockFormatter } from '../clock-formatter.ts'
import { formatMetadata, renderDetails } from '../details.ts'
import { printJson } from '../hub/print-result.ts'
import { type HubOptions, withHub } from '../hub/with-hub.ts'
import type { Io } from '../io.ts'
import { taskStyles } from '../status-style.ts'
import { createTerminal } from '../terminal.ts'
import { findTask } from './find.ts'

export async function show(io: Io, idPrefix: string, options: HubOptions): Promise<void> {
  await withHub(io, options, async (hub) => {
    const task = await hub.client.getTask(await findTask(hub, idPrefix))
    if (options.json) return printJson(io, task)
    const timeOf = createClockFormatter(io)
    const ago = (at: string | undefined) =>
      at === undefined ? undefined : `${timeOf(at)}, ${formatDuration(Math.max(0, hub.now() - Date.parse(at)))} ago`
    const terminal = createTerminal(io)
    terminal.write(
      renderDetails(
        [
          ['Task', printable(task.task_id)],
          ['Name', printable(task.task_name)],
          ['Status', task.status.replace('_', ' '), taskStyles[task.status]],
          [task.status === 'blocked' ? 'Blocked by' : 'Error', task.error_message && printable(task.error_message)],
          ['Session', printable(task.session_id)],
          ['Project', printable(task.project_id)],
          ['Issue', task.github_issue_id && printable(task.github_issue_id)],
          ['Created', ago(task.created_at)],
          ['Started', ago(task.started_at)],
          ['Ended', ago(task.completed_at)],
          ['Metadata', printable(formatMetadata(task.metadata))],
        ],
        terminal,
      ),
    )
  })
}
