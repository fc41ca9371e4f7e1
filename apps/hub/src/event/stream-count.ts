import { countOf } from '@signalbox/contract/plural'
import { HubError } from '../hub-error.ts'

export interface StreamLimits {
  /** Open event streams of one key, or of all callers without one: a browser has one for each tab. */
  readonly perKey: number
  /** Open event streams in all. */
  readonly total: number
}

const usualLimits: StreamLimits = { perKey: 2_000, total: 5_000 }
const RETRY_AFTER_S = 30

/** Counts the open event streams: each costs a connection, and a write for every event. */
export class StreamCount {
  readonly #limits: StreamLimits
  readonly #byKey = new Map<string, number>()
  #open = 0

  /** @param limits other ones are for tests */
  constructor(limits = usualLimits) {
    this.#limits = limits
  }

  /**
   * @returns a function to be called when the stream has ended
   * @throws HubError `rate_limit_exceeded`
   */
  add(key: string): () => void {
    const { perKey, total } = this.#limits
    const ofKey = this.#byKey.get(key) ?? 0
    if (ofKey >= perKey || this.#open >= total) {
      const whose =
        ofKey >= perKey ? `This key has ${countOf(ofKey, 'event stream')}` : `The hub has ${countOf(this.#open, 'event stream')}`
      throw new HubError('rate_limit_exceeded', `${whose} open, and that is the limit`, {
        suggestion: 'Close some, or let several readers share one.',
        details: { limit: ofKey >= perKey ? perKey : total, retry_after_seconds: RETRY_AFTER_S },
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
