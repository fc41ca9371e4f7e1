import { HubError } from '../hub-error.ts'

/** Open event streams of one key, or of all callers without one: a browser has one for each tab. */
export const MAX_STREAMS_PER_KEY = 2_000
/** Open event streams in all. */
export const MAX_STREAMS = 5_000
const RETRY_AFTER_S = 30

/** Counts the open event streams: each costs a connection, and a write for every event. */
export class StreamCount {
  readonly #perKey: number
  readonly #total: number
  readonly #byKey = new Map<string, number>()
  #open = 0

  constructor(perKey = MAX_STREAMS_PER_KEY, total = MAX_STREAMS) {
    this.#perKey = perKey
    this.#total = total
  }

  /**
   * @returns a function to be called when the stream has ended
   * @throws HubError `rate_limit_exceeded`
   */
  add(key: string): () => void {
    const ofKey = this.#byKey.get(key) ?? 0
    if (ofKey >= this.#perKey || this.#open >= this.#total) {
      const whose = ofKey >= this.#perKey ? `This key has ${ofKey}` : `The hub has ${this.#open}`
      throw new HubError('rate_limit_exceeded', `${whose} event streams open, and that is the limit`, {
        suggestion: 'Close some, or let several readers share one.',
        details: { limit: ofKey >= this.#perKey ? this.#perKey : this.#total, retry_after_seconds: RETRY_AFTER_S },
      })
    }
    this.#byKey.set(key, ofKey + 1)
    this.#open++
    return () => {
      this.#open--
      const left = this.#byKey.get(key)! - 1
      if (left === 0) this.#byKey.delete(key)
      else this.#byKey.set(key, left)
    }
  }
}
