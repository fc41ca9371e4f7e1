import { useSyncExternalStore } from 'react'

/** That the panel is open, and the question with which it was opened; each opening is an object of its own. */
export interface Asked {
  readonly question?: string | undefined
}

let asked: Asked | undefined
const listeners = new Set<() => void>()

function set(next: Asked | undefined): void {
  asked = next
  for (const listener of listeners) listener()
}

/** Opens the panel of questions on any screen, and asks what is given. */
export const openAsk = (question?: string): void => set({ question })
export const closeAsk = (): void => set(undefined)

/** Undefined while the panel is closed. */
export function useAsked(): Asked | undefined {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    () => asked,
  )
}
