import type { FastifyReply } from 'fastify'
import type { EventFeed, FeedMessage, StreamTimeouts, SubscribeOptions } from './feed.ts'

export const streamDefaults: StreamTimeouts = { keepaliveMs: 15_000, stalledMs: 30_000 }

/**
 * Answers with the feed as server-sent events, written straight to the socket: a thousand subscribers are a thousand
 * writes of one text, and the socket's buffer bounds what waits for a slow one.
 * @returns a function that ends the stream
 */
export function sendEvents(feed: EventFeed, options: SubscribeOptions, reply: FastifyReply): () => void {
  const { raw } = reply
  reply.hijack()
  raw.writeHead(200, reply.getHeaders() as Record<string, string>)
  const subscription = feed.subscribe(options, {
    send: (message) => raw.write(formatMessage(message)),
    end: () => raw.end(),
    drop: () => raw.destroy(),
  })
  raw.on('drain', () => subscription.drained())
  raw.on('close', () => subscription.unsubscribe())
  return () => raw.destroy()
}

function formatMessage(message: FeedMessage): string {
  if (message === 'keepalive') return ':\n\n'
  // An id without data is no event, but a browser that is cut off before the first event resumes from it.
  if (!('event' in message)) return `retry: 2000\nid: ${message.at}\n: connected\n\n`
  const formatted = formattedEvents.get(message)
  if (formatted !== undefined) return formatted
  // Without an id a client resumes after the last stored event.
  const id = 'id' in message ? `id: ${message.id}\n` : ''
  const text = `${id}event: ${message.event}\ndata: ${JSON.stringify(message.data)}\n\n`
  formattedEvents.set(message, text)
  return text
}

/** The text of each event, formatted once for all subscribers. */
const formattedEvents = new WeakMap<object, string>()
