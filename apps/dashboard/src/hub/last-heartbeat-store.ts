import { t } from '../words/hub.ts'

/** Time of the last heartbeat of each session and machine. Heartbeats are frequent, so each notifies only its own subscribers. */
export interface LastHeartbeatStore {
  /** Milliseconds since 1970; undefined when none arrived while the page was open. */
  readonly last: (id: string) => number | undefined
  readonly record: (id: string, at: number) => void
  readonly subscribe: (id: string, listener: () => void) => () => void
}

/** Entries kept; beyond that the one updated least recently is dropped. */
const MAX_ENTRIES = 5_000

export function createLastHeartbeatStore(): LastHeartbeatStore {
  const lastHeartbeats = new Map<string, number>()
  const listeners = new Map<string, Set<() => void>>()
  return {
    last: (id) => lastHeartbeats.get(id),
    record(id, at) {
      const known = lastHeartbeats.get(id)
      if (Number.isNaN(at) || (known !== undefined && at <= known)) return
      lastHeartbeats.delete(id)
      lastHeartbeats.set(id, at)
      const [oldest] = lastHeartbeats.keys()
      if (lastHeartbeats.size > MAX_ENTRIES && oldest !== undefined) lastHeartbeats.delete(oldest)
      for (const listener of listeners.get(id) ?? []) listener()
    },
    subscribe(id, listener) {
      const own = listeners.get(id) ?? new Set()
      listeners.set(id, own)
      own.add(listener)
      return () => {
        own.delete(listener)
        if (own.size === 0) listeners.delete(id)
      }
    },
  }
}

/** Key of a machine in the store; sessions are stored under their id. */
export const machineHeartbeatKey = (id: string) => t.machine(id)
