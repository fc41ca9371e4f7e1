import { allModelsLabel, scopedLabel, sessionLabel } from '@signalbox/contract/limit-label'
import { MAX_WINDOWS } from '@signalbox/contract/limit-source'
import { readExtraUsage } from '@signalbox/usage/extra-usage'
import { type LimitSnapshot, type PlanWindow, scopeField } from '@signalbox/usage/limit-snapshot'
import { formatValue, readReportedWindow, type WindowUsage } from '@signalbox/usage/reported-window'

/** The part of a snapshot that is in the response; the caller adds the rest. */
export type Utilization = Pick<LimitSnapshot, 'windows' | 'extraUsage' | 'errors' | 'isPartial'>

type Named = Pick<PlanWindow, 'kind' | 'scope' | 'label'>
type Fields = Readonly<Record<string, unknown>>

const MAX_NAME_LENGTH = 60
/** More errors would make the snapshot too large to be sent. */
const MAX_ERRORS = 20

const session: Named = { kind: 'session', label: sessionLabel }
const weeklyAll: Named = { kind: 'weekly_all', label: allModelsLabel }
const scoped = (scope: string): Named => ({ kind: 'weekly_scoped', scope, label: scopedLabel(scope) })

/** Windows with a field of their own, from before the list `limits` existed. */
const knownFields: Readonly<Record<string, Named>> = {
  five_hour: session,
  seven_day: weeklyAll,
  seven_day_opus: scoped('Opus'),
  seven_day_sonnet: scoped('Sonnet'),
}

/**
 * Parses Claude's usage response, which is `utilization` in Claude Code's own file and a request of the usage page.
 * Its list `limits` comes first; fields of their own fill in windows that the list does not have.
 * @param at the time of the response, in milliseconds
 */
export function readUtilization(body: unknown, at: number): Utilization {
  /** By field on the wire. */
  const windows = new Map<string, PlanWindow>()
  const errors: Record<string, string> = {}
  if (!isFields(body)) {
    return { windows: [], errors: { utilization: `it should be an object, and is ${formatValue(body)}` }, isPartial: true }
  }
  const add = (window: PlanWindow) => {
    const key = toField(window)
    const before = windows.get(key)
    if (before === undefined || (before.percentUsed === undefined && window.percentUsed !== undefined)) windows.set(key, window)
    else if (window.percentUsed !== undefined && window.percentUsed !== before.percentUsed) {
      errors[`${key}Again`] = `there are two rows of this name; the other says ${window.percentUsed}%`
    }
  }

  const { limits, extra_usage: extra } = body
  if (Array.isArray(limits)) {
    for (const [index, row] of limits.entries()) {
      if (isFields(row))
        add({ ...nameRow(row), ...readReportedWindow({ percent: row.percent, resetsAt: row.resets_at }, parseInstant, at) })
      else errors[`limits${index}`] = `a row should be an object, and is ${formatValue(row)}`
      if (index >= MAX_WINDOWS) break
    }
  } else if (limits !== undefined && limits !== null) {
    errors.limits = `it should be a list, and is ${formatValue(limits)}`
  }

  const listed = windows.size > 0
  for (const [field, named] of Object.entries({ ...knownFields, ...findNewFields(body, listed) })) {
    const key = toField(named)
    const before = windows.get(key)
    if (!(field in body) || (before !== undefined && before.state !== 'unreadable')) continue
    const window = parseField(named, body[field], at)
    if (before === undefined || window.percentUsed !== undefined) windows.set(key, window)
  }
  if (windows.size === 0) errors.utilization = `it has no known window; it has ${formatValue(Object.keys(body))}`

  const all = [...windows.values()]
  if (all.length > MAX_WINDOWS) errors.weeklyLimits = `there are ${all.length} windows; only ${MAX_WINDOWS} are kept`
  const first = all.slice(0, MAX_WINDOWS)
  const extraUsage = readExtraUsage(extra, body.spend)
  for (const [field, value] of Object.entries({ extra_usage: extra, spend: body.spend })) {
    if (value !== undefined && value !== null && !isFields(value))
      errors.extraUsage = `${field} should be an object, and is ${formatValue(value)}`
  }
  const hasErrors = Object.keys(errors).length > 0
  return {
    windows: first,
    ...(extraUsage === undefined ? {} : { extraUsage }),
    ...(hasErrors ? { errors: Object.fromEntries(Object.entries(errors).slice(0, MAX_ERRORS)) } : {}),
    isPartial: hasErrors || first.some(({ state }) => state === 'unreadable'),
  }
}

function parseField(named: Named, value: unknown, at: number): PlanWindow {
  if (value === null) return { ...named, state: 'absent' }
  const used: WindowUsage = isFields(value)
    ? readReportedWindow({ percent: value.utilization, resetsAt: value.resets_at }, parseInstant, at)
    : { state: 'unreadable', problem: `it should be an object, and is ${formatValue(value)}` }
  return { ...named, ...used }
}

/** Weekly windows with unknown names, in a response without a list; unused ones are skipped, because they may be no row of the page. */
function findNewFields(body: Fields, listed: boolean): Record<string, Named> {
  if (listed) return {}
  const found = Object.entries(body).filter(
    ([field, value]) =>
      field.startsWith('seven_day_') && !(field in knownFields) && isFields(value) && value.utilization !== 0 && value.utilization !== null,
  )
  return Object.fromEntries(found.map(([field]) => [field, scoped(toSentence(field.slice('seven_day_'.length)) || field)]))
}

/** The window of a row; a row of an unknown kind is named by its kind. */
function nameRow(row: Fields): Named {
  const { kind, scope } = row
  if (kind === 'session') return session
  if (kind === 'weekly_all') return weeklyAll
  const name = isFields(scope) ? (readName(scope.model) ?? readName(scope.surface)) : undefined
  if (kind === 'weekly_scoped' && name !== undefined) return scoped(name)
  const kindName = typeof kind === 'string' ? toSentence(kind) : ''
  const label = [kindName || 'A window without a name', name].filter((part) => part !== undefined).join(': ')
  // Not `<label> only`, which is for the name of a model alone.
  return { kind: 'weekly_scoped', scope: label, label }
}

/** The display name of a model or surface, else its id. */
function readName(part: unknown): string | undefined {
  const texts = isFields(part) ? [part.display_name, part.name, part.id] : [part]
  for (const text of texts) {
    const name = typeof text === 'string' ? cleanName(text) : ''
    if (name !== '') return name
  }
  return undefined
}

/** `weekly_oauth_apps` → `Weekly oauth apps`. */
function toSentence(name: string): string {
  const words = cleanName(name.replace(/[_-]+/g, ' '))
  return words.charAt(0).toUpperCase() + words.slice(1)
}

/** One line of limited length without broken surrogates, because names become ids and headings. */
function cleanName(text: string): string {
  const line = text
    .replace(/[\p{Cc}\s]+/gu, ' ')
    .trim()
    .slice(0, MAX_NAME_LENGTH)
  return line.toWellFormed().trim()
}

/** The window's field on the wire; there is only one window per field. */
const toField = (window: Named) =>
  window.kind === 'session' ? 'currentSession' : window.kind === 'weekly_all' ? 'allModels' : scopeField(window.scope ?? window.label)

/** Any fraction of a second and any offset; a time without an offset is ambiguous and refused. */
const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})$/i

function parseInstant(value: unknown): number | undefined {
  if (typeof value !== 'string' || !INSTANT.test(value)) return undefined
  const at = Date.parse(value)
  return Number.isNaN(at) ? undefined : at
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
