import type { UsageGroup, UsageRow } from '@signalbox/contract/usage'
import { misuse } from '../failure.ts'

/** What is typed after `usage`, and the group it means. */
export const groups = {
  daily: 'day',
  weekly: 'week',
  monthly: 'month',
  session: 'session',
  project: 'project',
  model: 'model',
  blocks: 'block',
  hourly: 'hour',
  branch: 'branch',
} as const satisfies Record<string, UsageGroup>
export type GroupWord = keyof typeof groups

/** Other words for the same, singular and plural. */
const aliases: Readonly<Record<string, GroupWord>> = {
  day: 'daily',
  days: 'daily',
  week: 'weekly',
  weeks: 'weekly',
  month: 'monthly',
  months: 'monthly',
  sessions: 'session',
  projects: 'project',
  models: 'model',
  block: 'blocks',
  hour: 'hourly',
  hours: 'hourly',
  branches: 'branch',
}

/** @throws Failure that names the groups there are */
export function groupOf(word: string): UsageGroup {
  const found = Object.hasOwn(groups, word) ? (word as GroupWord) : aliases[word]
  if (found !== undefined) return groups[found]
  throw misuse(`there is no usage by "${word}".`, `It can be ${Object.keys(groups).join(', ')}.`)
}

/** The key of a row that names it. */
export function nameOf(group: UsageGroup, row: UsageRow): string {
  return (group === 'block' ? row.start : row[group]) ?? ''
}
