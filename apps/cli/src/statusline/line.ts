import type { PlanWindow } from '@signalbox/usage/limit-snapshot'
import type { StatusLine } from '@signalbox/usage/status-line'
import { timeLeft } from '@signalbox/usage/time-left'
import { printable } from '../printable.ts'

/**
 * Our own status line: model, context, the five hours and the week with the time to their resets. In a narrow terminal first
 * the times go, then what stands last. Empty when nothing is known.
 */
export function ownLine({ model, contextPercent, windows }: StatusLine, now: number, columns: number): string {
  const parts = (times: boolean) => [
    ...(model === undefined ? [] : [printable(model)]),
    ...(contextPercent === undefined ? [] : [`context ${Math.round(contextPercent)}%`]),
    ...windows.flatMap((window) => windowText(window, now, times)),
  ]
  const long = parts(true)
  const fits = (list: readonly string[]) => joined(list).length <= columns
  if (fits(long)) return joined(long)
  const short = parts(false)
  while (short.length > 1 && !fits(short)) short.pop()
  return joined(short)
}

const joined = (parts: readonly string[]) => parts.join(' · ')

function windowText({ kind, state, percentUsed, resetsAt }: PlanWindow, now: number, times: boolean): string[] {
  const name = kind === 'session' ? '5 h' : 'week'
  if (state === 'idle') return [`${name} not begun`]
  if (percentUsed === undefined) return []
  // Rounded down: 100 % is what stops one, and 99.6 % does not.
  return [`${name} ${Math.floor(percentUsed)}%${times && resetsAt !== undefined ? ` (${timeLeft(resetsAt, now)})` : ''}`]
}
