import { rowsOf, type WindowRow, warningOf } from '@signalbox/client/limit-row'
import type { CurrentLimits } from '@signalbox/contract/current-limits'
import { formatAgo, formatDuration } from '@signalbox/contract/duration-text'
import { formatPercent } from '@signalbox/contract/number-text'
import { countOf, plural } from '@signalbox/contract/plural'

/** `unconfigured`: no hub is known. `off`: turned off by the settings. */
export type ConnectionStatus = 'off' | 'unconfigured' | 'connecting' | 'live' | 'offline' | 'refused'

export interface StatusInput {
  readonly status: ConnectionStatus
  /** The hub's address. */
  readonly url: string | undefined
  readonly limits: CurrentLimits | undefined
  /** Names of the sessions that wait, this workspace's first. */
  readonly waiting: readonly string[]
  readonly now: number
  /** Since when the hub does not respond. */
  readonly lostAt?: number | undefined
  /** Why there is no connection, where that is known. */
  readonly problem?: string | undefined
}

export interface StatusText {
  readonly text: string
  readonly tooltip: string
  readonly isWarning: boolean
}

const SHOWN_NAMES = 5

/** What the status bar says: use of the 5-hour and the weekly limit, the time to the reset, and how many sessions wait. */
export function statusText(input: StatusInput): StatusText {
  const { status, url, limits, waiting, now, lostAt, problem } = input
  if (status === 'off') return { text: '', tooltip: '', isWarning: false }
  if (status === 'unconfigured')
    return { text: '$(plug) Signalbox', tooltip: `${problem ?? 'No hub is connected.'} Click to connect.`, isWarning: false }
  if (status === 'refused')
    return { text: '$(key) Signalbox', tooltip: `${url} refuses the key. Click to enter another one.`, isWarning: false }
  const rows = limits === undefined ? [] : rowsOf(limits, now)
  const session = rows.find(({ kind }) => kind === 'session')
  const weekly = rows.find(({ kind }) => kind === 'weekly_all')
  const used = [short(session, ''), short(weekly, ' week')].filter((part) => part !== undefined)
  const reset = session?.state === 'known' && session.resetsAt !== undefined ? [formatDuration(session.resetsAt - now)] : []
  const icon = status === 'offline' ? '$(debug-disconnect)' : '$(pulse)'
  const limitsText = used.length === 0 ? 'Signalbox' : [...used, ...reset].join(' · ')
  const count = status === 'offline' || waiting.length === 0 ? '' : ` $(comment-unresolved) ${waiting.length}`
  const lines = [
    ...(status === 'offline'
      ? [
          `The hub does not respond${lostAt === undefined ? '' : `; it did ${formatAgo(lostAt, now)}`}. Shown is what was known.`,
          ...(problem === undefined ? [] : [problem]),
        ]
      : []),
    ...rows.map((row) => describe(row, now)),
    ...(limits === undefined ? [] : [`Updated ${formatAgo(Date.parse(limits.lastUpdated), now)}`]),
    ...(waiting.length === 0
      ? []
      : [`${countOf(waiting.length, 'session')} ${plural(waiting.length, 'waits', 'wait')} for you: ${listOf(waiting)}`]),
    ...(url === undefined ? [] : [`Hub ${url}`]),
  ]
  return { text: `${icon} ${limitsText}${count}`, tooltip: lines.join('\n'), isWarning: count !== '' }
}

function short(row: WindowRow | undefined, unit: string): string | undefined {
  if (row === undefined) return undefined
  return row.state === 'known' ? `${formatPercent(row.percent)}${unit}` : `0%${unit}`
}

function describe(row: WindowRow, now: number): string {
  if (row.state === 'idle') return `${row.label}: not in use`
  if (row.state === 'reset') return `${row.label}: was reset, no newer value yet`
  const warning = warningOf(row.percent)
  const reset = row.resetsAt === undefined ? (row.resetsText ?? '') : `resets in ${formatDuration(row.resetsAt - now)}`
  return [`${row.label}: ${formatPercent(row.percent)} used`, reset, warning ?? ''].filter((part) => part !== '').join(', ')
}

function listOf(names: readonly string[]): string {
  const more = names.length - SHOWN_NAMES
  return `${names.slice(0, SHOWN_NAMES).join(', ')}${more > 0 ? ` and ${more} more` : ''}`
}
