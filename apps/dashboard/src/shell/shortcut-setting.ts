import { useSyncExternalStore } from 'react'

const STORED = 'signalbox.shortcuts'
const listeners = new Set<() => void>()
let on = read()

function read(): boolean {
  try {
    return localStorage.getItem(STORED) !== 'off'
  } catch {
    return true
  }
}

/** Keys without a modifier get in the way of speech input, so they can be switched off (WCAG 2.1.4). */
export function setShortcuts(next: boolean): void {
  on = next
  try {
    if (next) localStorage.removeItem(STORED)
    else localStorage.setItem(STORED, 'off')
  } catch {
    // Kept as long as the page is open.
  }
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
