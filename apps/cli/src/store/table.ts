import { type Copied, type CopiedNoun, type CopyCounts, type CopyRemark, copiedNouns, type StoreSize } from '@signalbox/contract/store-copy'
import { counted, grouped, short } from '../number.ts'
import { printable } from '../printable.ts'
import { type Column, renderTable } from '../table.ts'
import type { Terminal } from '../terminal.ts'
import { wrapped } from '../wrapped.ts'

const titles: Readonly<Record<CopiedNoun, string>> = {
  calls: 'Calls',
  sessions: 'Sessions',
  tasks: 'Tasks',
  machines: 'Machines',
  keys: 'Keys',
  readings: 'Limit readings',
  series: 'Limit days',
  plans: 'Limit accounts',
  collectors: 'Collectors',
  events: 'Events',
  answers: 'Kept answers',
  secret: 'Cookie secret',
}

const one: Readonly<Record<string, string>> = {
  calls: 'call',
  sessions: 'session',
  tasks: 'task',
  machines: 'machine',
  keys: 'key',
  readings: 'limit reading',
  series: 'limit day',
  plans: 'limit account',
  collectors: 'collector',
  events: 'event',
  answers: 'kept answer',
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
      cell: (row, tight) => (tight ? short : grouped)(row[what]),
    }),
  ),
]

/** What became of a copy, for people. */
export function copiedText({ from, to, finished, ms, counts, remarks }: Copied, terminal: Terminal): string {
  const lines = copiedNouns.map((noun) => ({ row: { title: titles[noun], ...counts[noun] } }))
  const end = `${finished ? 'Copied' : 'Copied a part of'} ${printable(from)} to ${printable(to)} in ${(ms / 1000).toFixed(1)} s.`
  const told = remarks.flatMap((remark) => wrapped(sentence(remark), terminal.columns))
  return `${renderTable(columns, lines, terminal)}\n${[end, ...told.map((line) => terminal.style('yellow', line))].join('\n')}\n`
}

/** What a store has, in a few words. */
export function sizeText(size: StoreSize): string {
  const some = Object.entries(size).filter(([, many]) => many > 0)
  return some.map(([noun, many]) => counted(many, one[noun] ?? noun)).join(', ')
}

function sentence({ noun, reason, count, skipped, ids }: CopyRemark): string {
  const more = count > ids.length ? ', …' : ''
  return `${counted(count, one[noun] ?? noun)} ${skipped ? 'left out, ' : ''}${reason}: ${printable(ids.join(', '))}${more}`
}
