import { StateTrackingApiClient } from '@signalbox/client'
import type { DeleteDataResult } from '@signalbox/contract/data-deletion'
import { type UseMutationResult, useMutation, useQueryClient } from '@tanstack/react-query'
import { hubOptions } from './hub.ts'

export type DeletedData = DeleteDataResult

/** What to delete the data of. */
export type DataOwner = { readonly machine_id: string } | { readonly project: string } | { readonly account: string }

const hub = new StateTrackingApiClient(hubOptions)

/** Counts what would be deleted, or deletes it. */
export function useDeleteData(): UseMutationResult<DeletedData, Error, { readonly of: DataOwner; readonly isCount: boolean }> {
  const client = useQueryClient()
  return useMutation({
    mutationFn: ({ of, isCount }) => hub.deleteData({ ...of }, isCount ? { dry_run: true } : { confirm: true }),
    onSuccess: (_, { isCount }) => (isCount ? undefined : client.invalidateQueries()),
  })
}
