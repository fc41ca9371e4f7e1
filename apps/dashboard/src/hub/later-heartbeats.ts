import { useMemo } from 'react'
import { useLiveContext } from './live-context.ts'

/** Later heartbeats of a session or machine, which render nothing. */
export interface LaterHeartbeats {
  /** In milliseconds since 1970; undefined when none arrived while the page was open. */
  readonly last: () => number | undefined
  readonly subscribe: (listener: () => void) => () => void
}

/** @param id a session id, or the `machineHeartbeatKey` of a machine */
export function useLaterHeartbeats(id: string): LaterHeartbeats {
  const { lastHeartbeats } = useLiveContext()
  return useMemo(
    () => ({ last: () => lastHeartbeats.last(id), subscribe: (listener) => lastHeartbeats.subscribe(id, listener) }),
    [lastHeartbeats, id],
  )
}
