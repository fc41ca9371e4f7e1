import { formatExactDuration } from '@signalbox/client/alert-parameter'
import type { AlertRule } from '@signalbox/contract/alert-rule'
import { ruleForms } from '@signalbox/contract/alert-rule-form'
import type { Channel } from '@signalbox/contract/channel'
import { printable } from '@signalbox/contract/printable'
import { createClockFormatter } from '../clock-formatter.ts'
import { renderDetails } from '../details.ts'
import { printJson } from '../hub/print-result.ts'
import { type HubOptions, withHub } from '../hub/with-hub.ts'
import type { Io } from '../io.ts'
import { severityStyles } from '../status-style.ts'
import { type Column, renderTable } from '../table.ts'
import { createTerminal } from '../terminal.ts'
import { describeParameters, describeSteps, nameChannels } from './describe.ts'
import { findRule } from './find.ts'

const severityOf = ({ severity, kind }: AlertRule) => severity ?? ruleForms[kind].severity

const columns = (channels: readonly Channel[], now: number): Column<AlertRule>[] => [
  { title: 'Rule', minWidths: [16, 10], style: ({ enabled }) => (enabled ? undefined : 'dim'), cell: ({ name }) => printable(name) },
  { title: 'Severity', style: (rule) => (rule.enabled ? severityStyles[severityOf(rule)] : 'dim'), cell: severityOf },
  { title: 'State', cell: (rule) => formatState(rule, now) },
  { title: 'When', minWidths: [24, 12], dropOrder: 1, cell: (rule) => describeParameters(rule).join('; ') },
  { title: 'Channels', minWidths: [10, 6], dropOrder: 2, cell: (rule) => nameChannels(rule.channels, channels) },
  { title: 'Id', minWidths: [16, 8], dropOrder: 3, cell: ({ rule_id }) => printable(rule_id) },
]

function formatState({ enabled, snoozed_until: until }: AlertRule, now: number): string {
  if (!enabled) return 'off'
  return until !== undefined && Date.parse(until) > now ? 'snoozed' : 'on'
}

export async function list(io: Io, options: HubOptions): Promise<void> {
  await withHub(io, options, async ({ client, now }) => {
    const rows = await client.listAlertRules()
    if (options.json) return printJson(io, rows)
    const terminal = createTerminal(io)
    if (rows.length === 0)
      return terminal.write('No rule: nothing opens an alert.\nTo add one: signalbox rules add session_waiting --after 10m\n')
    const channels = await client.listChannels()
    terminal.write(
      renderTable(
        columns(channels, now()),
        rows.map((row) => ({ row })),
        terminal,
      ),
    )
  })
}

export async function show(io: Io, asked: string, options: HubOptions): Promise<void> {
  await withHub(io, options, async (hub) => {
    const rule = await findRule(hub, asked)
    if (options.json) return printJson(io, rule)
    const channels = await hub.client.listChannels()
    const terminal = createTerminal(io)
    const severity = severityOf(rule)
    terminal.write(
      renderDetails(
        [
          ['Rule', printable(rule.rule_id)],
          ['Name', printable(rule.name)],
          ['Kind', `${rule.kind}: ${ruleForms[rule.kind].description}`],
          ['State', formatState(rule, hub.now())],
          ['When', describeParameters(rule).join('; ')],
          ['Severity', `${severity}${rule.severity === undefined ? ', as its kind says' : ''}`, severityStyles[severity]],
          ['Channels', nameChannels(rule.channels, channels)],
          ['Must hold for', formatExactDuration(rule.for_ms)],
          ['Must be over for', formatExactDuration(rule.clear_ms)],
          ['Reminders', rule.repeat_ms === undefined ? 'none' : `every ${formatExactDuration(rule.repeat_ms)}`],
          ['Escalation', describeSteps(rule, channels) ?? 'none'],
          ['When it is over', rule.recovery ? 'those that were notified are notified' : 'nothing is sent'],
          ['Snoozed until', rule.snoozed_until && createClockFormatter(io)(rule.snoozed_until)],
          ['From', { default: 'the hub itself', user: 'someone here', file: 'ALERTS_FILE, which alone can change it' }[rule.source]],
        ],
        terminal,
      ),
    )
  })
}
