import type { WhoAmI } from '@signalbox/client'
import { type UseMutationResult, type UseQueryResult, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { hub } from './hub.ts'
import { keptReading } from './kept-reading.ts'
import { keys } from './query-key.ts'

export type { Scope, WhoAmI } from '@signalbox/client'

/** Who the hub takes this browser for; an `unauthorized` error means that it asks for a key. */
export function useWhoAmI(): UseQueryResult<WhoAmI> {
  return useQuery({ queryKey: keys.whoAmI, queryFn: ({ signal }) => hub.whoAmI({ signal }) })
}

/** Gives a key for a cookie. Everything that was refused before is asked again. */
export function useLogin(): UseMutationResult<WhoAmI, Error, string> {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (key: string) => hub.login(key),
    onSuccess: () => client.resetQueries(),
  })
}

/** Gives the cookie back and forgets every number that was on the page. */
export function useLogout(): UseMutationResult<void, Error, void> {
  const client = useQueryClient()
  return useMutation({
    mutationFn: () => hub.logout(),
    onSuccess: () => {
      keptReading.forget()
      return client.resetQueries()
    },
  })
}
