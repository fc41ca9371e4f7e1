import { HubError } from '../../../hub-error.ts'

/**
 * Runs the changes of one document one at a time within a hub. The document's revision would also resolve concurrent
 * changes, but of two hundred each round would let one succeed, and the last one would need two hundred attempts.
 */
export class DocumentQueue {
  /** The waiting changes of each document that is being changed, in the order of arrival. */
  readonly #waiting = new Map<string, (() => void)[]>()

  async run<T>(id: string, work: () => Promise<T>): Promise<T> {
    const queue = this.#waiting.get(id)
    if (queue === undefined) this.#waiting.set(id, [])
    else await new Promise<void>((resolve) => queue.push(resolve))
    try {
      return await work()
    } catch (error) {
      // The store failed: the waiting changes start together, so that they fail together and not one after the other.
      if (!(error instanceof HubError)) for (const go of this.#waiting.get(id)?.splice(0) ?? []) go()
      throw error
    } finally {
      this.#next(id)
    }
  }

  #next(id: string): void {
    const queue = this.#waiting.get(id)
    const go = queue?.shift()
    if (go !== undefined) go()
    else this.#waiting.delete(id)
  }
}
