import type { CurrentLimits, CurrentWindow } from '@signalbox/contract/current-limits'
import { allModelsLabel, displayLabel, sessionLabel, type WindowKind } from '@signalbox/contract/limit-label'

/** The input of rows: the hub's current limits, or a local snapshot in the same format. */
export type LimitRowInput = Pick<CurrentLimits, 'lastUpdated' | 'currentSession' | 'weeklyLimits' | 'extractionErrors' | 'isPartial'>

/** One window of the plan as shown to people; instants are milliseconds. */
export interface WindowRow {
  /** Its field on the wire. */
  readonly key: string
  readonly kind: WindowKind
  readonly label: string
  /** `reset`: the window has ended and there is no newer snapshot; the old percentage no longer applies. */
  readonly state: 'known' | 'idle' | 'reset'
  /** 0–1000; over 100 while extra usage pays. */
  readonly percent: number
  readonly resetsAt?: number
  /** The source's own words for the reset; only present when `resetsAt` is not. */
  readonly resetsText?: string
  readonly readAt: number
  /** The window comes from an older snapshot than the newest. */
  readonly older: boolean
}

/** A window that could not be read. */
export interface MissingWindow {
  readonly label: string
  readonly why?: string
}

/** Older limits are shown as stale. */
export const STALE_AFTER_MS = 15 * 60_000

/** Where there are no limits at all, this may be the reason. */
export const noPlanNote = 'Only a Claude plan, such as Pro or Max, has limits: with API-key billing there are none to show.'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/** The length of each kind of window. */
export const WINDOW_LENGTH_MS: Record<WindowKind, number> = { session: 5 * HOUR, weekly_all: 7 * DAY, weekly_scoped: 7 * DAY }

/** The rows in display order: the 5-hour window, the week, then each model by name. */
export function rowsOf(limits: LimitRowInput, now: number): WindowRow[] {
  const rows: WindowRow[] = []
  const add = (key: string, kind: WindowKind, window: CurrentWindow) => rows.push(buildRow(key, kind, window, limits, now))
  if (limits.currentSession !== undefined) add('currentSession', 'session', limits.currentSession)
  const { allModels, ...scoped } = limits.weeklyLimits ?? {}
  if (allModels !== undefined) add('allModels', 'weekly_all', allModels)
  const named = Object.entries(scoped).sort(([a, one], [b, other]) => toLabel(a, one).localeCompare(toLabel(b, other)))
  for (const [key, window] of named) add(key, 'weekly_scoped', window)
  return rows
}

/** The windows that could not be read. */
export function missingOf(limits: LimitRowInput, aPart = 'a part of the page'): MissingWindow[] {
  const missing = Object.entries(limits.extractionErrors ?? {})
    .filter(([key]) => (key === 'currentSession' ? limits.currentSession : limits.weeklyLimits?.[key]) === undefined)
    .map(([key, why]) => ({ label: toLabel(key), why }))
  return missing.length === 0 && limits.isPartial && limits.extractionErrors === undefined ? [{ label: aPart }] : missing
}

function buildRow(key: string, kind: WindowKind, window: CurrentWindow, limits: LimitRowInput, now: number): WindowRow {
  const readAt = Date.parse(window.asOf ?? limits.lastUpdated)
  const resetsAt = window.resetsAt === undefined ? parseReset(readAt, window.resetsIn) : Date.parse(window.resetsAt)
  // A window without a known reset ends after its full length at the latest.
  const over = resetsAt === undefined ? now - readAt >= WINDOW_LENGTH_MS[kind] : resetsAt <= now
  return {
    key,
    kind,
    label: toLabel(key, window),
    state: window.idle ? 'idle' : over ? 'reset' : 'known',
    percent: window.percentageUsed,
    ...(resetsAt === undefined || window.idle ? {} : { resetsAt }),
    ...(resetsAt !== undefined || window.resetsIn === undefined ? {} : { resetsText: window.resetsIn }),
    readAt,
    older: window.asOf !== undefined && window.asOf !== limits.lastUpdated,
  }
}

/** The time of the snapshot plus a duration such as `2 hr 42 min`; undefined for other words. */
function parseReset(readAt: number, words: string | undefined): number | undefined {
  const span = /^(?:resets in )?(?:(\d+) ?d(?:ays?)?)? ?(?:(\d+) ?h(?:(?:ou)?rs?)?)? ?(?:(\d+) ?m(?:in(?:ute)?s?)?)?$/i.exec(
    words?.trim() ?? '',
  )
  if (span === null) return undefined
  const [, days, hours, minutes] = span
  if (days === undefined && hours === undefined && minutes === undefined) return undefined
  return readAt + Number(days ?? 0) * DAY + Number(hours ?? 0) * HOUR + Number(minutes ?? 0) * MINUTE
}

/** The label of a window; without one on the wire, `sonnetOnly` reads as `Sonnet only`. */
function toLabel(key: string, window?: CurrentWindow): string {
  if (key === 'currentSession') return displayLabel('session', window?.label ?? sessionLabel)
  if (key === 'allModels') return displayLabel('weekly_all', window?.label ?? allModelsLabel)
  return displayLabel('weekly_scoped', window?.label ?? sentence(key))
}

/** Splits a field name: `opus55Only` → `Opus 55 only`. */
function sentence(key: string): string {
  const words = key.replace(/([a-z0-9])(?=[A-Z])|([a-z])(?=\d)/g, '$& ').toLowerCase()
  return words[0]?.toUpperCase() + words.slice(1)
}

/** The elapsed share of the window's time, 0 to 1; undefined when its start is unknown. */
export function clockShare({ kind, state, resetsAt }: WindowRow, now: number): number | undefined {
  if (state !== 'known' || resetsAt === undefined) return undefined
  const share = 1 - (resetsAt - now) / WINDOW_LENGTH_MS[kind]
  return share >= 0 && share <= 1 ? share : undefined
}

/** The color of a percentage; `red` is also said in words. */
export type Level = 'calm' | 'amber' | 'red'

export function levelOf(percent: number): Level {
  return percent < 60 ? 'calm' : percent <= 80 ? 'amber' : 'red'
}

/** The words of `warningOf`; the page has them in other languages too. */
export const warningWords = { over: 'Over the limit', reached: 'Usage limit reached', near: 'Approaching usage limit' }

/** What a high percentage means; undefined below. Above 100 % extra usage pays. */
export function warningOf(percent: number, words: typeof warningWords = warningWords): string | undefined {
  if (percent > 100) return words.over
  if (percent >= 100) return words.reached
  return levelOf(percent) === 'red' ? words.near : undefined
}
