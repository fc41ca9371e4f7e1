import { ApiClientError, type EventQuery, type HubEvent } from '@signalbox/client'
import { type UseMutationResult, type UseQueryResult, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { hub } from './hub.ts'
import { keys } from './query-key.ts'

export type { EventQuery } from '@signalbox/client'

/** Events of one request, of the list on the screen, and of an export at most. */
const PAGE_EVENTS = 100
const MAX_SHOWN_EVENTS = 500
const EXPORT_PAGE_EVENTS = 1_000

/** The events on the screen, oldest first. */
export interface EventLog {
  readonly events: readonly HubEvent[]
  /** Whether the log has older ones. */
  readonly hasOlder: boolean
}

/** The newest events that match, live: events make it read those that came since. */
export function useEventLog(query: EventQuery): UseQueryResult<EventLog> {
  const client = useQueryClient()
  const queryKey = keys.eventLog(query)
  return useQuery({
    queryKey,
    queryFn: ({ signal }) => readOn(client.getQueryData<EventLog>(queryKey), query, signal),
    // A log that was left is shown at once, before a hub that is away too, and read on from its end.
    refetchOnMount: 'always',
  })
}

/** Reads the events before those on the screen. */
export function useOlderEvents(query: EventQuery): UseMutationResult<void, Error, void> {
  const client = useQueryClient()
  const queryKey = keys.eventLog(query)
  return useMutation({
    mutationFn: async () => {
      const first = client.getQueryData<EventLog>(queryKey)?.events[0]
      if (first === undefined) return
      const older = await hub.listEvents({ ...query, before: first.id, limit: PAGE_EVENTS })
      client.setQueryData<EventLog>(queryKey, (log) =>
        log?.events[0]?.id === first.id ? { events: [...older, ...log.events], hasOlder: older.length === PAGE_EVENTS } : log,
      )
    },
  })
}

async function readOn(known: EventLog | undefined, query: EventQuery, signal: AbortSignal): Promise<EventLog> {
  const last = known?.events.at(-1)
  if (known === undefined || last === undefined) return readNewest(query, signal)
  try {
    const newer = await hub.listEvents({ ...query, after: last.id, limit: EXPORT_PAGE_EVENTS }, { signal })
    // After a long absence the newest matter, not all between.
    if (newer.length === EXPORT_PAGE_EVENTS) return await readNewest(query, signal)
    const events = [...known.events, ...newer]
    const dropped = Math.max(0, events.length - Math.max(MAX_SHOWN_EVENTS, known.events.length))
    return { events: events.slice(dropped), hasOlder: known.hasOlder || dropped > 0 }
  } catch (error) {
    // The log has lost that event, or is another one.
    if (error instanceof ApiClientError && error.code === 'gone') return readNewest(query, signal)
    throw error
  }
}

async function readNewest(query: EventQuery, signal: AbortSignal): Promise<EventLog> {
  const events = await hub.listEvents({ ...query, limit: PAGE_EVENTS }, { signal })
  return { events, hasOlder: events.length === PAGE_EVENTS }
}

/** Every event of the log that matches, oldest first. */
export async function readAllEvents(query: EventQuery, signal: AbortSignal): Promise<HubEvent[]> {
  const pages: HubEvent[][] = []
  let before: number | undefined
  for (;;) {
    const page = await hub.listEvents({ ...query, limit: EXPORT_PAGE_EVENTS, ...(before === undefined ? {} : { before }) }, { signal })
    pages.push(page)
    if (page.length < EXPORT_PAGE_EVENTS) return pages.reverse().flat()
    before = page[0]?.id
  }
}
