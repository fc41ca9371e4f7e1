import type { SessionSourceRow } from '../hub/answer.ts'
import { formatExact, formatExactUsd } from '../ui/number-format.ts'
import { formatMoment } from '../ui/time-format.ts'
import { t } from '../words/session.ts'

const fieldNames: Record<string, string> = {
  activity: t.activity,
  waiting_for: t.waitingFor,
  alive: t.processAlive,
  end: t.end,
  name: t.name,
  branch: t.branch,
  model: t.model,
  version: t.claudeCodeVersion,
  kind: t.kind,
  pid: t.processId,
  permission_mode: t.permissionMode,
  effort: t.effort,
  context_tokens: t.contextUsed,
  context_limit: t.contextWindow,
  cache_expires_at: t.promptCacheExpires,
  cost_usd: t.cost,
  input_tokens: t.inputTokens,
  output_tokens: t.outputTokens,
  cache_read_tokens: t.cacheReads,
  cache_write_tokens: t.cacheWrites,
  limited_until: t.limitedUntil,
  turn_error: t.lastTurnFailed,
}

/** The label of a field: `context_tokens` → `Context used`; a field that is new keeps its name in words. */
export function formatField(field: string): string {
  if (Object.hasOwn(fieldNames, field)) return fieldNames[field] as string
  const words = field.replaceAll('_', ' ')
  return words.charAt(0).toUpperCase() + words.slice(1)
}

/** Rows in the order in which the screen shows their fields; of each field the believed one first, then the newest. */
export function sortSources(rows: readonly SessionSourceRow[]): SessionSourceRow[] {
  const order = Object.keys(fieldNames)
  const rank = (field: string) => (order.includes(field) ? order.indexOf(field) : order.length)
  return rows.toSorted(
    (a, b) =>
      rank(a.field) - rank(b.field) ||
      a.field.localeCompare(b.field) ||
      Number(b.believed) - Number(a.believed) ||
      Date.parse(b.at) - Date.parse(a.at),
  )
}

/** The value of a field as a source reports it; a time in the zone of the browser. */
export function formatSourceValue(field: string, value: SessionSourceRow['value'], zone: string): string {
  if (value === null) return t.unknown
  if (typeof value === 'number') return field === 'cost_usd' ? formatExactUsd(value) : field === 'pid' ? String(value) : formatExact(value)
  const instant = /_(at|until)$/.test(field) ? Date.parse(value) : Number.NaN
  return Number.isNaN(instant) ? value : formatMoment(instant, zone)
}
