import type { Alert } from '@signalbox/contract/alert'
import type { AlertRuleKind } from '@signalbox/contract/alert-rule-kind'
import type { AlertSeverity, AlertState } from '@signalbox/contract/alert-severity'
import { printable } from '@signalbox/contract/printable'
import { createClockFormatter } from '../clock-formatter.ts'
import { usageError } from '../failure.ts'
import { fetchRows } from '../hub/fetch-rows.ts'
import { type ListOptions, rowLimit } from '../hub/option.ts'
import { formatRestLine, printJson } from '../hub/print-result.ts'
import { type HubOptions, withHub } from '../hub/with-hub.ts'
import type { Io } from '../io.ts'
import { renderTable } from '../table.ts'
import { createTerminal } from '../terminal.ts'
import { alertColumns } from './columns.ts'

export interface AlertListOptions extends HubOptions, ListOptions {
  readonly open?: true
  readonly state?: readonly AlertState[]
  readonly severity?: readonly AlertSeverity[]
  readonly kind?: readonly AlertRuleKind[]
  readonly rule?: string
  readonly machine?: string
  readonly session?: string
}

export async function list(io: Io, options: AlertListOptions): Promise<void> {
  const { open, state, severity, kind, rule, machine, session } = options
  if (open && state !== undefined) throw usageError('--open and --state exclude each other.')
  const states: readonly AlertState[] | undefined = open ? ['open', 'clearing'] : state
  const filter = {
    ...(states === undefined ? {} : { state: [...states] }),
    ...(severity === undefined ? {} : { severity: [...severity] }),
    ...(kind === undefined ? {} : { kind: [...kind] }),
    ...(rule === undefined ? {} : { rule_id: rule }),
    ...(machine === undefined ? {} : { machine_id: machine }),
    ...(session === undefined ? {} : { session_id: session }),
  }
  await withHub(io, options, async ({ client, now }) => {
    const { rows, total } = await fetchRows<Alert>(rowLimit(options), (page, more) => client.listAlerts({ ...filter, ...page }, more))
    if (options.json) return printJson(io, rows)
    const terminal = createTerminal(io)
    if (rows.length === 0) return terminal.write(formatEmpty(options))
    terminal.write(
      renderTable(
        alertColumns(rows, { now: now(), timeOf: createClockFormatter(io) }),
        rows.map((row) => ({ row })),
        terminal,
      ),
    )
    terminal.write(formatRestLine(terminal, rows.length, total, 'alerts'))
  })
}

function formatEmpty({ open, state, severity, kind, rule, machine, session }: AlertListOptions): string {
  const lists = { state, severity, kind }
  const ids = { rule, machine, session }
  const filters = [
    ...(open ? ['--open'] : []),
    ...Object.entries(lists).flatMap(([name, values]) => (values === undefined ? [] : [`--${name} ${values.join(',')}`])),
    ...Object.entries(ids).flatMap(([name, value]) => (value === undefined ? [] : [`--${name} ${value}`])),
  ]
  if (filters.length === 1 && open) return 'No alert is open.\nTo list all: signalbox alerts list\n'
  if (filters.length > 0) return `No alerts match ${printable(filters.join(' '))}.\nTo list all: signalbox alerts list\n`
  return 'No alerts yet. What is watched for: signalbox rules list. Who is notified: signalbox channels list\n'
}
