import { agentTitles } from '@signalbox/contract/agent'
import { folderNames, shortNames } from '@signalbox/usage/project-name'
import { accountLabel } from '../hub/limit-row.ts'
import type { UsageRow } from '../hub/usage.ts'
import { formatModelName } from '../ui/model-name.ts'
import { partKey } from '../ui/part-name.ts'
import { formatMoment, formatMonthAndYear, formatWeekdayAndDay } from '../ui/time-format.ts'
import { t } from '../words/usage.ts'

export type GroupKey =
  | 'hour'
  | 'day'
  | 'week'
  | 'month'
  | 'session'
  | 'project'
  | 'folder'
  | 'model'
  | 'machine'
  | 'person'
  | 'branch'
  | 'agent'

const unnamed: Partial<Record<GroupKey, string>> = {
  session: t.noSession,
  project: t.noProject,
  folder: t.noFolder,
  machine: t.noMachine,
  person: t.noPerson,
  branch: t.noBranch,
}

/** Claude Code's calls have no agent; one that this version does not know keeps its name. */
const titles: Readonly<Record<string, string>> = agentTitles

/** The field of a row that names its group. */
export function readGroupValue(row: UsageRow, group: GroupKey): string {
  return group === 'model' ? partKey(row) : (row[group] ?? '')
}

/** Display names, in the order of the keys. */
export function formatGroupNames(group: GroupKey, keys: readonly string[], zone: string): string[] {
  switch (group) {
    case 'hour':
      return keys.map((key) => formatMoment(Date.parse(key), zone))
    case 'day':
      return keys.map((key) => formatWeekdayAndDay(key))
    case 'week':
      return keys.map((key) => t.weekOf(formatWeekdayAndDay(key)))
    case 'month':
      return keys.map((key) => formatMonthAndYear(key))
    case 'project':
      return shortNames(keys).map((name) => name || (unnamed.project ?? ''))
    case 'folder':
      return folderNames(keys).map((name) => name || (unnamed.folder ?? ''))
    case 'model':
      return keys.map(formatModelName)
    case 'agent':
      return keys.map((key) => titles[key === '' ? 'claude-code' : key] ?? key)
    case 'person':
      return keys.map((key) => (key === '' ? (unnamed.person ?? '') : accountLabel({ account: key })))
    case 'session':
      return keys.map((key) => (key === '' ? (unnamed.session ?? '') : /^[0-9a-f-]{36}$/.test(key) ? key.slice(0, 8) : key))
    default:
      return keys.map((key) => key || (unnamed[group] ?? ''))
  }
}
