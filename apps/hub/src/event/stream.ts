import type { FastifyReply } from 'fastify'
import type { EventFeed, FeedMessage, StreamTimeouts, StreamTurn, SubscribeOptions } from './feed.ts'

export const streamDefaults: StreamTimeouts = { keepaliveMs: 15_000, stalledMs: 30_000 }
/** When a client comes again after its turn. */
const TURN_RETRY_MS = 250

/**
 * Answers with the feed as server-sent events, written straight to the socket: a thousand subscribers are a thousand
 * writes of one text, and the socket's buffer bounds what waits for a slow one.
 * @param turn where a request may not last for long
 * @returns a function that ends the stream
 */
export function sendEvents(feed: EventFeed, options: SubscribeOptions, reply: FastifyReply, turn?: StreamTurn): () => void {
  const { raw } = reply
  reply.hijack()
  raw.writeHead(200, reply.getHeaders() as Record<string, string>)
  let end = turn === undefined ? undefined : setTimeout(() => raw.end(), turn.waitMs)
  let gathers = false
  // The next connection goes on at once.
  if (turn !== undefined) raw.write(`retry: ${TURN_RETRY_MS}\n\n`)
  const subscription = feed.subscribe(options, {
    send(message) {
      if (turn !== undefined && !gathers && message !== 'keepalive' && 'event' in message) {
        gathers = true
        clearTimeout(end)
        end = setTimeout(() => raw.end(), turn.gatherMs)
      }
      return raw.writableEnded || raw.write(formatMessage(message, turn === undefined))
    },
    end: () => raw.end(),
    drop: () => raw.destroy(),
  })
  raw.on('drain', () => subscription.drained())
  for (const over of ['finish', 'close']) {
    raw.on(over, () => {
      clearTimeout(end)
      subscription.unsubscribe()
    })
  }
  return () => raw.destroy()
}

function formatMessage(message: FeedMessage, isEndless: boolean): string {
  if (message === 'keepalive') return ':\n\n'
  // An id without data is no event, but a browser that is cut off before the first event resumes from it.
  if (!('event' in message)) return `${isEndless ? 'retry: 2000\n' : ''}id: ${message.at}\n: connected\n\n`
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
