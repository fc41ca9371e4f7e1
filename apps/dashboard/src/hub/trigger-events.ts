import type { LimitTrigger } from '@signalbox/contract/limit-trigger'

/** Progress of triggered snapshots, by trigger id. */
export interface TriggerEvents {
  readonly last: (id: string) => LimitTrigger | undefined
  readonly record: (trigger: LimitTrigger) => void
  readonly subscribe: (listener: () => void) => () => void
}

/** Triggers kept, including those of other clients. */
const MAX_TRIGGERS = 50

export function createTriggerEvents(): TriggerEvents {
  const latest = new Map<string, LimitTrigger>()
  const listeners = new Set<() => void>()
  return {
    last: (id) => latest.get(id),
    record(trigger) {
      latest.delete(trigger.id)
      latest.set(trigger.id, trigger)
      const [oldest] = latest.keys()
      if (latest.size > MAX_TRIGGERS && oldest !== undefined) latest.delete(oldest)
      for (const listener of listeners) listener()
    },
    subscribe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}
