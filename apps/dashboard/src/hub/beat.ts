import { useContext, useSyncExternalStore } from 'react'
import { LiveContext } from './live-context.ts'

/** When each session and each machine was last heard of. Beats come often, so each is told only to who shows that one. */
export interface Beats {
  /** Milliseconds since 1970; undefined when it was not heard while the page was open. */
  readonly last: (id: string) => number | undefined
  readonly hear: (id: string, at: number) => void
  readonly subscribe: (id: string, listener: () => void) => () => void
}

/** As many are remembered; after that the one that was silent for longest is forgotten. */
const REMEMBERED = 5_000

export function createBeats(): Beats {
  const heard = new Map<string, number>()
  const listeners = new Map<string, Set<() => void>>()
  return {
    last: (id) => heard.get(id),
    hear(id, at) {
      const known = heard.get(id)
      if (Number.isNaN(at) || (known !== undefined && at <= known)) return
      heard.delete(id)
      heard.set(id, at)
      const [oldest] = heard.keys()
      if (heard.size > REMEMBERED && oldest !== undefined) heard.delete(oldest)
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

export const machineBeat = (id: string) => `machine ${id}`

/**
 * The last beat, in milliseconds since 1970.
 * @param id of a session, or what `machineBeat` makes of that of a machine
 * @param known ISO 8601: what the last answer said
 */
export function useBeat(id: string, known: string): number {
  const live = useContext(LiveContext)
  if (live === undefined) throw new Error('useBeat is used outside LiveContext')
  const { beats } = live
  const heard = useSyncExternalStore(
    (listener) => beats.subscribe(id, listener),
    () => beats.last(id),
  )
  return Math.max(heard ?? Number.NEGATIVE_INFINITY, Date.parse(known))
}
