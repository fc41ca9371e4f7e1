import type { Change } from '../../change.ts'
import { IDEMPOTENCY_TTL_MS } from '../../idempotency.ts'
import { textId } from '../text-id.ts'

/** The result of an idempotent change, written with the change itself (field `done`). */
export interface DocumentResult {
  /** Identifies the request. */
  readonly mark: string
  /** JSON. */
  readonly result: string
  /** Milliseconds. */
  readonly at: number
}

/** The most results in one document; only results of crashed hubs stay longer than a request. */
const MAX_RESULTS_PER_DOCUMENT = 16
const MAX_SETTLED_MARKS = 10_000

export function resultMark({ idempotency }: Change): string | undefined {
  return idempotency && textId(`${idempotency.owner}\n${idempotency.key}\n${idempotency.fingerprint}`)
}

/**
 * A change and its idempotency record are two writes: a hub that crashes between them has done the work without a record of
 * it. So the write of the change contains the result too, until the record is known to be stored.
 */
export class DocumentResults {
  /** The marks of results whose record this hub has stored, newest last. */
  readonly #settled = new Set<string>()

  /** @returns the result as JSON; undefined when the request has not changed this document */
  find(stored: readonly DocumentResult[] | undefined, mark: string | undefined, now: number): string | undefined {
    return stored?.find((one) => one.mark === mark && now - one.at < IDEMPOTENCY_TTL_MS)?.result
  }

  /** The results of a document after a change. */
  after(stored: readonly DocumentResult[] | undefined, mark: string, result: unknown, now: number): DocumentResult[] {
    const unsettled = (stored ?? []).filter((one) => !this.#settled.has(one.mark) && now - one.at < IDEMPOTENCY_TTL_MS)
    return [...unsettled, { mark, result: JSON.stringify(result ?? null), at: now }].slice(-MAX_RESULTS_PER_DOCUMENT)
  }

  /** The results of a document after the change of a request was rolled back. */
  without(stored: readonly DocumentResult[] | undefined, mark: string): DocumentResult[] {
    return (stored ?? []).filter((one) => one.mark !== mark)
  }

  /** To be called when the record of a request is stored: its result is dropped by the next change. */
  settle(mark: string | undefined): void {
    if (mark === undefined) return
    this.#settled.add(mark)
    if (this.#settled.size > MAX_SETTLED_MARKS) this.#settled.delete(this.#settled.values().next().value!)
  }
}
