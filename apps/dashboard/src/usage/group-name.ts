import type { UsageRow } from '../hub/usage.ts'
import { formatModelName } from '../ui/model-name.ts'
import { shortenPaths } from '../ui/short-path.ts'
import { formatMoment, formatMonthAndYear, formatWeekdayAndDay } from '../ui/time-format.ts'

export type GroupKey = 'hour' | 'day' | 'week' | 'month' | 'session' | 'project' | 'model' | 'machine' | 'branch'

const unnamed: Partial<Record<GroupKey, string>> = {
  session: 'No session',
  project: 'No project',
  machine: 'No machine',
  branch: 'No branch',
}

/** The field of a row that names its group. */
export function readGroupValue(row: UsageRow, group: GroupKey): string {
  return row[group] ?? ''
}

/** Display names, in the order of the keys. */
export function formatGroupNames(group: GroupKey, keys: readonly string[], zone: string): string[] {
  switch (group) {
    case 'hour':
      return keys.map((key) => formatMoment(Date.parse(key), zone))
    case 'day':
      return keys.map((key) => formatWeekdayAndDay(key))
    case 'week':
      return keys.map((key) => `Week of ${formatWeekdayAndDay(key)}`)
    case 'month':
      return keys.map((key) => formatMonthAndYear(key))
    case 'project':
      return shortenPaths(keys).map((name) => name || (unnamed.project ?? ''))
    case 'model':
      return keys.map(formatModelName)
    case 'session':
      return keys.map((key) => (key === '' ? (unnamed.session ?? '') : /^[0-9a-f-]{36}$/.test(key) ? key.slice(0, 8) : key))
    default:
      return keys.map((key) => key || (unnamed[group] ?? ''))
  }
}
