import type { WhoAmI } from '@signalbox/client'
import { type UseMutationResult, useMutation, useQueryClient } from '@tanstack/react-query'
import { useLiveContext } from './live-context.ts'
import { clearSavedLimits } from './saved-limits.ts'
import { wholeHub } from './whole-hub.ts'

/** Exchanges a key for a cookie and refetches everything. */
export function useLogin(): UseMutationResult<WhoAmI, Error, string> {
  const client = useQueryClient()
  const { connection } = useLiveContext()
  return useMutation({
    mutationFn: (key: string) => wholeHub.login(key),
    onSuccess: () => {
      connection.reopen()
      return client.resetQueries()
    },
  })
}

/** Deletes the cookie and every number that was on the page, and ends the event stream. */
export function useLogout(): UseMutationResult<void, Error, void> {
  const client = useQueryClient()
  const { connection } = useLiveContext()
  return useMutation({
    mutationFn: () => wholeHub.logout(),
    onSuccess: () => {
      connection.reopen()
      clearSavedLimits()
      return client.resetQueries()
    },
  })
}
