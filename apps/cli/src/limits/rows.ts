import type { ShownWindow } from '@signalbox/contract/limits'
import type { ShownReading } from './shown-reading.ts'

/** One window of the plan, as a line shows it; instants are milliseconds. */
export interface LimitRow {
  readonly label: string
  /** `reset`: its time is over and nothing was read since. `missing`: it should be there, and could not be read. */
  readonly state: 'known' | 'idle' | 'reset' | 'missing'
  /** 0–100; of `known` and `idle` ones. */
  readonly percent?: number
  readonly resetsAt?: number
  /** In the words of where it was read, where no instant is known. */
  readonly resetsText?: string
  /** How much of its time has passed, 0–1. */
  readonly passed?: number
  readonly readAt: number
  /** Of a missing one. */
  readonly why?: string
}

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR
const SESSION = 5 * HOUR
const WEEK = 7 * DAY

/** The rows in the order in which people think of them: the session, the week, each model; then what could not be read. */
export function rowsOf(reading: ShownReading, now: number): LimitRow[] {
  const { currentSession, weeklyLimits = {}, extractionErrors = {}, lastUpdated } = reading
  const { allModels, ...scoped } = weeklyLimits
  const row = (field: string, window: ShownWindow | undefined, length: number) =>
    window === undefined ? [] : [rowOf(labelOf(field, window), window, length, Date.parse(window.asOf ?? lastUpdated), now)]
  const missing = Object.entries(extractionErrors)
    .filter(([field]) => (field === 'currentSession' ? currentSession : weeklyLimits[field]) === undefined)
    .map(([field, why]): LimitRow => ({ label: labelOf(field), state: 'missing', readAt: Date.parse(lastUpdated), why }))
  return [
    ...row('currentSession', currentSession, SESSION),
    ...row('allModels', allModels, WEEK),
    ...Object.entries(scoped).flatMap(([field, window]) => row(field, window, WEEK)),
    ...missing,
  ]
}

function rowOf(label: string, window: ShownWindow, length: number, readAt: number, now: number): LimitRow {
  if (window.idle) return { label, state: 'idle', percent: window.percentageUsed, readAt }
  const resetsAt = window.resetsAt === undefined ? countedFrom(readAt, window.resetsIn) : Date.parse(window.resetsAt)
  // Without an instant there is still an end: no window outlives its length.
  if (resetsAt === undefined ? now - readAt >= length : resetsAt <= now) {
    return { label, state: 'reset', readAt, ...(resetsAt === undefined ? {} : { resetsAt }) }
  }
  const passed = resetsAt === undefined ? undefined : 1 - (resetsAt - now) / length
  return {
    label,
    state: 'known',
    percent: window.percentageUsed,
    ...(resetsAt === undefined ? {} : { resetsAt }),
    ...(resetsAt !== undefined || window.resetsIn === undefined ? {} : { resetsText: window.resetsIn }),
    ...(passed === undefined || passed < 0 || passed > 1 ? {} : { passed }),
    readAt,
  }
}

/** So long after it was read, where the words are a span such as `2 hr 42 min`. */
function countedFrom(readAt: number, words = ''): number | undefined {
  const span = /^(?:(\d+) ?d(?:ays?)?)? ?(?:(\d+) ?h(?:(?:ou)?rs?)?)? ?(?:(\d+) ?m(?:in(?:ute)?s?)?)?$/i.exec(words.trim())
  if (span === null || words.trim() === '') return undefined
  const [, days = 0, hours = 0, minutes = 0] = span
  return readAt + Number(days) * DAY + Number(hours) * HOUR + Number(minutes) * MINUTE
}

/** `sonnetOnly` → `Sonnet only`, unless it says itself what it is called. */
function labelOf(field: string, window?: ShownWindow): string {
  if (window?.label !== undefined) return window.label
  if (field === 'currentSession') return 'Current session'
  if (field === 'allModels') return 'All models'
  const words = field.replace(/([a-z0-9])(?=[A-Z])|([a-z])(?=\d)/g, '$& ').toLowerCase()
  return words.charAt(0).toUpperCase() + words.slice(1)
}
