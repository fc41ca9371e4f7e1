import { Readable } from 'node:stream'
import type { EventFeed, Following, Word } from './feed.ts'

export interface StreamOptions {
  /** Milliseconds between two comments that keep proxies open. */
  readonly silence: number
  /** Milliseconds after which a reader that takes nothing is dropped; it comes back by the id of the last event. */
  readonly patience: number
}

export const streamDefaults: StreamOptions = { silence: 15_000, patience: 30_000 }

/** The feed as server-sent events, one at a time as the reader takes them: what waits is bounded by one socket's buffer. */
export class EventStream extends Readable {
  readonly #ended = new AbortController()
  readonly #words: AsyncGenerator<Word, void, void>
  readonly #patience: number
  #impatient: NodeJS.Timeout | undefined

  constructor(feed: EventFeed, following: Omit<Following, 'signal' | 'silence'>, { silence, patience }: StreamOptions) {
    super()
    this.#words = feed.follow({ ...following, signal: this.#ended.signal, silence })
    this.#patience = patience
  }

  override _read(): void {
    clearTimeout(this.#impatient)
    this.#words.next().then(
      ({ done, value }) => {
        if (this.destroyed) return
        const wantsMore = this.push(done ? null : textOf(value))
        if (!wantsMore && !done) this.#impatient = setTimeout(() => this.destroy(), this.#patience)
      },
      (error: Error) => this.destroy(error),
    )
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    clearTimeout(this.#impatient)
    // Without this a reader that has left would be waited for until something happens.
    this.#ended.abort()
    done(error)
  }
}

function textOf(word: Word): string {
  if (word === 'nothing') return ':\n\n'
  // An id without data is no event, but it is where a browser resumes when it is cut off before the first one.
  if ('at' in word) return `retry: 2000\nid: ${word.at}\n: connected\n\n`
  const known = texts.get(word.event)
  if (known !== undefined) return known
  const { event, data } = word.event
  // Without an id a reader resumes after the last event that is kept.
  const id = 'id' in word.event ? `id: ${word.event.id}\n` : ''
  const text = `${id}event: ${event}\ndata: ${JSON.stringify(data)}\n\n`
  texts.set(word.event, text)
  return text
}

/** A thousand readers of one event read the same text. */
const texts = new WeakMap<object, string>()
