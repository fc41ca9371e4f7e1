import { useSyncExternalStore } from 'react'
import { stored } from '../ui/stored.ts'

const STORAGE_KEY = 'signalbox.shortcuts'
const listeners = new Set<() => void>()
let on = stored.read(STORAGE_KEY) !== 'off'

/** Shortcuts without a modifier interfere with speech input, so they can be disabled (WCAG 2.1.4). */
export function setShortcuts(next: boolean): void {
  on = next
  stored.write(STORAGE_KEY, next ? undefined : 'off')
  for (const listener of listeners) listener()
}

export function useShortcutSetting(): boolean {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    () => on,
  )
}
