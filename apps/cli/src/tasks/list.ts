import { printable } from '@signalbox/contract/printable'
import type { TaskStatus } from '@signalbox/contract/task'
import { fetchRows } from '../hub/fetch-rows.ts'
import { type ListOptions, rowLimit } from '../hub/option.ts'
import { formatRestLine, printJson } from '../hub/print-result.ts'
import { type HubOptions, withHub } from '../hub/with-hub.ts'
import type { Io } from '../io.ts'
import { findSession } from '../sessions/find.ts'
import { renderTable } from '../table.ts'
import { createTerminal } from '../terminal.ts'
import { taskColumns } from './columns.ts'

export interface TaskListOptions extends HubOptions, ListOptions {
  readonly status?: readonly TaskStatus[]
  readonly session?: string
  readonly project?: string
}

export async function list(io: Io, options: TaskListOptions): Promise<void> {
  await withHub(io, options, async (hub) => {
    const session = options.session === undefined ? undefined : await findSession(hub, options.session)
    const where = {
      ...(session === undefined ? {} : { session_id: session }),
      ...(options.project === undefined ? {} : { project_id: options.project }),
      ...(options.status === undefined ? {} : { status: [...options.status] }),
    }
    const { rows, total } = await fetchRows(rowLimit(options), (page, more) => hub.client.listTasks({ ...where, ...page }, more))
    if (options.json) return printJson(io, rows)
    if (rows.length === 0) return void io.stdout.write(formatEmpty(options))
    const terminal = createTerminal(io)
    terminal.write(
      renderTable(
        taskColumns(rows, { now: hub.now(), ofOneSession: session !== undefined }),
        rows.map((row) => ({ row })),
        terminal,
      ),
    )
    terminal.write(formatRestLine(terminal, rows.length, total, 'tasks'))
  })
}

function formatEmpty({ status = [], session, project }: TaskListOptions): string {
  const filters = [
    ...status.map((one) => `--status ${one}`),
    ...(session === undefined ? [] : [`--session ${session}`]),
    ...(project === undefined ? [] : [`--project ${project}`]),
  ]
  const add = `signalbox tasks add NAME --session ${session === undefined ? 'ID' : printable(session)}`
  return filters.length === 0 ? `No tasks yet. Add one: ${add}\n` : `No tasks match ${printable(filters.join(' '))}.\nAdd one: ${add}\n`
}
