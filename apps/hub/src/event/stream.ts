import { Readable } from 'node:stream'
import type { EventFeed, Following, Word } from './feed.ts'

export interface StreamOptions {
  /** Milliseconds between two comments that keep proxies open. */
  readonly silence: number
  /** Milliseconds after which a reader that takes nothing is dropped; it comes back by the id of the last event. */
  readonly patience: number
}

export const streamDefaults: StreamOptions = { silence: 15_000, patience: 30_000 }

/** The feed as server-sent events. What was not yet taken is bounded by the buffers of one socket. */
export function eventStream(feed: EventFeed, following: Omit<Following, 'signal' | 'silence'>, options: StreamOptions): Readable {
  const ended = new AbortController()
  const words = feed.follow({ ...following, signal: ended.signal, silence: options.silence })
  const stream: Readable = Readable.from(
    texts(words, () => stream.destroy(), options.patience),
    { objectMode: false },
  )
  // Without this a reader that has left would be noticed at the next event only.
  stream.once('close', () => ended.abort())
  return stream
}

async function* texts(words: AsyncGenerator<Word, void, void>, drop: () => void, patience: number): AsyncGenerator<string> {
  for await (const word of words) {
    const timer = setTimeout(drop, patience)
    try {
      yield textOf(word)
    } finally {
      clearTimeout(timer)
    }
  }
}

function textOf(word: Word): string {
  if (word === 'nothing') return ':\n\n'
  // An id without data is no event, but it is where a browser resumes when it is cut off before the first one.
  if ('at' in word) return `retry: 2000\nid: ${word.at}\n: connected\n\n`
  const { id, event, data } = word.event
  return `id: ${id}\nevent: ${event}\ndata: ${JSON.stringify(data)}\n\n`
}
