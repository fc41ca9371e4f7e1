import type { SessionSourceRow } from '../hub/answer.ts'
import { formatExact, formatExactUsd } from '../ui/number-format.ts'
import { formatMoment } from '../ui/time-format.ts'

const fieldNames: Record<string, string> = {
  activity: 'Activity',
  waiting_for: 'Waiting for',
  alive: 'Process alive',
  end: 'End',
  name: 'Name',
  branch: 'Branch',
  model: 'Model',
  version: 'Claude Code version',
  kind: 'Kind',
  pid: 'Process id',
  permission_mode: 'Permission mode',
  effort: 'Effort',
  context_tokens: 'Context used',
  context_limit: 'Context window',
  cache_expires_at: 'Prompt cache expires',
  cost_usd: 'Cost',
  input_tokens: 'Input tokens',
  output_tokens: 'Output tokens',
  cache_read_tokens: 'Cache reads',
  cache_write_tokens: 'Cache writes',
  limited_until: 'Limited until',
  turn_error: 'Last turn failed',
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
  if (value === null) return 'unknown'
  if (typeof value === 'number') return field === 'cost_usd' ? formatExactUsd(value) : field === 'pid' ? String(value) : formatExact(value)
  const instant = /_(at|until)$/.test(field) ? Date.parse(value) : Number.NaN
  return Number.isNaN(instant) ? value : formatMoment(instant, zone)
}
