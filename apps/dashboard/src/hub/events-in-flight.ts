import type { LiveEvent } from '@signalbox/client'

/** Events received while a request is in flight: the response may be older than they are. */
export interface EventsInFlight {
  readonly record: (event: LiveEvent) => void
  /** Runs a request and returns its response with the events received since it started. */
  readonly collectDuring: <T>(load: () => Promise<T>) => Promise<readonly [T, readonly LiveEvent[]]>
}

export function createEventsInFlight(): EventsInFlight {
  const collecting = new Set<LiveEvent[]>()
  return {
    record(event) {
      for (const events of collecting) events.push(event)
    },
    async collectDuring(load) {
      const events: LiveEvent[] = []
      collecting.add(events)
      try {
        return [await load(), events]
      } finally {
        collecting.delete(events)
      }
    },
  }
}

/** One instance for the page: there is one hub. */
export const eventsInFlight = createEventsInFlight()
