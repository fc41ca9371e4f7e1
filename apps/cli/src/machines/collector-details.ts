import { describeSource } from '@signalbox/client/collector-source'
import { collectorConditionNames, collectorConditionOf, formatOfflineReason, formatPending } from '@signalbox/client/collector-state'
import type { Machine } from '@signalbox/contract/machine'
import { printable } from '@signalbox/contract/printable'
import type { Detail } from '../details.ts'
import { collectorStyles } from '../status-style.ts'

/** The collector of a machine: its condition, versions and sources; or how to get one. */
export function collectorDetails(machine: Machine, ago: (instant: string) => string): Detail[] {
  const { collector } = machine
  const offline = formatOfflineReason(machine)
  if (collector === undefined) {
    return [
      ['Collector', 'none; to start one, run there: signalbox collector'],
      ['', offline],
    ]
  }
  const condition = collectorConditionOf(collector)
  const pending = formatPending(collector)
  return [
    ['Collector', collectorConditionNames[condition], collectorStyles[condition]],
    ['', offline],
    ['Last contact', ago(collector.last_contact)],
    ['Version', printable(collector.platform === undefined ? collector.version : `${collector.version} on ${collector.platform}`)],
    ['Claude Code', printable(collector.claude_code_versions?.join(', ') ?? '')],
    [
      'Pending',
      pending === ''
        ? undefined
        : `${pending}${collector.pending_since === undefined ? '' : `, the oldest since ${ago(collector.pending_since)}`}`,
    ],
    ...(collector.sources ?? []).map((source, index): Detail => [index === 0 ? 'Sources' : '', printable(describeSource(source))]),
  ]
}
