import type { PlanWindow } from './limit-snapshot.ts'
import { timeLeft } from './time-left.ts'

/** No window of a plan is longer than this, in milliseconds: a reset further away is a mistake, such as milliseconds taken for seconds. */
const FURTHEST_RESET = 62 * 24 * 3_600_000

/** What a source says of one window, in the types it came in. */
export interface Said {
  readonly percent: unknown
  readonly resetsAt: unknown
}

/** What is known of a window; never a number where one is in doubt. */
export type Used = Pick<PlanWindow, 'percentUsed' | 'resetsAt' | 'resetsText' | 'state' | 'problem'>

/**
 * Takes what was said of a window for what it is.
 * @param resetAsMs gives milliseconds, or undefined for what is no instant
 * @param at when it was said, in milliseconds
 */
export function usedOf({ percent, resetsAt }: Said, resetAsMs: (said: unknown) => number | undefined, at: number): Used {
  if (typeof percent !== 'number' || !Number.isFinite(percent))
    return unreadable(`the percentage should be a number, and is ${shown(percent)}`)
  if (percent < 0 || percent > 100) return unreadable(`the percentage should be 0 to 100, and is ${percent}`)
  if (resetsAt === null || resetsAt === undefined) {
    if (percent === 0) return { percentUsed: 0, state: 'idle' }
    // Without a reset nobody can tell which window the number belongs to, nor when it is over.
    return unreadable(`it says ${percent} % and not when it resets`)
  }
  const reset = resetAsMs(resetsAt)
  if (reset === undefined) return unreadable(`the reset should be an instant, and is ${shown(resetsAt)}`)
  if (Math.abs(reset - at) > FURTHEST_RESET) return unreadable(`the reset is too far away to be true: ${shown(resetsAt)}`)
  return { percentUsed: percent, resetsAt: reset, resetsText: timeLeft(reset, at), state: 'known' }
}

const unreadable = (problem: string): Used => ({ state: 'unreadable', problem })

/** A value in a message; short, whatever it is. */
export function shown(value: unknown): string {
  const text = value === undefined ? 'missing' : (JSON.stringify(value) ?? typeof value)
  return (text.length > 60 ? `${text.slice(0, 60)}…` : text).toWellFormed()
}
