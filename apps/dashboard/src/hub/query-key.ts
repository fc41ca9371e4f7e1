import type { AlertQuery, ClaudeUsageQuery, EventQuery, UsageQuery } from '@signalbox/client'

/**
 * Every key of the query cache. `event-effects.ts` says which events refetch which keys: those of usage and limits by their first
 * word, as those of alerts and channels, those of one session by the id, the third. Events update the board, a session and the machines
 * in place. No event is about API keys, sign-ins, the audit log and the rules of alerts.
 */
export const keys = {
  whoAmI: ['who-am-i'],
  health: ['health'],
  keys: ['keys'],
  signIns: ['sign-ins'],
  audit: ['audit'],
  usage: ['usage'],
  usageReport: (query: UsageQuery) => ['usage', 'report', query],
  usageCheck: (session: string) => ['usage', 'check', session],
  usageSummary: (query: ClaudeUsageQuery) => ['usage', 'summary', query],
  sessionBoard: ['session', 'board'],
  sessionsById: (prefix: string) => ['session', 'by-id', prefix],
  session: (id: string) => ['session', 'one', id],
  sessionHistory: ['session', 'history'],
  recoverable: (id: string, revision: number) => ['session', 'recoverable', id, revision],
  sessionTasks: (id: string) => ['session', 'tasks', id],
  sessionHealth: (id: string) => ['session', 'health', id],
  sessionTimeline: (id: string) => ['session', 'timeline', id],
  sessionSources: (id: string) => ['session', 'sources', id],
  failureInfo: (id: string) => ['session', 'failure', id],
  limits: ['limits'],
  accounts: ['limits', 'accounts'],
  /** @param account undefined for the only one */
  currentLimits: (account: string | undefined) => ['limits', 'current', account],
  limitForecast: (account: string | undefined) => ['limits', 'forecast', account],
  limitVersion: (version: number, account: string | undefined) => ['limits', 'version', version, account],
  limitHistory: (range: string, account: string | undefined) => ['limits', 'history', range, account],
  machines: ['machine', 'list'],
  latestEvent: ['event', 'latest'],
  eventLog: (filter: EventQuery) => ['event', 'log', filter],
  failableSessions: (id: string) => ['machine', 'failable', id],
  invitedKeys: ['invited-keys'],
  signInLink: ['sign-in-link'],
  alerts: ['alert'],
  alertSummary: ['alert', 'summary'],
  openAlerts: ['alert', 'open'],
  alertHistory: (filter: AlertQuery) => ['alert', 'history', filter],
  alert: (id: string) => ['alert', 'one', id],
  alertRules: ['alert-rule'],
  channels: ['channel'],
  channelMessages: (id: string) => ['channel', 'messages', id],
  browserPush: ['channel', 'push'],
  questions: ['question', 'list'],
  budgets: ['budget', 'list'],
  views: ['view', 'list'],
  prices: ['prices'],
} as const
