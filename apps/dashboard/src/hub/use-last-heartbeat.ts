import { useSyncExternalStore } from 'react'
import { useLiveContext } from './live-context.ts'

/**
 * Time of the last heartbeat, in milliseconds since 1970.
 * @param id a session id, or the `machineHeartbeatKey` of a machine
 * @param known ISO 8601: the heartbeat in the last response
 */
export function useLastHeartbeat(id: string, known: string): number {
  const { lastHeartbeats } = useLiveContext()
  const recorded = useSyncExternalStore(
    (listener) => lastHeartbeats.subscribe(id, listener),
    () => lastHeartbeats.last(id),
  )
  return Math.max(recorded ?? Number.NEGATIVE_INFINITY, Date.parse(known))
}
