import { ApiClientError } from '@signalbox/client'
import { QueryCache, QueryClient } from '@tanstack/react-query'
import { keys } from './query-key.ts'

/** The fallback of the live stream, in milliseconds. */
export const POLL = 5 * 60_000

/** One cache for the page. What is fetched stays until something newer replaces it; the live stream says when to ask again. */
export function createQueryClient(): QueryClient {
  const client: QueryClient = new QueryClient({
    queryCache: new QueryCache({
      // A cookie that ran out shows up in whichever answer comes first: ask again who we are, and the shell asks for a key.
      onError: (error, query) => {
        if (isUnauthorized(error) && query.queryKey[0] !== keys.whoAmI[0]) void client.invalidateQueries({ queryKey: keys.whoAmI })
      },
    }),
    defaultOptions: {
      queries: {
        // The client has tried again already, where that makes sense.
        retry: false,
        // A hub on this machine is there when the network is not.
        networkMode: 'always',
        staleTime: 30_000,
        gcTime: 10 * 60_000,
        refetchInterval: POLL,
        refetchOnWindowFocus: true,
        refetchOnReconnect: true,
      },
      mutations: { retry: false, networkMode: 'always' },
    },
  })
  return client
}

export function isUnauthorized(error: unknown): boolean {
  return error instanceof ApiClientError && error.code === 'unauthorized'
}
