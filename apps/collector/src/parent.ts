/** A message from `signalbox up`, when it is the parent process. */
export interface FromParent {
  /** A key that the hub accepts. */
  readonly key?: string
}

/** A message to the parent process. */
export type ToParent = { readonly collecting: true } | { readonly keyRefused: true }

/** @returns whether there is a connected parent process */
export function notifyParent(message: ToParent): boolean {
  if (process.send === undefined || !process.connected) return false
  process.send(message, undefined, undefined, () => {})
  return true
}

/** Any message, even an empty one, means that a retry is worth it now. */
export function onParentMessage(receive: (message: FromParent) => void): void {
  process.on('message', (message) => {
    if (typeof message !== 'object' || message === null) return
    const { key } = message as { key?: unknown }
    receive(typeof key === 'string' ? { key } : {})
  })
}
