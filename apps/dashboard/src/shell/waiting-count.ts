import { useSyncExternalStore } from 'react'

/** How much waits for the person at this page, for the title of the tab and its icon. */
let count = 0
const listeners = new Set<() => void>()

export function setWaitingCount(next: number): void {
  if (next === count) return
  count = next
  for (const listener of listeners) listener()
}

export function useWaitingCount(): number {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    () => count,
  )
}
