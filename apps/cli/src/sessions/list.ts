import { ConflictError, NotFoundError } from '@signalbox/client'
import { printable } from '@signalbox/contract/printable'
import type { SessionStatus } from '@signalbox/contract/session'
import { usageError } from '../failure.ts'
import { type FetchedRows, fetchRows } from '../hub/fetch-rows.ts'
import { type ListOptions, rowLimit } from '../hub/option.ts'
import { formatRestLine, printJson } from '../hub/print-result.ts'
import { type Hub, type HubOptions, withHub } from '../hub/with-hub.ts'
import type { Io } from '../io.ts'
import { renderTable } from '../table.ts'
import { createTerminal } from '../terminal.ts'
import { type SessionRow, sessionColumns } from './columns.ts'
import { liveStatuses } from './statuses.ts'
import { fetchTaskNames } from './task-names.ts'

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

export async function list(io: Io, options: SessionListOptions): Promise<void> {
  if (options.threshold !== undefined && !options.stale) throw usageError('--threshold can only be used with --stale.')
  await withHub(io, options, async (hub) => {
    const { rows: found, total } = await fetchSessions(hub, options)
    if (options.json) return printJson(io, found)
    if (found.length === 0) return void io.stdout.write(formatEmpty(options))
    const rows = options.failed ? await withReasons(hub, found) : found
    const columns = sessionColumns(rows, { now: hub.now(), taskNames: await fetchTaskNames(hub, rows, options.project) })
    const terminal = createTerminal(io)
    terminal.write(
      renderTable(
        columns,
        rows.map((row) => ({ row })),
        terminal,
      ),
    )
    terminal.write(formatRestLine(terminal, rows.length, total, 'sessions'))
  })
}

function fetchSessions(hub: Hub, options: SessionListOptions): Promise<FetchedRows<SessionRow>> {
  const { client } = hub
  const where = {
    ...(options.project === undefined ? {} : { project_id: options.project }),
    ...(options.machine === undefined ? {} : { machine_id: options.machine }),
  }
  const health = { ...where, ...(options.threshold === undefined ? {} : { threshold: options.threshold }) }
  const status = options.live ? liveStatuses : options.status
  const all = { ...where, ...(status === undefined ? {} : { status: [...status] }) }
  return fetchRows<SessionRow>(rowLimit(options), (page, more) => {
    if (options.stale) return client.findStaleSessions({ ...health, ...page }, more)
    // The route of failed sessions has neither name nor kind.
    if (options.failed && !options.json) return client.listSessions({ ...where, status: ['failed'], ...page }, more)
    if (options.failed) return client.findFailedSessions({ ...health, ...page }, more)
    if (options.recoverable) return client.findRecoverableSessions({ ...health, ...page }, more)
    return client.listSessions({ ...all, ...page }, more)
  })
}

/** Failed sessions with their reasons. Each is a request, so a long list has those of its newest only. */
async function withReasons({ client }: Hub, rows: readonly SessionRow[]): Promise<SessionRow[]> {
  const reasons = new Map<string, string>()
  for (let at = 0; at < Math.min(rows.length, MAX_REASONS); at += PARALLEL_REQUESTS) {
    await Promise.all(
      rows.slice(at, Math.min(at + PARALLEL_REQUESTS, MAX_REASONS)).map(async ({ session_id: id }) => {
        try {
          reasons.set(id, (await client.getSessionFailureInfo(id)).failure_reason)
        } catch (error) {
          // Recovered or purged meanwhile.
          if (!(error instanceof ConflictError || error instanceof NotFoundError)) throw error
        }
      }),
    )
  }
  return rows.map((row) => {
    const failure_reason = reasons.get(row.session_id)
    return failure_reason === undefined ? row : { ...row, failure_reason }
  })
}

const MAX_REASONS = 20
const PARALLEL_REQUESTS = 4

function formatEmpty(options: SessionListOptions): string {
  const flags = (['live', 'stale', 'failed', 'recoverable'] as const).filter((name) => options[name]).map((name) => `--${name}`)
  const ids = (['project', 'machine'] as const).flatMap((name) => (options[name] === undefined ? [] : [`--${name} ${options[name]}`]))
  const filters = [...flags, ...(options.status ?? []).map((status) => `--status ${status}`), ...ids]
  if (filters.length > 0) {
    return `No sessions match ${printable(filters.join(' '))}.\nTo list all: signalbox sessions list\n`
  }
  return `No sessions yet. To create one: signalbox sessions add --project NAME\nOr from a program, with POST /sessions: docs/http.md\n`
}
