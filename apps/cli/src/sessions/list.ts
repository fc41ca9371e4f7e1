import type { SessionStatus } from '@signalbox/contract/session'
import { misuse } from '../failure.ts'
import { askHub, type Hub, type HubOptions } from '../hub/connect.ts'
import { type ListOptions, wantedRows } from '../hub/option.ts'
import { type Listed, listed } from '../hub/pages.ts'
import { printJson, restLine } from '../hub/told.ts'
import { printable } from '../printable.ts'
import { renderTable } from '../table.ts'
import { terminalOf } from '../terminal.ts'
import { type SessionRow, sessionColumns } from './columns.ts'
import { liveStatuses } from './statuses.ts'
import { taskNames } from './task-names.ts'

export interface SessionListOptions extends HubOptions, ListOptions {
  readonly status?: readonly SessionStatus[]
  readonly live?: true
  readonly stale?: true
  readonly failed?: true
  readonly recoverable?: true
  readonly threshold?: number
  readonly project?: string
  readonly machine?: string
}

export async function list(options: SessionListOptions): Promise<void> {
  if (options.threshold !== undefined && !options.stale) throw misuse('--threshold says how long is too long: it goes with --stale.')
  await askHub(options, async (hub) => {
    const { rows, total } = await sessionsOf(hub, options)
    if (options.json) return printJson(rows)
    if (rows.length === 0) return void process.stdout.write(nothing(options))
    const columns = sessionColumns(rows, { now: hub.now(), taskNames: await taskNames(hub, rows, options.project) })
    const terminal = terminalOf(process.stdout, process.env)
    terminal.write(
      renderTable(
        columns,
        rows.map((row) => ({ row })),
        terminal,
      ),
    )
    terminal.write(restLine(rows.length, total, 'sessions'))
  })
}

function sessionsOf(hub: Hub, options: SessionListOptions): Promise<Listed<SessionRow>> {
  const { client } = hub
  const where = {
    ...(options.project === undefined ? {} : { project_id: options.project }),
    ...(options.machine === undefined ? {} : { machine_id: options.machine }),
  }
  const health = { ...where, ...(options.threshold === undefined ? {} : { threshold: options.threshold }) }
  const status = options.live ? liveStatuses : options.status
  const all = { ...where, ...(status === undefined ? {} : { status: [...status] }) }
  return listed<SessionRow>(
    wantedRows(options),
    (page, more) => {
      if (options.stale) return client.findStaleSessions({ ...health, ...page }, more)
      if (options.failed) return client.findFailedSessions({ ...health, ...page }, more)
      if (options.recoverable) return client.findRecoverableSessions({ ...health, ...page }, more)
      return client.listSessions({ ...all, ...page }, more)
    },
    ({ session_id }) => session_id,
  )
}

function nothing(options: SessionListOptions): string {
  const flags = (['live', 'stale', 'failed', 'recoverable'] as const).filter((name) => options[name]).map((name) => `--${name}`)
  const named = (['project', 'machine'] as const).flatMap((name) => (options[name] === undefined ? [] : [`--${name} ${options[name]}`]))
  const asked = [...flags, ...(options.status ?? []).map((status) => `--status ${status}`), ...named]
  if (asked.length > 0) {
    return `No sessions match ${printable(asked.join(' '))}.\nAll there are: signalbox sessions list\n`
  }
  return `No sessions yet. Begin one: signalbox sessions add --project NAME\nOr let a program do it: docs/http.md has POST /sessions.\n`
}
