import { formatCompact, formatInteger } from '@signalbox/contract/number-text'
import { printable } from '@signalbox/contract/printable'
import {
  type CopiedNoun,
  type CopyCounts,
  type CopyRemark,
  type CopyResult,
  copiedNouns,
  type StoreSize,
} from '@signalbox/contract/store-copy'
import { formatCount } from '../format-number.ts'
import { type Column, renderTable } from '../table.ts'
import type { Terminal } from '../terminal.ts'
import { wrapText } from '../wrap-text.ts'

const titles: Readonly<Record<CopiedNoun, string>> = {
  calls: 'Calls',
  sessions: 'Sessions',
  tasks: 'Tasks',
  machines: 'Machines',
  keys: 'Keys',
  audit: 'Audit log',
  readings: 'Limit snapshots',
  series: 'Limit days',
  plans: 'Limit accounts',
  collectors: 'Collectors',
  alerts: 'Alerts and channels',
  events: 'Events',
  answers: 'Idempotency keys',
  secret: 'Cookie secret',
}

const singular: Readonly<Record<string, string>> = {
  calls: 'call',
  sessions: 'session',
  tasks: 'task',
  machines: 'machine',
  keys: 'key',
  audit: 'audit log line',
  readings: 'limit snapshot',
  series: 'limit day',
  plans: 'limit account',
  collectors: 'collector',
  alerts: 'alert record',
  events: 'event',
  answers: 'idempotency key',
  secret: 'cookie secret',
}

interface Row extends CopyCounts {
  readonly title: string
}

const columns: readonly Column<Row>[] = [
  { title: '', cell: ({ title }) => title },
  ...(['added', 'updated', 'unchanged', 'skipped'] as const).map(
    (what): Column<Row> => ({
      title: `${what.charAt(0).toUpperCase()}${what.slice(1)}`,
      align: 'right',
      cell: (row, compact) => (compact ? formatCompact : formatInteger)(row[what]),
    }),
  ),
]

/** The result of a copy, for people. */
export function formatCopied({ from, to, finished, ms, counts, remarks }: CopyResult, terminal: Terminal): string {
  const lines = copiedNouns.map((noun) => ({ row: { title: titles[noun], ...counts[noun] } }))
  const end = `${finished ? 'Copied' : 'Partly copied'} ${printable(from)} to ${printable(to)} in ${(ms / 1000).toFixed(1)} s.`
  const notes = remarks.flatMap((remark) => wrapText(formatRemark(remark), terminal.columns))
  return `${renderTable(columns, lines, terminal)}\n${[end, ...notes.map((line) => terminal.style('yellow', line))].join('\n')}\n`
}

/** The contents of a store, such as `3 calls, 1 key`. */
export function formatSize(size: StoreSize): string {
  const present = Object.entries(size).filter(([, count]) => count > 0)
  return present.map(([noun, count]) => formatCount(count, singular[noun] ?? noun)).join(', ')
}

function formatRemark({ noun, reason, count, skipped, ids }: CopyRemark): string {
  const more = count > ids.length ? ', …' : ''
  return `${formatCount(count, singular[noun] ?? noun)} ${skipped ? 'skipped, ' : ''}${reason}: ${printable(ids.join(', '))}${more}`
}
