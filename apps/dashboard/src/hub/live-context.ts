import { createContext, useContext, useSyncExternalStore } from 'react'
import type { Live, LiveSnapshot } from './live.ts'

export const LiveContext = createContext<Live | undefined>(undefined)

/** Whether the page hears of changes as they happen. */
export function useLive(): LiveSnapshot {
  const live = useContext(LiveContext)
  if (live === undefined) throw new Error('useLive is used outside LiveContext')
  return useSyncExternalStore(live.subscribe, live.snapshot)
}
