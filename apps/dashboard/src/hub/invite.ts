import type { Invite } from '@signalbox/client'
import { type UseMutationResult, useMutation } from '@tanstack/react-query'
import { wholeHub } from './whole-hub.ts'

export type { Invite } from '@signalbox/client'

/** Creates an invite for another machine. Its code is in this response only, which only the component that shows it keeps. */
export function useCreateInvite(): UseMutationResult<Invite, Error, void> {
  return useMutation({ mutationFn: () => wholeHub.createInvite(), gcTime: 0 })
}
