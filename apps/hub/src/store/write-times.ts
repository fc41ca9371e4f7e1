/** How long writes take until they are durable, for the metrics of the hub; at most one listener. */
export class WriteTimes {
  #listener: ((seconds: number) => void) | undefined

  listen(listener: (seconds: number) => void): void {
    this.#listener = listener
  }

  /** @param from of `performance.now()` */
  note(from: number): void {
    this.#listener?.((performance.now() - from) / 1000)
  }
}
