import { accountLabel } from '@signalbox/client/account-label'
import { describeLimitOrigin } from '@signalbox/client/collector-source'
import { describeExtraUsage } from '@signalbox/client/extra-usage'
import { describeForecast, describeRecord, findForecast, noForecastBecause } from '@signalbox/client/forecast-words'
import { clockShare, levelOf, missingOf, rowsOf, STALE_AFTER_MS, type WindowRow, warningOf } from '@signalbox/client/limit-row'
import { describeHeldLimits } from '@signalbox/contract/clock-skew'
import { formatDuration, formatRoughDuration } from '@signalbox/contract/duration-text'
import type { WindowForecast } from '@signalbox/contract/limit-forecast'
import { formatPercent } from '@signalbox/contract/number-text'
import { printable } from '@signalbox/contract/printable'
import { type Column, renderTable } from '../table.ts'
import type { Style, Terminal } from '../terminal.ts'
import { wrapText } from '../wrap-text.ts'
import type { CollectorInfo, DisplayedLimits } from './displayed-limits.ts'

export interface ShowOptions {
  readonly now: number
  /** `2026-11-21 14:05:07`, in the user's time zone. */
  readonly clock: (instant: string) => string
  /** Begins with a line that says whose limits they are. */
  readonly heading?: boolean
  /** Of the hub, or of this machine; none of a hub of an earlier version. */
  readonly forecasts?: readonly WindowForecast[]
  /** How far back the snapshots go that this machine has made the forecasts from, in milliseconds. */
  readonly localPast?: number | undefined
}

const DAY_MS = 86_400_000

/** The limits with their bars, their age, and any problem. @returns lines, each with its line end */
export function formatLimits(
  limits: DisplayedLimits,
  terminal: Terminal,
  { now, clock, heading = false, forecasts = [], localPast }: ShowOptions,
): string {
  const rows = rowsOf(limits, now)
  const { planInfo, account, accountName, lastUpdated, extraUsage } = limits
  const facts = [
    planInfo?.name === undefined ? '' : `Plan ${planInfo.name}`,
    `updated ${ago(lastUpdated, now)} ${describeLimitOrigin(limits)}`,
    ...(heading || account === undefined ? [] : [accountName ?? `account ${account}`]),
  ]
  const extra = describeExtraUsage(extraUsage)
  const title = heading ? styledLines(printable(accountLabel(limits)), terminal, 'bold') : ''
  const head = styledLines(printable(facts.filter((part) => part !== '').join(' · ')), terminal, 'dim')
  const table = renderTable(
    columns({ now, clock }, new Set(rows.map(({ readAt }) => readAt)).size > 1),
    rows.map((row) => ({ row })),
    terminal,
  )
  return [
    title,
    head,
    table,
    ...formatForecasts(rows, forecasts, { now, clock, localPast }).map((line) => styledLines(printable(line), terminal, 'dim')),
    ...(extra === undefined ? [] : [styledLines(printable(`Extra usage: ${extra}`), terminal, 'dim')]),
    ...missingOf(limits).map(({ label, why }) =>
      styledLines(printable(`${label}: could not be read${why === undefined ? '' : ` (${why})`}`), terminal, 'yellow'),
    ),
    ...formatNotes(limits, now, clock).map(([text, style]) => styledLines(printable(text), terminal, style)),
  ].join('')
}

function styledLines(text: string, terminal: Terminal, style: Style): string {
  return wrapText(text, terminal.columns)
    .map((line) => `${terminal.style(style, line)}\n`)
    .join('')
}

function columns({ now, clock }: ShowOptions, showAge: boolean): Column<WindowRow>[] {
  return [
    { title: 'Limit', minWidths: [16, 11], cell: ({ label }) => printable(label) },
    { title: '', dropOrder: 1, style: styleOf, cell: (row, compact) => bar(row, clockShare(row, now), compact ? 12 : 24) },
    { title: 'Used', align: 'right', style: styleOf, cell: ({ percent, state }) => (state === 'reset' ? '' : formatPercent(percent)) },
    // When more is used than time has elapsed, the limit may be reached before the reset.
    { title: 'Elapsed', align: 'right', dropOrder: 2, cell: (row) => formatShare(clockShare(row, now)) },
    { title: 'Resets', minWidths: [29, 12], cell: (row, compact) => formatReset(row, now, clock, compact) },
    // Empty when all rows have one age, which is in the line above the table.
    {
      title: 'Updated',
      dropOrder: 3,
      cell: ({ readAt }, compact) => (showAge ? `${(compact ? formatRoughDuration : formatDuration)(Math.max(0, now - readAt))} ago` : ''),
    },
    {
      title: '',
      dropOrder: 4,
      style: styleOf,
      cell: ({ state, percent }) =>
        state === 'known' ? (warningOf(percent)?.replace('usage limit', 'limit').replace('Usage limit', 'Limit') ?? '') : '',
    },
  ]
}

const styles = { calm: 'green', amber: 'yellow', red: 'red' } as const

function styleOf({ state, percent }: WindowRow): Style {
  return state === 'known' ? styles[levelOf(percent)] : 'dim'
}

/** A thick line for the used part, a thin one for the rest, a cross at the elapsed time, and an arrow where more than all is used. */
function bar({ state, percent }: WindowRow, elapsed: number | undefined, width: number): string {
  if (state === 'reset') return '╌'.repeat(width)
  // Any usage shows, and only 100 % fills the bar.
  const used = percent <= 0 ? 0 : percent >= 100 ? width : Math.min(width - 1, Math.max(1, Math.round((percent / 100) * width)))
  const clock = elapsed === undefined ? -1 : Math.min(width - 1, Math.floor(elapsed * width))
  return Array.from({ length: width }, (_, at) =>
    at < used ? (percent > 100 && at === width - 1 ? '>' : at === clock ? '╋' : '━') : at === clock ? '┼' : '─',
  ).join('')
}

function formatReset({ state, resetsAt, resetsText }: WindowRow, now: number, clock: ShowOptions['clock'], compact: boolean): string {
  if (state === 'reset') return 'Reset · waiting for an update'
  if (state === 'idle') return 'starts with the next message'
  if (resetsAt === undefined) return resetsText === undefined ? 'unknown' : printable(resetsText)
  return `in ${formatDuration(resetsAt - now)}${compact ? '' : ` (${formatResetTime(resetsAt, now, clock)})`}`
}

/** How each running window ends, and how often such forecasts were right; or why there is no forecast. */
function formatForecasts(
  rows: readonly WindowRow[],
  forecasts: readonly WindowForecast[],
  { now, clock, localPast }: ShowOptions,
): string[] {
  const lines: string[] = []
  const without = new Map<string, string[]>()
  const running = rows.filter(({ state }) => state === 'known')
  for (const row of running) {
    const forecast = findForecast(row, forecasts)
    if (forecast === undefined) continue
    const words = describeForecast(forecast, { percent: formatPercent, instant: (at) => formatResetTime(at, now, clock) })
    const record = describeRecord(forecast)
    if (words !== undefined) lines.push(`${row.label}: ${words}.${record === undefined ? '' : ` ${record}.`}`)
    else if (forecast.forecast === 'unknown') {
      const reason = noForecastBecause(row, now, formatDuration)
      without.set(reason, [...(without.get(reason) ?? []), row.label])
    }
  }
  if (lines.length > 0 && localPast !== undefined)
    lines.push(`Forecast from the ${formatDuration(localPast)} of limits that this machine has stored.`)
  for (const [reason, labels] of without)
    lines.push(`No forecast${labels.length === running.length ? '' : ` of ${labels.join(', ')}`}: ${reason}.`)
  return lines
}

const weekdays = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat']

/** `14:05` of a formatted instant, with its offset where the time comes twice. */
const timeOf = (text: string) => text.slice(11, 16) + text.slice(19)

/** `14:05` within a day, `Thu 14:05` within a week, else `2026-11-21 14:05`. */
function formatResetTime(at: number, now: number, clock: ShowOptions['clock']): string {
  const text = clock(new Date(at).toISOString())
  const [day, time] = [text.slice(0, 10), timeOf(text)]
  if (at - now < DAY_MS) return time
  return at - now < 7 * DAY_MS ? `${weekdays[new Date(`${day}T00:00:00Z`).getUTCDay()]} ${time}` : `${day} ${time}`
}

/** The problems of the source, or why the limits are stale. */
function formatNotes(limits: DisplayedLimits, now: number, clock: ShowOptions['clock']): [text: string, style: Style][] {
  const age = now - Date.parse(limits.lastUpdated)
  const stale = age > STALE_AFTER_MS
  const reason = collectorProblem(limits.collector, now, clock, stale)
  if (!stale) return reason === undefined ? [] : [[reason, 'yellow']]
  return [[`Stale · ${formatDuration(age)} old. ${reason ?? 'The collector is connected, but has no newer data.'}`, 'yellow']]
}

/** Why there is no newer data. @returns undefined when the collector has no problem */
export function collectorProblem(
  collector: CollectorInfo | undefined,
  now: number,
  clock: ShowOptions['clock'],
  stale: boolean,
): string | undefined {
  if (collector === undefined) return stale ? 'No collector has connected yet. Start one: signalbox up' : undefined
  const { machine_id: machine, state, connected, lastSeenAt, lastError, nextAttemptAt } = collector
  if (!connected) return `Collector offline: ${machine} was last seen ${ago(lastSeenAt, now)}. Start it on that machine: signalbox up`
  if (state === 'needs_login') return `Needs login: run \`signalbox web login\` on ${machine}.`
  if (state === 'paused') return `${machine} reads no limits: LIMIT_SOURCES turns every source off there.`
  const held = describeHeldLimits(collector)
  if (held !== undefined) return held
  if (state !== 'failing') return undefined
  const next = nextAttemptAt !== undefined && Date.parse(nextAttemptAt) > now ? ` Next attempt at ${timeOf(clock(nextAttemptAt))}.` : ''
  return `The limits cannot be read on ${machine}${lastError === undefined ? '' : `: ${lastError.message}`}.${next}`.replace('..', '.')
}

function ago(at: string, now: number): string {
  return `${formatDuration(Math.max(0, now - Date.parse(at)))} ago`
}

function formatShare(share: number | undefined): string {
  return share === undefined ? '' : formatPercent(share * 100)
}
