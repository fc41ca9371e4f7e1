import type { UsageGroup, UsageModelRow, UsageRow, UsageSums } from '@signalbox/contract/usage'
import type { Clock } from '@signalbox/usage/zone'
import { duration, grouped, short, usd } from '../number.ts'
import type { Column } from '../table.ts'
import { nameOf } from './group.ts'

/** What a line of the table shows: a row of the report, one of its models, or the totals. */
export interface UsageLine extends UsageSums {
  readonly row?: UsageRow
  /** Shown in the place of the row's own name; `tight` asks for the short way to say it. */
  readonly label?: (tight: boolean) => string
  readonly models?: readonly UsageModelRow[]
}

export interface Surroundings {
  /** Of the report's time zone. */
  readonly clock: Clock
  /** The home folder, shown as `~`. */
  readonly home: string
}

const titles: Readonly<Record<UsageGroup, string>> = {
  hour: 'Hour',
  day: 'Day',
  week: 'Week from',
  month: 'Month',
  session: 'Session',
  project: 'Project',
  model: 'Model',
  machine: 'Machine',
  branch: 'Branch',
  block: 'Block from',
}

/** The columns of a group, from the left. What is dispensable leaves a narrow terminal first. */
export function columnsOf(group: UsageGroup, around: Surroundings): Column<UsageLine>[] {
  const number = (title: string, count: (line: UsageLine) => number, leaves: number): Column<UsageLine> => ({
    title,
    align: 'right',
    leaves,
    cell: (line, tight) => (line.row?.is_gap ? '' : tight ? short(count(line)) : grouped(count(line))),
  })
  const columns: Column<UsageLine>[] = [
    nameColumn(group, around),
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
      cell: (line) => (line.row?.is_gap ? '' : `${line.cost_usd !== null && line.unpriced_calls > 0 ? '≥' : ''}${usd(line.cost_usd)}`),
    },
  ]
  if (group === 'session') columns.splice(2, 0, lastCallColumn(around))
  return columns
}

function nameColumn(group: UsageGroup, around: Surroundings): Column<UsageLine> {
  return {
    title: titles[group],
    cutTo: cuts[group],
    cutFront: group === 'project',
    cell: (line, tight) => line.label?.(tight) ?? (line.row ? nameText(group, line.row, around, tight) : ''),
  }
}

/** To how few characters a name, or that of a model below it, is cut: usually, and at worst. */
const cuts: Record<UsageGroup, readonly [number, number]> = {
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

function nameText(group: UsageGroup, row: UsageRow, { clock, home }: Surroundings, tight: boolean): string {
  const name = nameOf(group, row)
  if (group === 'hour') return localTime(clock, name)
  if (group === 'project') return name === '' ? '(none)' : tilde(name, home)
  if (group === 'session') return name === '' ? '(none)' : tight ? name.slice(0, 8) : name
  if (group === 'model') return name
  if (group !== 'block') return name === '' ? '(none)' : name
  const end = Date.parse(row.end ?? name)
  // A narrow terminal does without the year.
  const start = localTime(clock, name).slice(tight ? 5 : 0)
  if (row.is_gap) return `${start} (${duration(end - Date.parse(name))} ${tight ? 'gap' : 'without calls'})`
  const said = [...(row.is_active ? ['open'] : []), ...(row.measured && !tight ? ['measured'] : [])]
  return `${start} – ${localTime(clock, end).slice(11)}${said.length === 0 ? '' : ` (${said.join(', ')})`}`
}

const modelsColumn: Column<UsageLine> = {
  title: 'Models',
  leaves: 7,
  cutTo: [16, 16],
  style: 'cyan',
  cell: (line) => (line.models ?? []).map(({ model }) => shortModel(model)).join(', '),
}

function lastCallColumn({ clock }: Surroundings): Column<UsageLine> {
  return {
    title: 'Last call',
    leaves: 1,
    cell: (line, tight) => (line.row?.last_call_at ? localTime(clock, line.row.last_call_at).slice(tight ? 5 : 0) : ''),
  }
}

/** `claude-opus-5-5-20260922` → `opus-5-5`: what tells one from the other. */
export function shortModel(model: string): string {
  return model.replace(/^claude-/, '').replace(/-\d{8}$/, '')
}

function tilde(path: string, home: string): string {
  return path === home ? '~' : path.startsWith(`${home}/`) || path.startsWith(`${home}\\`) ? `~${path.slice(home.length)}` : path
}

/** `2026-11-21 14:05` on a clock of the zone. */
function localTime(clock: Clock, at: string | number): string {
  const ms = typeof at === 'number' ? at : Date.parse(at)
  return new Date(ms + clock(ms)).toISOString().slice(0, 16).replace('T', ' ')
}
