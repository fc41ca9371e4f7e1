import { MAX_PERCENT_USED } from '@signalbox/contract/limit-label'
import type { PlanWindow } from './limit-snapshot.ts'
import { timeLeft } from './time-left.ts'

/**
 * The longest time to a reset, in milliseconds. No window of a plan is longer; a reset further away is a mistake, such as
 * milliseconds taken for seconds.
 */
const MAX_RESET_DISTANCE_MS = 62 * 24 * 3_600_000

/** The values of one window as a source reported them, not validated. */
export interface ReportedWindow {
  readonly percent: unknown
  readonly resetsAt: unknown
}

/** The validated values of a window; without a percentage where the reported one is doubtful. */
export type WindowUsage = Pick<PlanWindow, 'percentUsed' | 'resetsAt' | 'resetsText' | 'state' | 'problem'>

/**
 * Validates the reported values of a window.
 * @param parseReset converts a reported reset to milliseconds; undefined for a value that is not an instant
 * @param at when the values were reported, in milliseconds
 */
export function readReportedWindow(
  { percent, resetsAt }: ReportedWindow,
  parseReset: (value: unknown) => number | undefined,
  at: number,
): WindowUsage {
  // An entry without any value is how a source says that the plan has no such window.
  if (percent === null && (resetsAt === null || resetsAt === undefined)) return { state: 'absent' }
  if (typeof percent !== 'number' || !Number.isFinite(percent))
    return unreadable(`the percentage should be a number, and is ${formatValue(percent)}`)
  if (percent < 0 || percent > MAX_PERCENT_USED) return unreadable(`the percentage should be 0 to ${MAX_PERCENT_USED}, and is ${percent}`)
  if (resetsAt === null || resetsAt === undefined) {
    if (percent === 0) return { percentUsed: 0, state: 'idle' }
    // Without a reset it is unknown which window the percentage belongs to, and when that window ends.
    return unreadable(`it has ${percent}% and no reset time`)
  }
  const reset = parseReset(resetsAt)
  if (reset === undefined) return unreadable(`the reset should be an instant, and is ${formatValue(resetsAt)}`)
  if (Math.abs(reset - at) > MAX_RESET_DISTANCE_MS) return unreadable(`the reset is implausibly far away: ${formatValue(resetsAt)}`)
  return { percentUsed: percent, resetsAt: reset, resetsText: timeLeft(reset, at), state: 'known' }
}

const unreadable = (problem: string): WindowUsage => ({ state: 'unreadable', problem })

/** Formats any value for a message, shortened to 60 characters. */
export function formatValue(value: unknown): string {
  const text = value === undefined ? 'missing' : (JSON.stringify(value) ?? typeof value)
  return (text.length > 60 ? `${text.slice(0, 60)}…` : text).toWellFormed()
}
