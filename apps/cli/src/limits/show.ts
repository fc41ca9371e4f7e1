import { clockShare, levelOf, missingOf, rowsOf, type WindowRow } from '@signalbox/client/limit-row'
import { duration, span } from '../number.ts'
import { printable } from '../printable.ts'
import { type Column, renderTable } from '../table.ts'
import type { Style, Terminal } from '../terminal.ts'
import { wrapped } from '../wrapped.ts'
import type { ShownCollector, ShownReading } from './shown-reading.ts'

export interface ShowOptions {
  readonly now: number
  /** `2026-11-21 14:05:07`, in the zone of the reader. */
  readonly clock: (instant: string) => string
}

/** Older than this, in milliseconds, numbers are told to be. */
const STALE = 15 * 60_000
const DAY = 86_400_000

/** The windows with their bars, how old they are and why. @returns lines, each ended */
export function limitsText(reading: ShownReading, terminal: Terminal, { now, clock }: ShowOptions): string {
  const rows = rowsOf(reading, now)
  const { planInfo, account, source, machine_id, lastUpdated, extraUsage } = reading
  const about = [
    planInfo?.name === undefined ? '' : `Plan ${planInfo.name}`,
    `read ${ago(lastUpdated, now)} by ${source}${machine_id === undefined ? '' : ` on ${machine_id}`}`,
    account === undefined ? '' : `account ${account}`,
    extraUsage === undefined ? '' : 'extra usage: --json has it',
  ]
  const head = lines(printable(about.filter((part) => part !== '').join(' · ')), terminal, 'dim')
  const table = renderTable(
    columns({ now, clock }, new Set(rows.map(({ readAt }) => readAt)).size > 1),
    rows.map((row) => ({ row })),
    terminal,
  )
  return [
    head,
    table,
    ...missingOf(reading).map(({ label, why }) =>
      lines(printable(`${label}: could not be read${why === undefined ? '' : ` (${why})`}`), terminal, 'yellow'),
    ),
    ...notes(reading, now, clock).map(([text, style]) => lines(printable(text), terminal, style)),
  ].join('')
}

function lines(text: string, terminal: Terminal, style: Style): string {
  return wrapped(text, terminal.columns)
    .map((line) => `${terminal.style(style, line)}\n`)
    .join('')
}

function columns({ now, clock }: ShowOptions, several: boolean): Column<WindowRow>[] {
  return [
    { title: 'Window', cutTo: [16, 11], cell: ({ label }) => printable(label) },
    { title: '', leaves: 1, style: styleOf, cell: (row, tight) => bar(row, clockShare(row, now), tight ? 12 : 24) },
    { title: 'Used', align: 'right', style: styleOf, cell: ({ percent, state }) => (state === 'reset' ? '' : percentText(percent)) },
    // Where its clock is: more used than gone means that it may not last.
    { title: 'Time gone', align: 'right', leaves: 2, cell: (row) => shareText(clockShare(row, now)) },
    { title: 'Resets', cutTo: [29, 12], cell: (row, tight) => resetText(row, now, clock, tight) },
    // All of one reading: its age stands above.
    {
      title: 'Read',
      leaves: 3,
      cell: ({ readAt }, tight) => (several ? `${(tight ? span : duration)(Math.max(0, now - readAt))} ago` : ''),
    },
    {
      title: '',
      leaves: 4,
      style: styleOf,
      cell: ({ state, percent }) => (state === 'known' && levelOf(percent) === 'red' ? 'Approaching usage limit' : ''),
    },
  ]
}

const styles = { calm: 'green', amber: 'yellow', red: 'red' } as const

function styleOf({ state, percent }: WindowRow): Style {
  return state === 'known' ? styles[levelOf(percent)] : 'dim'
}

/** Thick up to what is used, thin for the rest; a cross where the window's clock is. */
function bar({ state, percent }: WindowRow, passed: number | undefined, width: number): string {
  if (state === 'reset') return '╌'.repeat(width)
  // What is used at all shows, and only what is full is full.
  const used = percent <= 0 ? 0 : percent >= 100 ? width : Math.min(width - 1, Math.max(1, Math.round((percent / 100) * width)))
  const clock = passed === undefined ? -1 : Math.min(width - 1, Math.floor(passed * width))
  return Array.from({ length: width }, (_, at) => (at < used ? (at === clock ? '╋' : '━') : at === clock ? '┼' : '─')).join('')
}

function resetText({ state, resetsAt, resetsText }: WindowRow, now: number, clock: ShowOptions['clock'], tight: boolean): string {
  if (state === 'reset') return 'Reset · waiting for a reading'
  if (state === 'idle') return 'starts with the next message'
  if (resetsAt === undefined) return resetsText === undefined ? 'not said' : printable(resetsText)
  return `in ${duration(resetsAt - now)}${tight ? '' : ` (${whenText(resetsAt, now, clock)})`}`
}

const weekdays = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat']

/** `14:05` within a day, `Thu 14:05` within a week, else `2026-11-21 14:05`. */
function whenText(at: number, now: number, clock: ShowOptions['clock']): string {
  const text = clock(new Date(at).toISOString())
  const [day = '', time = ''] = [text.slice(0, 10), text.slice(11, 16)]
  if (at - now < DAY) return time
  return at - now < 7 * DAY ? `${weekdays[new Date(`${day}T00:00:00Z`).getUTCDay()]} ${time}` : `${day} ${time}`
}

/** What stands in the way, worst first. */
function notes(reading: ShownReading, now: number, clock: ShowOptions['clock']): [text: string, style: Style][] {
  const age = now - Date.parse(reading.lastUpdated)
  const stale = age > STALE
  const reason = reasonOf(reading.collector, now, clock, stale)
  if (!stale) return reason === undefined ? [] : [[reason, 'yellow']]
  return [[`Stale · ${duration(age)} old. ${reason ?? 'The collector is connected and has read nothing newer.'}`, 'yellow']]
}

/** Why there is no newer reading; undefined: nothing is wrong. */
export function reasonOf(
  collector: ShownCollector | undefined,
  now: number,
  clock: ShowOptions['clock'],
  stale: boolean,
): string | undefined {
  if (collector === undefined) return stale ? 'No collector has been heard of. Start one: signalbox up' : undefined
  const { machine_id: machine, state, connected, lastSeenAt, lastError, nextAttemptAt } = collector
  if (!connected) return `Collector offline: ${machine} was last seen ${ago(lastSeenAt, now)}. Start it there: signalbox up`
  if (state === 'needs_login') return `Needs login: run \`signalbox console login\` on ${machine}.`
  if (state === 'paused') return `Nothing is read on ${machine}: LIMIT_SOURCES switches every source off there.`
  if (state !== 'failing') return undefined
  const next = nextAttemptAt !== undefined && Date.parse(nextAttemptAt) > now ? ` Next try at ${clock(nextAttemptAt).slice(11, 16)}.` : ''
  return `The limits cannot be read on ${machine}${lastError === undefined ? '' : `: ${lastError.message}`}.${next}`.replace('..', '.')
}

function ago(at: string, now: number): string {
  return `${duration(Math.max(0, now - Date.parse(at)))} ago`
}

/** Only what is full is full, and what is used at all is not nothing. */
function percentText(percent: number): string {
  if (percent > 0 && percent < 0.5) return '<1 %'
  return `${percent < 100 ? Math.min(99, Math.round(percent)) : 100} %`
}

function shareText(share: number | undefined): string {
  return share === undefined ? '' : percentText(share * 100)
}
