import { ApiClientError } from '@signalbox/client'
import { QueryCache, QueryClient } from '@tanstack/react-query'
import { keys } from './query-key.ts'

/** Poll interval while the live stream delivers nothing. */
export const POLL_INTERVAL_MS = 5 * 60_000

/** One query cache for the page. Data stays until newer data replaces it; the live stream invalidates it. */
export function createQueryClient(): QueryClient {
  const client: QueryClient = new QueryClient({
    queryCache: new QueryCache({
      // An expired cookie shows up in any response: refetch the identity, and the shell shows the sign-in form.
      onError: (error, query) => {
        if (isUnauthorized(error) && query.queryKey[0] !== keys.whoAmI[0]) askForIdentity(client)
      },
    }),
    defaultOptions: {
      queries: {
        // The API client has already retried.
        retry: false,
        // A hub on this machine is reachable without a network.
        networkMode: 'always',
        staleTime: 30_000,
        gcTime: 10 * 60_000,
        refetchInterval: POLL_INTERVAL_MS,
        refetchOnWindowFocus: true,
        refetchOnReconnect: true,
      },
      mutations: { retry: false, networkMode: 'always' },
    },
  })
  return client
}

/**
 * Refetches the identity after a refusal. Not while it is on its way or refused itself: the sign-in form would go, and everything
 * behind it be refused once more.
 */
export function askForIdentity(client: QueryClient): void {
  const who = client.getQueryState(keys.whoAmI)
  if (who?.fetchStatus !== 'fetching' && !isUnauthorized(who?.error)) void client.invalidateQueries({ queryKey: keys.whoAmI })
}

export function isUnauthorized(error: unknown): boolean {
  return error instanceof ApiClientError && error.code === 'unauthorized'
}
