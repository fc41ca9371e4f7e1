import { type Change, ONCE_KEPT_MS } from '../store.ts'
import { textId } from './text-id.ts'

/** What a change that was to happen once was answered with, kept by the change itself. */
export interface Answer {
  /** Says which request it was. */
  readonly mark: string
  /** JSON. */
  readonly result: string
  /** Milliseconds. */
  readonly at: number
}

/** As many wait in one document for their hubs to say that they are kept elsewhere; only hubs that died leave any. */
const KEPT = 16
const SETTLED = 10_000

export function markOf({ once }: Change): string | undefined {
  return once && textId(`${once.owner}\n${once.key}\n${once.fingerprint}`)
}

/**
 * A change and the answer that is kept of it are two writes: a hub that dies between them has done the work, and nobody
 * would know. So the answer is in the write of the change as well, until it is known to be kept.
 */
export class Answers {
  /** Marks of those that this hub has seen kept, the newest last. */
  readonly #settled = new Set<string>()

  /** @returns JSON; undefined where that request did nothing here */
  find(kept: readonly Answer[] | undefined, mark: string | undefined, now: number): string | undefined {
    return kept?.find((answer) => answer.mark === mark && now - answer.at < ONCE_KEPT_MS)?.result
  }

  /** What a document is to keep from now on. */
  after(kept: readonly Answer[] | undefined, mark: string, result: unknown, now: number): Answer[] {
    const waiting = (kept ?? []).filter((answer) => !this.#settled.has(answer.mark) && now - answer.at < ONCE_KEPT_MS)
    return [...waiting, { mark, result: JSON.stringify(result ?? null), at: now }].slice(-KEPT)
  }

  /** What a document is to keep where the change of that request was taken back. */
  without(kept: readonly Answer[] | undefined, mark: string): Answer[] {
    return (kept ?? []).filter((answer) => answer.mark !== mark)
  }

  settle(mark: string | undefined): void {
    if (mark === undefined) return
    this.#settled.add(mark)
    if (this.#settled.size > SETTLED) this.#settled.delete(this.#settled.values().next().value!)
  }
}
