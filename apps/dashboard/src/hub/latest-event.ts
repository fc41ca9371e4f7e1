import { type QueryClient, queryOptions, useQuery } from '@tanstack/react-query'
import { hub } from './hub.ts'
import { keys } from './query-key.ts'

/** So often at most the page shows a new event: a busy hub has fifty a second. */
const STEP_MS = 5_000

export const latestEventQuery = queryOptions({
  queryKey: keys.latestEvent,
  queryFn: async ({ signal }): Promise<number | null> => {
    const [latest] = await hub.listEvents({ limit: 1 }, { signal })
    return latest === undefined ? null : Date.parse(latest.at)
  },
})

/** When the newest event of the log was, in milliseconds since 1970; null where there is none, undefined until it is known. */
export function useLatestEvent(): number | null | undefined {
  return useQuery(latestEventQuery).data
}

/** Notes that an event has arrived. */
export function recordLatestEvent(client: QueryClient, now: number): void {
  const known = client.getQueryData<number | null>(keys.latestEvent)
  if (known !== undefined && now - (known ?? 0) >= STEP_MS) client.setQueryData<number | null>(keys.latestEvent, now)
}
