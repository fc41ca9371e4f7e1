import { formatDuration } from '@signalbox/contract/duration-text'
import { formatCompact, formatInteger } from '@signalbox/contract/number-text'
import { printable } from '@signalbox/contract/printable'
import { describeZone } from '@signalbox/contract/time-zone'
import type { UsageReport, UsageRow } from '@signalbox/contract/usage'
import { shortModelName } from '@signalbox/usage/name-form'
import { formatUsd } from '../format-number.ts'
import { truncate } from '../table.ts'
import type { Terminal } from '../terminal.ts'
import { wrapText } from '../wrap-text.ts'
import { atLeast, formatCost, minuteOf, type TableContext } from './columns.ts'

export interface ActiveBlockContext extends TableContext {
  /** Milliseconds since 1970. */
  readonly now: number
}

const TITLE_WIDTH = 10
const MAX_BAR_WIDTH = 40

/** The active block in a few lines that fit the terminal: time, tokens, cost, models, and what the burn rate leads to. */
export function activeBlockText(report: UsageReport, terminal: Terminal, context: ActiveBlockContext): string {
  const active = report.rows.find((row) => row.is_active)
  const note = `List-price equivalent. Prices of ${report.price_table.date}, time zone ${describeZone(report.timezone)}, ${minuteOf(context.clock, context.now).slice(11)}.`
  const lines = active === undefined ? [noBlock(report, context)] : blockLines(active, terminal, context)
  return [...lines, '', ...wrapText(note, terminal.columns).map((line) => terminal.style('dim', line)), ''].join('\n')
}

function noBlock({ rows }: UsageReport, { clock, now }: ActiveBlockContext): string {
  const last = rows.findLast((row) => row.last_call_at !== undefined)?.last_call_at
  if (last === undefined) return 'No block is active: there are no calls yet.'
  return `No block is active: the last call was ${formatDuration(now - Date.parse(last))} ago, at ${minuteOf(clock, last)}.`
}

function blockLines(row: UsageRow, terminal: Terminal, { clock, now, withEstimates }: ActiveBlockContext): string[] {
  const [start, end] = [Date.parse(row.start!), Date.parse(row.end!)]
  const title = `5-hour block ${minuteOf(clock, start)} – ${minuteOf(clock, end).slice(11)} (${row.measured ? 'measured' : 'estimated'})`
  const passed = `${formatDuration(now - start)} of ${formatDuration(end - start)}, ${formatDuration(end - now)} left`
  const { burn_rate: rate, projection } = row
  const perHour = rate?.cost_per_minute == null ? '' : `${formatUsd(rate.cost_per_minute * 60)} per hour`
  const bar = timeBar((now - start) / (end - start), terminal.columns - TITLE_WIDTH - passed.length - 2)
  const facts: [name: string, ...values: string[]][] = [
    ['Time', bar, passed],
    [
      'Calls',
      formatInteger(row.calls),
      row.last_call_at === undefined ? '' : `the last ${formatDuration(now - Date.parse(row.last_call_at))} ago`,
    ],
    [
      'Tokens',
      `${atLeast(row, withEstimates)}${formatCompact(row.total_tokens)}`,
      rate === undefined ? '' : `${formatCompact(rate.tokens_per_minute)} per minute`,
      projection === undefined ? '' : `projected ${formatCompact(projection.total_tokens)}`,
    ],
    ['Cost', formatCost(row, withEstimates), perHour, projection?.cost_usd == null ? '' : `projected ${formatUsd(projection.cost_usd)}`],
    ['Models', row.models.map(({ model, cost_usd }) => `${printable(shortModelName(model))} ${formatUsd(cost_usd)}`).join(' · ')],
  ]
  return [
    terminal.style('bold', truncate(title, terminal.columns)),
    ...facts.map(([name, ...values]) => {
      const text = values.filter((value) => value !== '').join('  ')
      return `${name.padEnd(TITLE_WIDTH)}${truncate(text, Math.max(1, terminal.columns - TITLE_WIDTH))}`.trimEnd()
    }),
  ]
}

/** How much of the block is over; empty where there is no room. */
function timeBar(share: number, room: number): string {
  const width = Math.min(MAX_BAR_WIDTH, room)
  if (width < 5) return ''
  const done = Math.round(Math.min(1, Math.max(0, share)) * width)
  return '█'.repeat(done) + '░'.repeat(width - done)
}
