import type { CurrentLimitReading, ShownWindow } from '@signalbox/contract/limits'

export type WindowKind = 'session' | 'weekly_all' | 'weekly_scoped'

/** What rows are made of: what the hub answers, or what one machine knows in the same words. */
export type RowReading = Pick<CurrentLimitReading, 'lastUpdated' | 'currentSession' | 'weeklyLimits' | 'extractionErrors' | 'isPartial'>

/** One window of the plan as people are shown it; instants are milliseconds. */
export interface WindowRow {
  /** The field it came in. */
  readonly key: string
  readonly kind: WindowKind
  readonly label: string
  /** `reset`: its time is over and nothing was read since; what was used before is gone. */
  readonly state: 'known' | 'idle' | 'reset'
  /** 0–100 */
  readonly percent: number
  readonly resetsAt?: number
  /** In the words of where it was read; said only where no instant is known. */
  readonly resetsText?: string
  readonly readAt: number
  /** An older reading than the newest one speaks of it. */
  readonly older: boolean
}

/** A window that should be there. */
export interface MissingWindow {
  readonly label: string
  readonly why?: string
}

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/** How long each kind runs, in milliseconds. */
export const windowLength: Record<WindowKind, number> = { session: 5 * HOUR, weekly_all: 7 * DAY, weekly_scoped: 7 * DAY }

/** The rows in the order in which people think of them: the session, the week, then each model by name. */
export function rowsOf(reading: RowReading, now: number): WindowRow[] {
  const rows: WindowRow[] = []
  const add = (key: string, kind: WindowKind, window: ShownWindow) => rows.push(rowOf(key, kind, window, reading, now))
  if (reading.currentSession !== undefined) add('currentSession', 'session', reading.currentSession)
  const { allModels, ...scoped } = reading.weeklyLimits ?? {}
  if (allModels !== undefined) add('allModels', 'weekly_all', allModels)
  const named = Object.entries(scoped).sort(([a, one], [b, other]) => labelOf(a, one).localeCompare(labelOf(b, other)))
  for (const [key, window] of named) add(key, 'weekly_scoped', window)
  return rows
}

/** What the reading says it could not read. */
export function missingOf(reading: RowReading): MissingWindow[] {
  const missing = Object.entries(reading.extractionErrors ?? {})
    .filter(([key]) => (key === 'currentSession' ? reading.currentSession : reading.weeklyLimits?.[key]) === undefined)
    .map(([key, why]) => ({ label: labelOf(key), why }))
  return missing.length === 0 && reading.isPartial && reading.extractionErrors === undefined ? [{ label: 'a part of the page' }] : missing
}

function rowOf(key: string, kind: WindowKind, window: ShownWindow, reading: RowReading, now: number): WindowRow {
  const readAt = Date.parse(window.asOf ?? reading.lastUpdated)
  const resetsAt = window.resetsAt === undefined ? countedFrom(readAt, window.resetsIn) : Date.parse(window.resetsAt)
  // Without an instant there is still an end: no window outlives its length.
  const over = resetsAt === undefined ? now - readAt >= windowLength[kind] : resetsAt <= now
  return {
    key,
    kind,
    label: labelOf(key, window),
    state: window.idle ? 'idle' : over ? 'reset' : 'known',
    percent: window.percentageUsed,
    ...(resetsAt === undefined || window.idle ? {} : { resetsAt }),
    ...(resetsAt !== undefined || window.resetsIn === undefined ? {} : { resetsText: window.resetsIn }),
    readAt,
    older: window.asOf !== undefined && window.asOf !== reading.lastUpdated,
  }
}

/** `2 hr 42 min` after it was read; undefined for words that are no span. */
function countedFrom(readAt: number, words: string | undefined): number | undefined {
  const span = /^(?:resets in )?(?:(\d+) ?d(?:ays?)?)? ?(?:(\d+) ?h(?:(?:ou)?rs?)?)? ?(?:(\d+) ?m(?:in(?:ute)?s?)?)?$/i.exec(
    words?.trim() ?? '',
  )
  if (span === null) return undefined
  const [, days, hours, minutes] = span
  if (days === undefined && hours === undefined && minutes === undefined) return undefined
  return readAt + Number(days ?? 0) * DAY + Number(hours ?? 0) * HOUR + Number(minutes ?? 0) * MINUTE
}

/** `sonnetOnly` → `Sonnet only`, unless it says itself what it is called. */
function labelOf(key: string, window?: ShownWindow): string {
  if (window?.label !== undefined) return window.label
  if (key === 'currentSession') return 'Current session'
  if (key === 'allModels') return 'All models'
  const words = key.replace(/([a-z0-9])(?=[A-Z])|([a-z])(?=\d)/g, '$& ').toLowerCase()
  return words[0]?.toUpperCase() + words.slice(1)
}

/** How much of the window's time has passed, 0 to 1; undefined where that cannot be told. */
export function clockShare({ kind, state, resetsAt }: WindowRow, now: number): number | undefined {
  if (state !== 'known' || resetsAt === undefined) return undefined
  const share = 1 - (resetsAt - now) / windowLength[kind]
  return share >= 0 && share <= 1 ? share : undefined
}

/** How full: where the color changes, and from `red` on it is said in words too. */
export type Level = 'calm' | 'amber' | 'red'

export function levelOf(percent: number): Level {
  return percent < 60 ? 'calm' : percent <= 80 ? 'amber' : 'red'
}
