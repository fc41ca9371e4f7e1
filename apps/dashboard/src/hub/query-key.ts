import type { ClaudeUsageQuery, UsageQuery } from '@signalbox/client'

/** Every key of the query cache. Its first word is the noun of the events that invalidate it. */
export const keys = {
  whoAmI: ['who-am-i'],
  keys: ['keys'],
  signIns: ['sign-ins'],
  audit: ['audit'],
  usage: ['usage'],
  usageReport: (query: UsageQuery) => ['usage', 'report', query],
  usageSummary: (query: ClaudeUsageQuery) => ['usage', 'summary', query],
  sessionBoard: ['session', 'board'],
  session: (id: string) => ['session', 'one', id],
  sessionTasks: (id: string) => ['session', 'tasks', id],
  sessionHealth: (id: string) => ['session', 'health', id],
  sessionTimeline: (id: string) => ['session', 'timeline', id],
  sessionSources: (id: string) => ['session', 'sources', id],
  failureInfo: (id: string) => ['session', 'failure', id],
  limits: ['limits'],
  accounts: ['limits', 'accounts'],
  /** @param account undefined for the only one */
  currentLimits: (account: string | undefined) => ['limits', 'current', account],
  limitHistory: (range: string, account: string | undefined) => ['limits', 'history', range, account],
  machines: ['machine', 'list'],
} as const
