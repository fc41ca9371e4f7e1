import { printable } from '@signalbox/contract/printable'
import type { PlanWindow } from '@signalbox/usage/limit-snapshot'
import type { StatusLine } from '@signalbox/usage/status-line'
import { timeLeft } from '@signalbox/usage/time-left'

/**
 * The Signalbox status line: model, context, and the 5-hour and weekly limits with the time to their resets. A narrow terminal
 * drops the times first, then the last parts. Empty when nothing is known.
 */
export function formatStatusLine({ model, contextPercent, windows }: StatusLine, now: number, columns: number): string {
  const parts = (withTimes: boolean) => [
    ...(model === undefined ? [] : [printable(model)]),
    ...(contextPercent === undefined ? [] : [`context ${Math.round(contextPercent)}%`]),
    ...windows.flatMap((window) => formatWindow(window, now, withTimes)),
  ]
  const long = parts(true)
  const fits = (list: readonly string[]) => joined(list).length <= columns
  if (fits(long)) return joined(long)
  const short = parts(false)
  while (short.length > 1 && !fits(short)) short.pop()
  return joined(short)
}

const joined = (parts: readonly string[]) => parts.join(' · ')

function formatWindow({ kind, state, percentUsed, resetsAt }: PlanWindow, now: number, withTime: boolean): string[] {
  const name = kind === 'session' ? '5 h' : 'week'
  if (state === 'idle') return [`${name} not started`]
  if (percentUsed === undefined) return []
  // Rounded down: only 100 % is the limit.
  return [`${name} ${Math.floor(percentUsed)}%${withTime && resetsAt !== undefined ? ` (${timeLeft(resetsAt, now)})` : ''}`]
}
