import type { CreatedKey, Key, KeyRequest } from '@signalbox/client'
import { type UseMutationResult, type UseQueryResult, useIsMutating, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { hub } from './hub.ts'
import { keys } from './query-key.ts'

export type { CreatedKey, Key, KeyRequest } from '@signalbox/client'

export function useKeys(): UseQueryResult<Key[]> {
  return useQuery({ queryKey: keys.keys, queryFn: ({ signal }) => hub.listKeys({ limit: 100 }, { signal }) })
}

const CREATING = ['create-key']

/**
 * Makes a key. The answer has the key itself; it is kept nowhere but in the component that shows it.
 * @param signIn also gives it for a cookie: with the first key there is, the hub begins to ask for one, and would ask whoever made it
 */
export function useCreateKey(signIn: boolean): UseMutationResult<CreatedKey, Error, KeyRequest> {
  const client = useQueryClient()
  return useMutation({
    mutationKey: CREATING,
    mutationFn: async (request: KeyRequest) => {
      const created = await hub.createKey(request)
      if (signIn && created.key !== undefined) await hub.login(created.key)
      return created
    },
    gcTime: 0,
    onSuccess: () => Promise.all([client.invalidateQueries({ queryKey: keys.whoAmI }), client.invalidateQueries({ queryKey: keys.keys })]),
  })
}

/** True while a key is being made: a refusal in that moment is not yet a reason to ask for one. */
export function useIsCreatingKey(): boolean {
  return useIsMutating({ mutationKey: CREATING }) > 0
}

export function useRevokeKey(): UseMutationResult<void, Error, string> {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (id: string) => hub.revokeKey(id),
    onSuccess: () => client.invalidateQueries({ queryKey: keys.keys }),
  })
}
