import type { TaskStatus } from '@signalbox/contract/task'
import { askHub, type HubOptions } from '../hub/connect.ts'
import { type ListOptions, wantedRows } from '../hub/option.ts'
import { listed } from '../hub/pages.ts'
import { printJson, restLine } from '../hub/told.ts'
import { printable } from '../printable.ts'
import { findSession } from '../sessions/find.ts'
import { renderTable } from '../table.ts'
import { terminalOf } from '../terminal.ts'
import { taskColumns } from './columns.ts'

export interface TaskListOptions extends HubOptions, ListOptions {
  readonly status?: readonly TaskStatus[]
  readonly session?: string
  readonly project?: string
}

export async function list(options: TaskListOptions): Promise<void> {
  await askHub(options, async (hub) => {
    const session = options.session === undefined ? undefined : await findSession(hub, options.session)
    const where = {
      ...(session === undefined ? {} : { session_id: session }),
      ...(options.project === undefined ? {} : { project_id: options.project }),
      ...(options.status === undefined ? {} : { status: [...options.status] }),
    }
    const { rows, total } = await listed(
      wantedRows(options),
      (page, more) => hub.client.listTasks({ ...where, ...page }, more),
      ({ task_id }) => task_id,
    )
    if (options.json) return printJson(rows)
    if (rows.length === 0) return void process.stdout.write(nothing(options))
    const terminal = terminalOf(process.stdout, process.env)
    terminal.write(
      renderTable(
        taskColumns(rows, { now: hub.now(), ofOneSession: session !== undefined }),
        rows.map((row) => ({ row })),
        terminal,
      ),
    )
    terminal.write(restLine(rows.length, total, 'tasks'))
  })
}

function nothing({ status = [], session, project }: TaskListOptions): string {
  const asked = [
    ...status.map((one) => `--status ${one}`),
    ...(session === undefined ? [] : [`--session ${session}`]),
    ...(project === undefined ? [] : [`--project ${project}`]),
  ]
  const add = `signalbox tasks add NAME --session ${session === undefined ? 'ID' : printable(session)}`
  return asked.length === 0 ? `No tasks yet. Add one: ${add}\n` : `No tasks match ${printable(asked.join(' '))}.\nAdd one: ${add}\n`
}
