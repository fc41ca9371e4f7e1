import type { Health } from '@signalbox/contract/health'
import { type UseQueryResult, useQuery } from '@tanstack/react-query'
import { keys } from './query-key.ts'
import { wholeHub } from './whole-hub.ts'

/** The version and the health of the hub. */
export function useHubHealth(): UseQueryResult<Health> {
  return useQuery({ queryKey: keys.health, queryFn: ({ signal }) => wholeHub.checkHealth({ signal }) })
}
