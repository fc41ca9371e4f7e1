import type { SessionCheck } from '@signalbox/contract/usage-check'
import { type UseQueryResult, useQuery } from '@tanstack/react-query'
import { keys } from './query-key.ts'
import { wholeHub } from './whole-hub.ts'

/** Why the sources of a session differ, in words; shared with the command line. */
export { checkReasonDetails, formatCheckReason } from '@signalbox/client/check-reason'
export { type CountedField, countedSession, hasNothing } from '@signalbox/client/counted-session'

/** What rows, Claude Code's own record and telemetry have of a session, side by side. */
export function useUsageCheck(session: string, options: { readonly enabled?: boolean } = {}): UseQueryResult<SessionCheck> {
  return useQuery({
    queryKey: keys.usageCheck(session),
    queryFn: ({ signal }) => wholeHub.checkSessionUsage(session, { signal }),
    enabled: options.enabled ?? true,
  })
}
