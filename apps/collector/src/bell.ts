/** Somebody waits until somebody else rings. A ring that nobody heard is heard by the next who waits. */
export class Bell {
  #rung = false
  #wake: (() => void) | undefined

  ring(): void {
    this.#rung = true
    this.#wake?.()
  }

  /** Resolves at the next ring, or at once when one was missed; also when the signal is aborted. */
  heard(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        this.#rung = false
        this.#wake = undefined
        signal.removeEventListener('abort', done)
        resolve()
      }
      if (this.#rung || signal.aborted) return done()
      this.#wake = done
      signal.addEventListener('abort', done, { once: true })
    })
  }
}
