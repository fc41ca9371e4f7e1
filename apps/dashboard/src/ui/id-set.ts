import { useSyncExternalStore } from 'react'

/** A set of ids that components follow, each only its own id. */
export interface IdSet {
  readonly has: (id: string) => boolean
  readonly all: () => ReadonlySet<string>
  readonly set: (id: string, included: boolean) => void
  /** Replaces the whole set. */
  readonly replace: (ids: Iterable<string>) => void
  readonly subscribe: (listener: () => void) => () => void
}

export function createIdSet(): IdSet {
  let ids: ReadonlySet<string> = new Set()
  const listeners = new Set<() => void>()
  const replace = (next: Iterable<string>) => {
    ids = new Set(next)
    for (const listener of listeners) listener()
  }
  return {
    has: (id) => ids.has(id),
    all: () => ids,
    set: (id, included) => replace(included ? [...ids, id] : [...ids].filter((one) => one !== id)),
    replace,
    subscribe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}

export function useHasId(set: IdSet, id: string): boolean {
  return useSyncExternalStore(set.subscribe, () => set.has(id))
}

export function useIds(set: IdSet): ReadonlySet<string> {
  return useSyncExternalStore(set.subscribe, set.all)
}
