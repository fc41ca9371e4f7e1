import { HubError } from '../../hub-error.ts'

/**
 * Changes of one document come one after the other in one hub. Two at once would be decided by the revision of the
 * document as well, but of two hundred each round lets only one through, and the last one would try two hundred times.
 */
export class Turns {
  /** Who waits for each document that is being changed, the first comer first. */
  readonly #waiting = new Map<string, (() => void)[]>()

  async take<T>(id: string, work: () => Promise<T>): Promise<T> {
    const line = this.#waiting.get(id)
    if (line === undefined) this.#waiting.set(id, [])
    else await new Promise<void>((resolve) => line.push(resolve))
    try {
      return await work()
    } catch (error) {
      // The store itself: whoever waits would fail as well, each after a wait of its own. So they fail together.
      if (!(error instanceof HubError)) for (const go of this.#waiting.get(id)?.splice(0) ?? []) go()
      throw error
    } finally {
      this.#next(id)
    }
  }

  #next(id: string): void {
    const line = this.#waiting.get(id)
    const go = line?.shift()
    if (go !== undefined) go()
    else this.#waiting.delete(id)
  }
}
