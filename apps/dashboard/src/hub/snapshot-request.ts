import type { LimitTrigger, TriggerResponse } from '@signalbox/contract/limit-trigger'
import { useMutation } from '@tanstack/react-query'
import { useSyncExternalStore } from 'react'
import { hubWithoutRetry } from './hub.ts'
import { useLiveContext } from './live-context.ts'
import { type Problem, toProblem } from './problem.ts'

export interface SnapshotRequest {
  readonly send: () => void
  readonly reset: () => void
  readonly sending: boolean
  /** The hub's response: the collector that it triggered. */
  readonly accepted: TriggerResponse | undefined
  /** The collector's latest progress. */
  readonly progress: LimitTrigger | undefined
  /** The reason why no collector was triggered. */
  readonly problem: Problem | undefined
}

/** Triggers a new snapshot by a collector. @param account undefined for the only one */
export function useRequestSnapshot(account: string | undefined): SnapshotRequest {
  const { triggers } = useLiveContext()
  const mutation = useMutation({ mutationFn: () => hubWithoutRetry.triggerLimitSnapshot({ account }) })
  const id = mutation.data?.id
  const progress = useSyncExternalStore(triggers.subscribe, () => (id === undefined ? undefined : triggers.last(id)))
  return {
    send: mutation.mutate,
    reset: mutation.reset,
    sending: mutation.isPending,
    accepted: mutation.data,
    progress,
    problem: mutation.error === null ? undefined : toProblem(mutation.error),
  }
}
