import type { SignIn } from '@signalbox/client'
import { type UseMutationResult, type UseQueryResult, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { keys } from './query-key.ts'
import { wholeHub } from './whole-hub.ts'

export type { SignIn } from '@signalbox/client'

export function useSignIns(): UseQueryResult<SignIn[]> {
  return useQuery({ queryKey: keys.signIns, queryFn: ({ signal }) => wholeHub.listSignIns({ limit: 100 }, { signal }) })
}

export function useEndSignIn(): UseMutationResult<void, Error, string> {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (id: string) => wholeHub.endSignIn(id),
    onSuccess: () => client.invalidateQueries({ queryKey: keys.signIns }),
  })
}

/** Signs all other browsers out. */
export function useEndOtherSignIns(): UseMutationResult<{ ended: number }, Error, void> {
  const client = useQueryClient()
  return useMutation({
    mutationFn: () => wholeHub.endAllSignIns({ keep_current: 'true' }),
    onSuccess: () => client.invalidateQueries({ queryKey: keys.signIns }),
  })
}
