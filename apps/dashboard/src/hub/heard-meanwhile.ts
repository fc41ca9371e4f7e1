import type { LiveEvent } from '@signalbox/client'

/** Keeps what happens while an answer is on its way: the answer may be from before it. */
export interface HeardMeanwhile {
  readonly hear: (event: LiveEvent) => void
  /** Runs a question; the answer comes with the events that were heard since it was asked. */
  readonly during: <T>(ask: () => Promise<T>) => Promise<readonly [T, readonly LiveEvent[]]>
}

export function createHeardMeanwhile(): HeardMeanwhile {
  const asking = new Set<LiveEvent[]>()
  return {
    hear(event) {
      for (const events of asking) events.push(event)
    },
    async during(ask) {
      const events: LiveEvent[] = []
      asking.add(events)
      try {
        return [await ask(), events]
      } finally {
        asking.delete(events)
      }
    },
  }
}

/** One for the page, as there is one hub. */
export const heardMeanwhile = createHeardMeanwhile()
