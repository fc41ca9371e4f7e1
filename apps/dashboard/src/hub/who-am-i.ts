import type { WhoAmI } from '@signalbox/client'
import { type UseQueryResult, useQuery } from '@tanstack/react-query'
import { hub } from './hub.ts'
import { isUnauthorized, POLL_INTERVAL_MS } from './query-client.ts'
import { keys } from './query-key.ts'

export type { Scope, WhoAmI } from '@signalbox/client'

/** Pause before the identity is asked for again when there was no answer. */
const RETRY_INTERVAL_MS = 5_000

/** The identity of this browser; an `unauthorized` error means that the hub requires a key. */
export function useWhoAmI(): UseQueryResult<WhoAmI> {
  return useQuery({
    queryKey: keys.whoAmI,
    queryFn: ({ signal }) => hub.whoAmI({ signal }),
    // A slow hub may have refused everything else meanwhile; without an answer the page would never show the sign-in form.
    refetchInterval: ({ state: { error } }) => (error === null || isUnauthorized(error) ? POLL_INTERVAL_MS : RETRY_INTERVAL_MS),
  })
}
