import type { UsageGroup, UsageRow } from '@signalbox/contract/usage'
import { usageError } from '../failure.ts'
import { didYouMean } from '../nearest.ts'

/** The words after `usage`, and their groups. */
export const groups = {
  daily: 'day',
  weekly: 'week',
  monthly: 'month',
  session: 'session',
  project: 'project',
  folder: 'folder',
  model: 'model',
  blocks: 'block',
  hourly: 'hour',
  machine: 'machine',
  person: 'person',
  branch: 'branch',
  agent: 'agent',
} as const satisfies Record<string, UsageGroup>
export type GroupWord = keyof typeof groups

/** Singular and plural forms that also work. */
const aliases: Readonly<Record<string, GroupWord>> = {
  day: 'daily',
  days: 'daily',
  week: 'weekly',
  weeks: 'weekly',
  month: 'monthly',
  months: 'monthly',
  sessions: 'session',
  projects: 'project',
  folders: 'folder',
  models: 'model',
  block: 'blocks',
  hour: 'hourly',
  hours: 'hourly',
  machines: 'machine',
  persons: 'person',
  people: 'person',
  branches: 'branch',
  agents: 'agent',
}

/** The group of a word; undefined for none. */
export function groupOf(word: string): (typeof groups)[GroupWord] | undefined {
  const found = Object.hasOwn(groups, word) ? (word as GroupWord) : Object.hasOwn(aliases, word) ? aliases[word] : undefined
  return found === undefined ? undefined : groups[found]
}

/** @throws Failure that lists the groups */
export function parseGroup(word: string): (typeof groups)[GroupWord] {
  const group = groupOf(word)
  if (group !== undefined) return group
  const words = Object.keys(groups)
  throw usageError(`cannot group usage by "${word}".`, `Use one of ${words.join(', ')}.${didYouMean(word, words)}`)
}

/** The value that a row is grouped by. */
export function rowName(group: UsageGroup, row: UsageRow): string {
  return (group === 'block' ? row.start : row[group]) ?? ''
}
