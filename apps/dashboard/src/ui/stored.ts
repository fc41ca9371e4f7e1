/** What the browser keeps for this page, by key. A full, forbidden or broken storage keeps nothing, and throws nothing. */
export interface Stored {
  /** Undefined where nothing is kept. */
  readonly read: (key: string) => string | undefined
  /** @param text undefined removes it */
  readonly write: (key: string, text: string | undefined) => void
  readonly keys: () => readonly string[]
}

/** @param storage opens the browser's storage; may throw, as may every method of it */
export function createStored(storage: () => Storage): Stored {
  const attempt = <T>(run: (opened: Storage) => T): T | undefined => {
    try {
      return run(storage())
    } catch {
      return undefined
    }
  }
  return {
    read: (key) => attempt((opened) => opened.getItem(key)) ?? undefined,
    write: (key, text) => attempt((opened) => (text === undefined ? opened.removeItem(key) : opened.setItem(key, text))),
    keys: () => attempt((opened) => Object.keys(opened)) ?? [],
  }
}

export const stored: Stored = createStored(() => localStorage)
