import { accountLabel } from '@signalbox/client/account-label'
import { formatDuration } from '@signalbox/contract/duration-text'
import { formatCompact, formatInteger } from '@signalbox/contract/number-text'
import type { UsageGroup, UsageModelRow, UsageRow, UsageSums } from '@signalbox/contract/usage'
import { OWN_AGENT, shortModelName } from '@signalbox/usage/name-form'
import type { Clock } from '@signalbox/usage/zone'
import { localTime } from '../clock-formatter.ts'
import { formatUsd, formatUsdAtLeast } from '../format-number.ts'
import { shortId } from '../short-id.ts'
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
  /** The ids of sessions, short and distinct. */
  readonly sessionName?: (id: string) => string
  /** The ids of projects, short and distinct. */
  readonly projectName?: (id: string) => string
  /** Whether the sums have the estimates. */
  readonly withEstimates?: boolean
}

const titles: Readonly<Record<UsageGroup, string>> = {
  minute: 'Minute',
  hour: 'Hour',
  day: 'Day',
  week: 'Week of',
  month: 'Month',
  session: 'Session',
  project: 'Project',
  folder: 'Folder',
  model: 'Model',
  machine: 'Machine',
  person: 'Person',
  branch: 'Branch',
  agent: 'Agent',
  block: 'Block',
}

/** The columns of a group, from left to right. */
export function columnsOf(group: UsageGroup, context: TableContext): Column<UsageLine>[] {
  const number = (
    title: string,
    count: (line: UsageLine) => number,
    dropOrder: number,
    mark: (line: UsageLine) => string = () => '',
  ): Column<UsageLine> => ({
    title,
    align: 'right',
    dropOrder,
    cell: (line, compact) => (line.row?.is_gap ? '' : `${mark(line)}${compact ? formatCompact(count(line)) : formatInteger(count(line))}`),
  })
  const mark = (line: UsageLine) => atLeast(line, context.withEstimates)
  const columns: Column<UsageLine>[] = [
    nameColumn(group, context),
    ...(group === 'model' ? [] : [modelsColumn]),
    number('Calls', (line) => line.calls, 4),
    number('Input', (line) => line.input, 3, odd),
    number('Output', (line) => line.output, 2, mark),
    estimateColumn,
    number('Cache write', (line) => line.write_5m + line.write_1h, 6, odd),
    number('Cache read', (line) => line.read, 5, odd),
    number('Tokens', (line) => line.total_tokens, 0, mark),
    {
      title: 'Cost (USD)',
      align: 'right',
      style: 'green',
      cell: (line) => (line.row?.is_gap ? '' : formatCost(line, context.withEstimates)),
    },
  ]
  if (group === 'session') columns.splice(1, 0, titleColumn, projectColumn(context), lastCallColumn(context))
  return columns
}

/** Empty, and left out, where nothing is estimated. */
const estimateColumn: Column<UsageLine> = {
  title: 'Estimated more',
  align: 'right',
  dropOrder: 1,
  cell: ({ estimated_output: output }, compact) =>
    output === undefined ? '' : `~${compact ? formatCompact(output) : formatInteger(output)}`,
}

/**
 * The mark of sums that are at least what is shown: a call never got its final record, or a number was none. Sums that hold an estimate
 * of what is missing are about what is shown.
 */
export function atLeast({ unfinished_calls, odd_calls, is_whole, estimated_output }: UsageSums, withEstimates = false): string {
  if (odd_calls > 0) return '≥'
  if (is_whole || unfinished_calls === 0) return ''
  return withEstimates && estimated_output !== undefined ? '~' : '≥'
}

function odd({ odd_calls }: UsageLine): string {
  return odd_calls > 0 ? '≥' : ''
}

/** The cost of a line, marked where it is at least that. */
export function formatCost(line: UsageSums, withEstimates = false): string {
  const mark = line.cost_usd !== null && line.unpriced_calls > 0 ? '≥' : atLeast(line, withEstimates)
  if (mark === '') return formatUsd(line.cost_usd)
  return mark === '≥' ? formatUsdAtLeast(line.cost_usd) : `${mark}${formatUsd(line.cost_usd)}`
}

function nameColumn(group: UsageGroup, context: TableContext): Column<UsageLine> {
  return {
    title: titles[group],
    minWidths: nameWidths[group],
    truncateStart: group === 'project' || group === 'folder',
    cell: (line, compact) => line.label?.(compact) ?? (line.row ? formatName(group, line.row, context, compact) : ''),
  }
}

/** The minimum widths of the first column. */
const nameWidths: Record<UsageGroup, readonly [number, number]> = {
  minute: [23, 18],
  hour: [23, 18],
  day: [20, 10],
  week: [20, 10],
  month: [20, 10],
  session: [8, 8],
  project: [20, 8],
  folder: [20, 8],
  branch: [20, 8],
  agent: [20, 8],
  machine: [20, 8],
  person: [20, 8],
  model: [20, 8],
  block: [26, 17],
}

function formatName(group: UsageGroup, row: UsageRow, { clock, home, sessionName = shortId }: TableContext, compact: boolean): string {
  const name = rowName(group, row)
  // On a narrow terminal the offset of a time that comes twice matters more than the year.
  if (group === 'minute' || group === 'hour') return minuteOf(clock, name, compact && minuteOf(clock, name).length > 16)
  if (group === 'project') return row.short_name ?? '(none)'
  if (group === 'folder') return name === '' ? '(none)' : replaceHome(name, home)
  if (group === 'session') return name === '' ? '(none)' : sessionName(name)
  if (group === 'model') return row.not_itemised ? `${name} (not itemised)` : name
  if (group === 'agent') return name || OWN_AGENT
  if (group === 'person' && name !== '') return accountLabel({ accountName: undefined, account: name })
  if (group !== 'block') return name === '' ? '(none)' : name
  const end = Date.parse(row.end ?? name)
  // Without the year on a narrow terminal.
  const start = minuteOf(clock, name, compact)
  if (row.is_gap) return `${start} (${formatDuration(end - Date.parse(name))} gap)`
  const states = [...(row.is_active ? ['active'] : []), ...(row.measured && !compact ? ['measured'] : [])]
  return `${start}${compact ? '–' : ' – '}${minuteOf(clock, end).slice(11)}${states.length === 0 ? '' : ` (${states.join(', ')})`}`
}

const modelsColumn: Column<UsageLine> = {
  title: 'Models',
  dropOrder: 7,
  minWidths: [16, 16],
  style: 'cyan',
  // What is not itemised of a model has a row of its own, and no name of its own.
  cell: (line) => [...new Set((line.models ?? []).map(({ model }) => shortModelName(model)))].join(', '),
}

/** What a session is about: its title, else its first branch. */
const titleColumn: Column<UsageLine> = {
  title: 'Title',
  dropOrder: 2,
  minWidths: [20, 12],
  cell: ({ row }) => row?.title ?? row?.branch ?? '',
}

function projectColumn({ projectName = (id) => id }: TableContext): Column<UsageLine> {
  return {
    title: 'Project',
    dropOrder: 2,
    minWidths: [16, 8],
    truncateStart: true,
    cell: ({ row }) => projectName(row?.project ?? ''),
  }
}

function lastCallColumn({ clock }: TableContext): Column<UsageLine> {
  return {
    title: 'Last call',
    dropOrder: 1,
    cell: (line, compact) => (line.row?.last_call_at ? minuteOf(clock, line.row.last_call_at, compact) : ''),
  }
}

export function replaceHome(path: string, home: string): string {
  return path === home ? '~' : path.startsWith(`${home}/`) || path.startsWith(`${home}\\`) ? `~${path.slice(home.length)}` : path
}

/** `2026-11-21 14:05` on a clock of the zone, without the year where it is short. */
export function minuteOf(clock: Clock, at: string | number, short = false): string {
  return localTime(clock, typeof at === 'number' ? at : Date.parse(at), 16).slice(short ? 5 : 0)
}
