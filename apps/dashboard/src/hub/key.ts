import type { CreatedKey, Key, KeyRequest } from '@signalbox/client'
import { type UseMutationResult, type UseQueryResult, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { hub } from './hub.ts'
import { keys } from './query-key.ts'

export type { CreatedKey, Key, KeyRequest } from '@signalbox/client'

export function useKeys(): UseQueryResult<Key[]> {
  return useQuery({ queryKey: keys.keys, queryFn: ({ signal }) => hub.listKeys({ limit: 100 }, { signal }) })
}

/** Creates a key. The response contains its secret, which only the component that shows it keeps. */
export function useCreateKey(): UseMutationResult<CreatedKey, Error, KeyRequest> {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (request: KeyRequest) => hub.createKey(request),
    gcTime: 0,
    onSuccess: () => client.invalidateQueries({ queryKey: keys.keys }),
  })
}

export function useRevokeKey(): UseMutationResult<void, Error, string> {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (id: string) => hub.revokeKey(id),
    onSuccess: () => client.invalidateQueries({ queryKey: keys.keys }),
  })
}
