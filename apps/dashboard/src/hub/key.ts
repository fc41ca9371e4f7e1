import type { CreatedKey, Key, KeyRequest } from '@signalbox/client'
import { type UseMutationResult, type UseQueryResult, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { keys } from './query-key.ts'
import { wholeHub } from './whole-hub.ts'

export type { CreatedKey, Key, KeyRequest } from '@signalbox/client'

export function useKeys(): UseQueryResult<Key[]> {
  return useQuery({ queryKey: keys.keys, queryFn: ({ signal }) => wholeHub.listKeys({ limit: 100 }, { signal }) })
}

/** Creates a key. The response contains its secret, which only the component that shows it keeps. */
export function useCreateKey(): UseMutationResult<CreatedKey, Error, KeyRequest> {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (request: KeyRequest) => wholeHub.createKey(request),
    gcTime: 0,
    onSuccess: () => client.invalidateQueries({ queryKey: keys.keys }),
  })
}

export function useRevokeKey(): UseMutationResult<void, Error, string> {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (id: string) => wholeHub.revokeKey(id),
    onSuccess: () => client.invalidateQueries({ queryKey: keys.keys }),
  })
}
