import type { ClaudeUsageQuery, UsageQuery } from '@signalbox/client'

/** Every name under which an answer of the hub is kept. The first word is the noun that an event speaks of. */
export const keys = {
  whoAmI: ['who-am-i'],
  keys: ['keys'],
  usage: ['usage'],
  usageReport: (query: UsageQuery) => ['usage', 'report', query],
  usageSummary: (query: ClaudeUsageQuery) => ['usage', 'summary', query],
} as const
