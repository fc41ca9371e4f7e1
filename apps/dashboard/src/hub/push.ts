import { type UseMutationResult, type UseQueryResult, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { type BrowserPush, readBrowserPush, subscribeBrowser, unsubscribeBrowser } from './push-browser.ts'
import { keys } from './query-key.ts'
import { wholeHub } from './whole-hub.ts'

export function useBrowserPush(): UseQueryResult<BrowserPush> {
  return useQuery({ queryKey: keys.browserPush, queryFn: ({ signal }) => readBrowserPush(signal) })
}

/** Ends the subscription of any browser. */
export function useRemoveBrowser(): UseMutationResult<void, Error, string> {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (id: string) => wholeHub.removePushSubscription(id),
    onSuccess: () => client.invalidateQueries({ queryKey: keys.channels }),
  })
}

/** Switches notifications of this browser on or off. */
export function useSwitchPush(): UseMutationResult<void, Error, 'on' | 'off'> {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (wanted: 'on' | 'off') => (wanted === 'on' ? subscribeBrowser() : unsubscribeBrowser()),
    // Also after a failure: the permission may be another.
    onSettled: () => client.invalidateQueries({ queryKey: keys.channels }),
  })
}
