/** What `signalbox up`, when it is our parent, may tell us. */
export interface FromParent {
  /** A key that the hub accepts. */
  readonly key?: string
}

/** What we tell it. */
export type ToParent = { readonly collecting: true } | { readonly keyRefused: true }

/** @returns whether there is a parent that listens */
export function tellParent(message: ToParent): boolean {
  if (process.send === undefined || !process.connected) return false
  process.send(message, undefined, undefined, () => {})
  return true
}

/** Any message means that trying again is worth it now. */
export function listenToParent(heard: (message: FromParent) => void): void {
  process.on('message', (message) => {
    if (typeof message !== 'object' || message === null) return
    const { key } = message as { key?: unknown }
    heard(typeof key === 'string' ? { key } : {})
  })
}
