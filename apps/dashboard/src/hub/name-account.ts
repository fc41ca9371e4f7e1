import type { NamedAccount } from '@signalbox/contract/account'
import { type UseMutationResult, useMutation, useQueryClient } from '@tanstack/react-query'
import { keys } from './query-key.ts'
import { wholeHub } from './whole-hub.ts'

/** Gives an account a name; null takes it away. */
export function useNameAccount(): UseMutationResult<NamedAccount, Error, { readonly account: string; readonly name: string | null }> {
  const client = useQueryClient()
  return useMutation({
    mutationFn: ({ account, name }) => wholeHub.nameAccount(account, name),
    onSuccess: () => client.invalidateQueries({ queryKey: keys.limits }),
  })
}
