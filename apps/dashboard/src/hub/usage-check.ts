import * as client from '@signalbox/client/check-reason'
import type { CheckReason, SessionCheck } from '@signalbox/contract/usage-check'
import { type UseQueryResult, useQuery } from '@tanstack/react-query'
import { isGerman } from '../words/language.ts'
import { keys } from './query-key.ts'
import { wholeHub } from './whole-hub.ts'

export { type CountedField, countedSession, hasNothing } from '@signalbox/client/counted-session'

const german = isGerman ? await import('../words/de/packages/check-reason.ts') : undefined

/** Why the sources of a session differ, in words; shared with the command line. */
export const formatCheckReason = (reason: CheckReason) => client.formatCheckReason(reason, german?.checkReasonWords)
export const { checkReasonDetails } = german ?? client

/** What rows, Claude Code's own record and telemetry have of a session, side by side. */
export function useUsageCheck(session: string, options: { readonly enabled?: boolean } = {}): UseQueryResult<SessionCheck> {
  return useQuery({
    queryKey: keys.usageCheck(session),
    queryFn: ({ signal }) => wholeHub.checkSessionUsage(session, { signal }),
    enabled: options.enabled ?? true,
  })
}
