import type { FastifyReply } from 'fastify'
import type { EventFeed, Following, Patience, Word } from './feed.ts'

export const streamDefaults: Patience = { silence: 15_000, patience: 30_000 }

/**
 * Answers with the feed as server-sent events, written straight to the socket: a thousand readers are a thousand writes
 * of one text, and what waits for a slow one is bounded by its socket's buffer.
 * @returns how to end it
 */
export function sendEvents(feed: EventFeed, following: Following, reply: FastifyReply): () => void {
  const { raw } = reply
  reply.hijack()
  raw.writeHead(200, reply.getHeaders() as Record<string, string>)
  const reader = feed.join(following, {
    hear: (word) => raw.write(textOf(word)),
    end: () => raw.end(),
    drop: () => raw.destroy(),
  })
  raw.on('drain', () => reader.drained())
  raw.on('close', () => reader.leave())
  return () => raw.destroy()
}

function textOf(word: Word): string {
  if (word === 'nothing') return ':\n\n'
  // An id without data is no event, but it is where a browser resumes when it is cut off before the first one.
  if (!('event' in word)) return `retry: 2000\nid: ${word.at}\n: connected\n\n`
  const known = texts.get(word)
  if (known !== undefined) return known
  // Without an id a reader resumes after the last event that is kept.
  const id = 'id' in word ? `id: ${word.id}\n` : ''
  const text = `${id}event: ${word.event}\ndata: ${JSON.stringify(word.data)}\n\n`
  texts.set(word, text)
  return text
}

/** A thousand readers of one event read the same text. */
const texts = new WeakMap<object, string>()
