import { MAX_WINDOWS } from '@signalbox/contract/limit-source'
import { allModelsLabel, type LimitSnapshot, type PlanWindow, scopedLabel, scopeField, sessionLabel } from '@signalbox/usage/limit-snapshot'
import { shown, type Used, usedOf } from '@signalbox/usage/said-window'

/** What one answer about a plan says; the rest of a snapshot is known to whoever got the answer. */
export type Utilization = Pick<LimitSnapshot, 'windows' | 'extraUsage' | 'errors' | 'isPartial'>

type Named = Pick<PlanWindow, 'kind' | 'scope' | 'label'>
type Fields = Readonly<Record<string, unknown>>

/** Bytes of `extra_usage` as JSON; more of it is not kept. */
const MOST_EXTRA = 16 * 1024
/** Characters of a name. */
const LONGEST_NAME = 60

const session: Named = { kind: 'session', label: sessionLabel }
const weeklyAll: Named = { kind: 'weekly_all', label: allModelsLabel }
const scoped = (scope: string): Named => ({ kind: 'weekly_scoped', scope, label: scopedLabel(scope) })

/** Windows with a field of their own, as they were before there was a list. */
const ownFields: Readonly<Record<string, Named>> = {
  five_hour: session,
  seven_day: weeklyAll,
  seven_day_opus: scoped('Opus'),
  seven_day_sonnet: scoped('Sonnet'),
}

/**
 * Reads the answer that Claude gives about a plan: `utilization` in Claude Code's own file, and what the usage page asks for.
 * Its list `limits` speaks first; fields of their own fill in what the list does not have.
 * @param at when the answer was given, in milliseconds
 */
export function readUtilization(body: unknown, at: number): Utilization {
  /** By their fields on the wire. */
  const windows = new Map<string, PlanWindow>()
  const errors: Record<string, string> = {}
  if (!isFields(body)) {
    return { windows: [], errors: { utilization: `it should be an object, and is ${shown(body)}` }, isPartial: true }
  }
  const add = (window: PlanWindow) => {
    const key = fieldOf(window)
    const before = windows.get(key)
    if (before === undefined || (before.percentUsed === undefined && window.percentUsed !== undefined)) windows.set(key, window)
    else if (window.percentUsed !== undefined && window.percentUsed !== before.percentUsed) {
      errors[`${key}Again`] = `there are two rows of this name; the other says ${window.percentUsed} %`
    }
  }

  const { limits, extra_usage: extra } = body
  if (Array.isArray(limits)) {
    for (const [index, row] of limits.entries()) {
      if (isFields(row)) add({ ...nameOf(row), ...usedOf({ percent: row.percent, resetsAt: row.resets_at }, instantOf, at) })
      else errors[`limits${index}`] = `a row should be an object, and is ${shown(row)}`
      if (index >= MAX_WINDOWS) break
    }
  } else if (limits !== undefined && limits !== null) {
    errors.limits = `it should be a list, and is ${shown(limits)}`
  }

  const listed = windows.size > 0
  for (const [field, named] of Object.entries({ ...ownFields, ...laterFields(body, listed) })) {
    const key = fieldOf(named)
    const before = windows.get(key)
    if (!(field in body) || (before !== undefined && before.state !== 'unreadable')) continue
    const own = ownWindow(named, body[field], at)
    if (before === undefined || own.percentUsed !== undefined) windows.set(key, own)
  }
  if (windows.size === 0) errors.utilization = `it has no window that we know; it has ${shown(Object.keys(body))}`

  const all = [...windows.values()]
  if (all.length > MAX_WINDOWS) errors.weeklyLimits = `there are ${all.length} windows; only ${MAX_WINDOWS} are kept`
  const kept = all.slice(0, MAX_WINDOWS)
  const extraUsage = isFields(extra) && JSON.stringify(extra).length <= MOST_EXTRA ? extra : undefined
  if (extra !== undefined && extra !== null && extraUsage === undefined)
    errors.extraUsage = `it should be a small object, and is ${shown(extra)}`
  const wrong = Object.keys(errors).length > 0
  return {
    windows: kept,
    ...(extraUsage === undefined ? {} : { extraUsage }),
    ...(wrong ? { errors: firstOf(errors) } : {}),
    isPartial: wrong || kept.some(({ state }) => state === 'unreadable'),
  }
}

function ownWindow(named: Named, said: unknown, at: number): PlanWindow {
  if (said === null) return { ...named, state: 'absent' }
  const used: Used = isFields(said)
    ? usedOf({ percent: said.utilization, resetsAt: said.resets_at }, instantOf, at)
    : { state: 'unreadable', problem: `it should be an object, and is ${shown(said)}` }
  return { ...named, ...used }
}

/** Weekly windows nobody knows yet, of a plan without a list; one that nothing was used of may be no row of the page at all. */
function laterFields(body: Fields, listed: boolean): Record<string, Named> {
  if (listed) return {}
  const found = Object.entries(body).filter(
    ([field, said]) =>
      field.startsWith('seven_day_') && !(field in ownFields) && isFields(said) && said.utilization !== 0 && said.utilization !== null,
  )
  return Object.fromEntries(found.map(([field]) => [field, scoped(sentence(field.slice('seven_day_'.length)) || field)]))
}

/** Which window a row is; one of a kind that nobody knows yet goes by its kind's own name. */
function nameOf(row: Fields): Named {
  const { kind, scope } = row
  if (kind === 'session') return session
  if (kind === 'weekly_all') return weeklyAll
  const name = isFields(scope) ? (named(scope.model) ?? named(scope.surface)) : undefined
  if (kind === 'weekly_scoped' && name !== undefined) return scoped(name)
  const own = typeof kind === 'string' ? sentence(kind) : ''
  const label = [own || 'A window without a name', name].filter((part) => part !== undefined).join(': ')
  // Not `<label> only`: what the label says, it says whole.
  return { kind: 'weekly_scoped', scope: label, label }
}

/** A model or a surface: its name as people read it, else its id. */
function named(part: unknown): string | undefined {
  const texts = isFields(part) ? [part.display_name, part.name, part.id] : [part]
  for (const text of texts) {
    const name = typeof text === 'string' ? cleaned(text) : ''
    if (name !== '') return name
  }
  return undefined
}

/** `weekly_oauth_apps` → `Weekly oauth apps`. */
function sentence(name: string): string {
  const words = cleaned(name.replace(/[_-]+/g, ' '))
  return words.charAt(0).toUpperCase() + words.slice(1)
}

/** On one line, not too long, and without halves of characters: names travel into ids and headings. */
function cleaned(text: string): string {
  const line = text
    .replace(/[\p{Cc}\s]+/gu, ' ')
    .trim()
    .slice(0, LONGEST_NAME)
  return line.toWellFormed().trim()
}

/** Its field on the wire: two windows of one field could not be told apart there. */
const fieldOf = (window: Named) =>
  window.kind === 'session' ? 'currentSession' : window.kind === 'weekly_all' ? 'allModels' : scopeField(window.scope ?? window.label)

/** Any number of digits of a second, and any offset; a time without an offset could be anybody's. */
const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})$/i

function instantOf(said: unknown): number | undefined {
  if (typeof said !== 'string' || !INSTANT.test(said)) return undefined
  const at = Date.parse(said)
  return Number.isNaN(at) ? undefined : at
}

/** A body that is all mistakes must not make the reading too large to be sent. */
const firstOf = (errors: Record<string, string>) => Object.fromEntries(Object.entries(errors).slice(0, 20))

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
