import type { ClaudeUsageQuery, UsageQuery } from '@signalbox/client'

/** Every name under which an answer of the hub is kept. The first word is the noun that an event speaks of. */
export const keys = {
  whoAmI: ['who-am-i'],
  keys: ['keys'],
  usage: ['usage'],
  usageReport: (query: UsageQuery) => ['usage', 'report', query],
  usageSummary: (query: ClaudeUsageQuery) => ['usage', 'summary', query],
  sessionBoard: ['session', 'board'],
  session: (id: string) => ['session', 'one', id],
  sessionTasks: (id: string) => ['session', 'tasks', id],
  sessionHealth: (id: string) => ['session', 'health', id],
  sessionTimeline: (id: string) => ['session', 'timeline', id],
  failureInfo: (id: string) => ['session', 'failure', id],
  limits: ['limits'],
  currentLimits: ['limits', 'current'],
  limitHistory: (range: string) => ['limits', 'history', range],
  machines: ['machine', 'list'],
} as const
