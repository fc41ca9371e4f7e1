import { createContext, useContext, useSyncExternalStore } from 'react'
import type { Live } from './live.ts'
import type { LiveState } from './live-connection.ts'

export const LiveContext = createContext<Live | undefined>(undefined)

export function useLiveContext(): Live {
  const live = useContext(LiveContext)
  if (live === undefined) throw new Error('useLiveContext is used outside LiveContext')
  return live
}

/** State of the live connection. */
export function useLive(): LiveState {
  const { connection } = useLiveContext()
  return useSyncExternalStore(connection.subscribe, connection.state)
}
