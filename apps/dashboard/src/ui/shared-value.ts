import { useSyncExternalStore } from 'react'

/** A value of this tab that several components show: it outlives each of them. */
export interface SharedValue<T> {
  readonly get: () => T
  readonly set: (next: T) => void
  /** The value, in a component that is drawn anew when it changes. */
  readonly use: () => T
}

export function sharedValue<T>(initial: T): SharedValue<T> {
  let value = initial
  const listeners = new Set<() => void>()
  const subscribe = (listener: () => void) => {
    listeners.add(listener)
    return () => listeners.delete(listener)
  }
  const get = () => value
  return {
    get,
    set(next) {
      value = next
      for (const listener of listeners) listener()
    },
    use: () => useSyncExternalStore(subscribe, get),
  }
}
