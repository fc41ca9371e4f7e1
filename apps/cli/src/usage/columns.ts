import type { UsageGroup, UsageModelRow, UsageRow, UsageSums } from '@signalbox/contract/usage'
import type { Clock } from '@signalbox/usage/zone'
import { formatDuration, formatInteger, formatShortNumber, formatUsd } from '../format-number.ts'
import type { Column } from '../table.ts'
import { rowName } from './group.ts'

/** A line of the table: a row of the report, one of its models, or the totals. */
export interface UsageLine extends UsageSums {
  readonly row?: UsageRow
  /** Replaces the row's name; `compact` asks for the short form. */
  readonly label?: (compact: boolean) => string
  readonly models?: readonly UsageModelRow[]
}

export interface TableContext {
  /** The clock of the report's time zone. */
  readonly clock: Clock
  /** The home folder, shown as `~`. */
  readonly home: string
}

const titles: Readonly<Record<UsageGroup, string>> = {
  hour: 'Hour',
  day: 'Day',
  week: 'Week of',
  month: 'Month',
  session: 'Session',
  project: 'Project',
  model: 'Model',
  machine: 'Machine',
  branch: 'Branch',
  block: 'Block',
}

/** The columns of a group, from left to right. */
export function columnsOf(group: UsageGroup, context: TableContext): Column<UsageLine>[] {
  const number = (title: string, count: (line: UsageLine) => number, dropOrder: number): Column<UsageLine> => ({
    title,
    align: 'right',
    dropOrder,
    cell: (line, compact) => (line.row?.is_gap ? '' : compact ? formatShortNumber(count(line)) : formatInteger(count(line))),
  })
  const columns: Column<UsageLine>[] = [
    nameColumn(group, context),
    ...(group === 'model' ? [] : [modelsColumn]),
    number('Calls', (line) => line.calls, 4),
    number('Input', (line) => line.input, 3),
    number('Output', (line) => line.output, 2),
    number('Cache write', (line) => line.write_5m + line.write_1h, 6),
    number('Cache read', (line) => line.read, 5),
    number('Tokens', (line) => line.total_tokens, 0),
    {
      title: 'Cost (USD)',
      align: 'right',
      style: 'green',
      cell: (line) =>
        line.row?.is_gap ? '' : `${line.cost_usd !== null && line.unpriced_calls > 0 ? '≥' : ''}${formatUsd(line.cost_usd)}`,
    },
  ]
  if (group === 'session') columns.splice(2, 0, lastCallColumn(context))
  return columns
}

function nameColumn(group: UsageGroup, context: TableContext): Column<UsageLine> {
  return {
    title: titles[group],
    minWidths: nameWidths[group],
    truncateStart: group === 'project',
    cell: (line, compact) => line.label?.(compact) ?? (line.row ? formatName(group, line.row, context, compact) : ''),
  }
}

/** The minimum widths of the first column. */
const nameWidths: Record<UsageGroup, readonly [number, number]> = {
  hour: [20, 16],
  day: [20, 10],
  week: [20, 10],
  month: [20, 10],
  session: [8, 8],
  project: [20, 8],
  branch: [20, 8],
  machine: [20, 8],
  model: [20, 8],
  block: [26, 19],
}

function formatName(group: UsageGroup, row: UsageRow, { clock, home }: TableContext, compact: boolean): string {
  const name = rowName(group, row)
  if (group === 'hour') return localTime(clock, name)
  if (group === 'project') return name === '' ? '(none)' : replaceHome(name, home)
  if (group === 'session') return name === '' ? '(none)' : compact ? name.slice(0, 8) : name
  if (group === 'model') return name
  if (group !== 'block') return name === '' ? '(none)' : name
  const end = Date.parse(row.end ?? name)
  // Without the year on a narrow terminal.
  const start = localTime(clock, name).slice(compact ? 5 : 0)
  if (row.is_gap) return `${start} (${formatDuration(end - Date.parse(name))} gap)`
  const states = [...(row.is_active ? ['active'] : []), ...(row.measured && !compact ? ['measured'] : [])]
  return `${start} – ${localTime(clock, end).slice(11)}${states.length === 0 ? '' : ` (${states.join(', ')})`}`
}

const modelsColumn: Column<UsageLine> = {
  title: 'Models',
  dropOrder: 7,
  minWidths: [16, 16],
  style: 'cyan',
  cell: (line) => (line.models ?? []).map(({ model }) => shortModel(model)).join(', '),
}

function lastCallColumn({ clock }: TableContext): Column<UsageLine> {
  return {
    title: 'Last call',
    dropOrder: 1,
    cell: (line, compact) => (line.row?.last_call_at ? localTime(clock, line.row.last_call_at).slice(compact ? 5 : 0) : ''),
  }
}

/** `claude-opus-5-5-20260922` → `opus-5-5` */
export function shortModel(model: string): string {
  return model.replace(/^claude-/, '').replace(/-\d{8}$/, '')
}

function replaceHome(path: string, home: string): string {
  return path === home ? '~' : path.startsWith(`${home}/`) || path.startsWith(`${home}\\`) ? `~${path.slice(home.length)}` : path
}

/** `2026-11-21 14:05` on a clock of the zone. */
function localTime(clock: Clock, at: string | number): string {
  const ms = typeof at === 'number' ? at : Date.parse(at)
  return new Date(ms + clock(ms)).toISOString().slice(0, 16).replace('T', ' ')
}
