import { printable } from '@signalbox/contract/printable'
import type { PlanWindow } from '@signalbox/usage/limit-snapshot'
import type { StatusLine } from '@signalbox/usage/status-line'
import { timeLeft } from '@signalbox/usage/time-left'
import type { Clock } from '@signalbox/usage/zone'
import { formatUsd } from '../format-number.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE

/**
 * The Signalbox status line: model, context, the 5-hour and weekly limits with the time to their resets, cost with its pace, and the
 * prompt cache. A narrow terminal drops the details first, then the last parts. Empty when nothing is known.
 */
export function formatStatusLine(line: StatusLine, now: number, columns: number, clock: Clock = machineClock): string {
  const { model, contextPercent, windows } = line
  const parts = (withDetails: boolean) => [
    ...(model === undefined ? [] : [printable(model)]),
    ...(contextPercent === undefined ? [] : [`context ${Math.round(contextPercent)}%`]),
    ...windows.flatMap((window) => formatWindow(window, now, withDetails)),
    ...formatCost(line, withDetails),
    ...formatCache(line, now, withDetails ? clock : undefined),
  ]
  const long = parts(true)
  const fits = (list: readonly string[]) => joined(list).length <= columns
  if (fits(long)) return joined(long)
  const short = parts(false)
  while (short.length > 1 && !fits(short)) short.pop()
  return joined(short)
}

const joined = (parts: readonly string[]) => parts.join(' · ')

const machineClock: Clock = (ms) => -new Date(ms).getTimezoneOffset() * MINUTE

function formatWindow({ kind, state, percentUsed, resetsAt }: PlanWindow, now: number, withTime: boolean): string[] {
  const name = kind === 'session' ? '5 h' : 'week'
  if (state === 'idle') return [`${name} not started`]
  if (percentUsed === undefined) return []
  // Rounded down: only 100 % is the limit.
  return [`${name} ${Math.floor(percentUsed)}%${withTime && resetsAt !== undefined ? ` (${timeLeft(resetsAt, now)})` : ''}`]
}

/** A shorter session has no pace. */
const MIN_DURATION_MS = 5 * MINUTE

function formatCost({ costUsd, durationMs = 0 }: StatusLine, withDetails: boolean): string[] {
  if (costUsd === undefined) return []
  const perHour = withDetails && durationMs >= MIN_DURATION_MS ? ` (${formatUsd((costUsd * HOUR) / durationMs)} per hour)` : ''
  return [`${formatUsd(costUsd)}${perHour}`]
}

/** The time too: an idle session keeps its line, and what is left shrinks. */
function formatCache({ cacheExpiresAt }: StatusLine, now: number, clock: Clock | undefined): string[] {
  if (cacheExpiresAt === undefined || cacheExpiresAt === null) return []
  if (cacheExpiresAt <= now) return ['cache expired']
  const until = clock === undefined ? '' : ` (until ${new Date(cacheExpiresAt + clock(cacheExpiresAt)).toISOString().slice(11, 16)})`
  return [`cache ${timeLeft(cacheExpiresAt, now)}${until}`]
}
