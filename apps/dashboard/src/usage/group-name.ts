import type { UsageRow } from '../hub/usage.ts'
import { modelName } from '../ui/model-name.ts'
import { placeNames } from '../ui/place-name.ts'
import { moment, monthAndYear, weekdayAndDay } from '../ui/time-format.ts'

export type GroupKey = 'hour' | 'day' | 'week' | 'month' | 'session' | 'project' | 'model' | 'machine' | 'branch'

const unnamed: Partial<Record<GroupKey, string>> = {
  session: 'No session',
  project: 'No project',
  machine: 'No machine',
  branch: 'No branch',
}

/** The value under the group's own name. */
export function keyOf(row: UsageRow, group: GroupKey): string {
  return row[group] ?? ''
}

/** Names for people, in the order of the keys; the key itself is shown on hover. */
export function groupNames(group: GroupKey, keys: readonly string[], zone: string): string[] {
  switch (group) {
    case 'hour':
      return keys.map((key) => moment(Date.parse(key), zone))
    case 'day':
      return keys.map((key) => weekdayAndDay(key))
    case 'week':
      return keys.map((key) => `Week of ${weekdayAndDay(key)}`)
    case 'month':
      return keys.map((key) => monthAndYear(key))
    case 'project':
      return placeNames(keys).map((name) => name || (unnamed.project ?? ''))
    case 'model':
      return keys.map(modelName)
    case 'session':
      return keys.map((key) => (key === '' ? (unnamed.session ?? '') : /^[0-9a-f-]{36}$/.test(key) ? key.slice(0, 8) : key))
    default:
      return keys.map((key) => key || (unnamed[group] ?? ''))
  }
}
