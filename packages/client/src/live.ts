import type { EventType, HubEvent } from '@signalbox/contract/event'
import type { Clock } from './clock.ts'
import { ApiClientError } from './error.ts'
import type { Http } from './http.ts'
import { isWorthTryingSoon } from './retry.ts'
import { type ServerSentEvent, serverSentEvents } from './sse.ts'

export interface LiveOptions {
  /** Only these kinds; all when absent. */
  readonly types?: readonly EventType[]
  /** The id of the last event already seen; without it the stream begins with what happens next. */
  readonly after?: number
  readonly session_id?: string
  readonly project_id?: string
  readonly machine_id?: string
  /** Ends the iteration quietly. */
  readonly signal?: AbortSignal
  /** Hears when the connection opens and when it is lost; `error` says why and `retryIn` in how many milliseconds it is tried again. */
  readonly onConnection?: (state: LiveState) => void
}

export type LiveState =
  | { readonly state: 'open' }
  | { readonly state: 'lost'; readonly error: ApiClientError | undefined; readonly retryIn: number }

/** An event of the live stream. One that is not in the hub's log (a heartbeat) has no id. */
export type LiveEvent = Omit<HubEvent, 'id' | 'at'> & { readonly id?: number; readonly at?: string }

/** The hub sends a comment every 15 s; three missing ones mean that nobody is there. */
const SILENCE_LIMIT = 45_000
const FIRST_DELAY = 1000
/** Short, because somebody is looking at a page that stands still. */
const LONGEST_DELAY = 10_000

/**
 * The hub's events from now on, or from `after` on, without a gap over reconnects.
 * @throws ApiClientError only where trying again is of no use: a wrong key, a missing scope, a refused filter.
 */
export async function* live(http: Http, clock: Clock, options: LiveOptions): AsyncGenerator<LiveEvent> {
  const { signal, onConnection } = options
  let after = options.after
  let failures = 0
  while (!signal?.aborted) {
    const stream = new AbortController()
    const stop = () => stream.abort(signal?.reason)
    signal?.addEventListener('abort', stop, { once: true })
    let silence: ReturnType<typeof setTimeout> | undefined
    const heard = () => {
      clearTimeout(silence)
      silence = setTimeout(() => stream.abort(new Error('silence')), SILENCE_LIMIT)
    }
    let error: ApiClientError | undefined
    try {
      const response = await http.open('/events', queryOf(options, after), { accept: 'text/event-stream' }, stream)
      onConnection?.({ state: 'open' })
      heard()
      for await (const sent of serverSentEvents(response.body as ReadableStream<Uint8Array>, heard)) {
        failures = 0
        after = idOf(sent) ?? after
        const event = readEvent(sent)
        if (event !== undefined) yield event
      }
    } catch (problem) {
      if (signal?.aborted) return
      if (problem instanceof ApiClientError) {
        if (!isWorthTryingSoon(problem)) throw problem
        error = problem
      }
      // Anything else is a connection that broke in the middle: an everyday thing for a stream.
    } finally {
      clearTimeout(silence)
      signal?.removeEventListener('abort', stop)
      stream.abort()
    }
    if (signal?.aborted) return
    const backoff = Math.min(LONGEST_DELAY, FIRST_DELAY * 2 ** failures) * (0.75 + clock.random() / 2)
    const retryIn = Math.round(Math.max(error?.retryAfter ?? 0, backoff))
    failures++
    onConnection?.({ state: 'lost', error, retryIn })
    try {
      await clock.wait(retryIn, signal)
    } catch {
      return
    }
  }
}

function queryOf(options: LiveOptions, after: number | undefined) {
  const { types, session_id, project_id, machine_id } = options
  return { types: types?.join(','), after, session_id, project_id, machine_id }
}

function idOf({ id }: ServerSentEvent): number | undefined {
  return id !== undefined && /^\d+$/.test(id) ? Number(id) : undefined
}

/** @returns undefined for what is not an event of the hub, such as a proxy's own message. */
function readEvent(sent: ServerSentEvent): LiveEvent | undefined {
  if (sent.data === undefined) return undefined
  try {
    const data: unknown = JSON.parse(sent.data)
    if (typeof data !== 'object' || data === null) return undefined
    const id = idOf(sent)
    return { ...(id === undefined ? {} : { id }), event: sent.event as EventType, data: data as Record<string, unknown> }
  } catch {
    return undefined
  }
}
