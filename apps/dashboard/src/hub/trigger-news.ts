import type { LimitTrigger } from '@signalbox/contract/limits'

/** How far the readings that were asked for have come, by id. */
export interface TriggerNews {
  readonly last: (id: string) => LimitTrigger | undefined
  readonly hear: (trigger: LimitTrigger) => void
  readonly subscribe: (listener: () => void) => () => void
}

/** Others ask for readings too; as many are remembered. */
const REMEMBERED = 50

export function createTriggerNews(): TriggerNews {
  const heard = new Map<string, LimitTrigger>()
  const listeners = new Set<() => void>()
  return {
    last: (id) => heard.get(id),
    hear(trigger) {
      heard.delete(trigger.id)
      heard.set(trigger.id, trigger)
      const [oldest] = heard.keys()
      if (heard.size > REMEMBERED && oldest !== undefined) heard.delete(oldest)
      for (const listener of listeners) listener()
    },
    subscribe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}
