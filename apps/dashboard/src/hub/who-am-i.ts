import type { WhoAmI } from '@signalbox/client'
import { queryOptions, type UseQueryResult, useQuery } from '@tanstack/react-query'
import { hub } from './hub.ts'
import { isUnauthorized, POLL_INTERVAL_MS } from './query-client.ts'
import { keys } from './query-key.ts'

export type { Scope, WhoAmI } from '@signalbox/client'

/** Pause before the identity is asked for again when there was no answer. */
const RETRY_INTERVAL_MS = 5_000

export const whoAmIQuery = queryOptions({ queryKey: keys.whoAmI, queryFn: ({ signal }) => hub.whoAmI({ signal }) })

/** The identity of this browser; an `unauthorized` error means that the hub requires a key. */
export function useWhoAmI(): UseQueryResult<WhoAmI> {
  return useQuery({
    ...whoAmIQuery,
    // Without a key the first answer is the last until one is given: the sign-in form shows at once.
    retryOnMount: ({ state: { error } }) => !isUnauthorized(error),
    // A slow hub may have refused everything else meanwhile; without an answer the page would never show the sign-in form.
    refetchInterval: ({ state: { error } }) => (error === null || isUnauthorized(error) ? POLL_INTERVAL_MS : RETRY_INTERVAL_MS),
  })
}
