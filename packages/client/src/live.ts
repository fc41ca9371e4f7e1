import type { EventType, HubEvent } from '@signalbox/contract/event'
import type { Clock } from './clock.ts'
import { ApiClientError } from './error.ts'
import type { Http } from './http.ts'
import { type Backoff, backoffDelay, isTransient } from './retry.ts'
import { type ServerSentEvent, serverSentEvents } from './sse.ts'

export interface LiveOptions {
  /** Only these kinds; all when absent. */
  readonly types?: readonly EventType[]
  /** The id of the last event received before; without it the stream begins with the next event. */
  readonly after?: number
  /** The id of the store whose log `after` is of, from `onConnection`; the ids of another store mean other events. */
  readonly storeId?: string | undefined
  readonly session_id?: string
  readonly project_id?: string
  readonly machine_id?: string
  /** Ends the iteration without an error. */
  readonly signal?: AbortSignal
  /** Called when the connection opens and when it is lost; `error` is the reason, and it is retried in `retryIn` milliseconds. */
  readonly onConnection?: (state: LiveState) => void
}

export type LiveState =
  | { readonly state: 'open' /** Undefined where an older hub does not say it. */; readonly storeId: string | undefined }
  | { readonly state: 'lost'; readonly error: ApiClientError | undefined; readonly retryIn: number }

/**
 * An event of the live stream. Heartbeats, which are not in the hub's event log, have no id. A `gap` says that events are
 * missing before the next one, and its data, an `EventGap`, why: read again what you know by events.
 */
export type LiveEvent = Omit<HubEvent, 'id' | 'at' | 'event'> & {
  readonly event: EventType | 'gap'
  readonly id?: number
  readonly at?: string
}

/** The hub sends a keepalive comment every 15 s; after three missing ones the connection counts as lost. */
const IDLE_TIMEOUT_MS = 45_000
/**
 * A stream that asks for the next connection sooner, in milliseconds, ends its turns by itself, as a hub does whose requests may
 * not last for long: its end is no loss.
 */
const TURN_BELOW_MS = 1000
/** The longest delay is short, because a person may be looking at outdated data. */
const backoff: Backoff = { baseDelay: 1000, maxDelay: 10_000 }

/**
 * The hub's events from now on, or after `after`, over reconnects too. Where the hub no longer has some of them, or is
 * another one by now, an event `gap` comes in their place.
 * @throws ApiClientError only for permanent errors: an invalid key, a missing scope, an invalid filter.
 */
export async function* live(http: Pick<Http, 'open'>, clock: Clock, options: LiveOptions): AsyncGenerator<LiveEvent> {
  const { signal, onConnection } = options
  let { after, storeId } = options
  let failures = 0
  /** The store of a stream that ended its turn: until the next connection fails, nothing is lost. */
  let turn: { readonly storeId: string | undefined } | undefined
  while (!signal?.aborted) {
    const stream = new AbortController()
    const stop = () => stream.abort(signal?.reason)
    signal?.addEventListener('abort', stop, { once: true })
    let idleTimer: ReturnType<typeof setTimeout> | undefined
    const restartIdleTimer = () => {
      clearTimeout(idleTimer)
      idleTimer = setTimeout(() => stream.abort(new Error('idle timeout')), IDLE_TIMEOUT_MS)
    }
    let error: ApiClientError | undefined
    let turnMs: number | undefined
    try {
      const response = await http.open('/events', toQuery(options, after, storeId), { accept: 'text/event-stream' }, stream)
      const current = response.headers.get('x-store-id') ?? undefined
      if (turn === undefined || turn.storeId !== current) onConnection?.({ state: 'open', storeId: current })
      turn = undefined
      restartIdleTimer()
      let retry: number | undefined
      for await (const sent of serverSentEvents(response.body as ReadableStream<Uint8Array>, restartIdleTimer)) {
        failures = 0
        retry = sent.retry ?? retry
        after = parseId(sent) ?? after
        // From the first message on, `after` is of this store.
        storeId = current
        const event = parseEvent(sent)
        if (event?.event === 'gap') ({ after, storeId } = placeAfter(event, after, storeId))
        if (event !== undefined) yield event
      }
      if (retry !== undefined && retry < TURN_BELOW_MS) [turnMs, turn] = [retry, { storeId: current }]
    } catch (problem) {
      if (signal?.aborted) return
      if (problem instanceof ApiClientError) {
        if (!isTransient(problem)) throw problem
        error = problem
      }
      // Any other error is a broken connection, which is normal for a stream.
    } finally {
      clearTimeout(idleTimer)
      signal?.removeEventListener('abort', stop)
      stream.abort()
    }
    if (signal?.aborted) return
    const retryIn = turnMs ?? Math.round(Math.max(error?.retryAfter ?? 0, backoffDelay(++failures, backoff, clock)))
    if (turnMs === undefined) {
      turn = undefined
      onConnection?.({ state: 'lost', error, retryIn })
    }
    try {
      await clock.wait(retryIn, signal)
    } catch {
      return
    }
  }
}

function toQuery(options: LiveOptions, after: number | undefined, storeId: string | undefined) {
  const { types, session_id, project_id, machine_id } = options
  return { types: types?.join(','), after, store_id: after === undefined ? undefined : storeId, session_id, project_id, machine_id }
}

/** Where the log goes on after a gap. */
function placeAfter({ data }: LiveEvent, after: number | undefined, storeId: string | undefined) {
  const { continues_after, store_id } = data
  return {
    after: typeof continues_after === 'number' ? continues_after : after,
    storeId: typeof store_id === 'string' ? store_id : storeId,
  }
}

function parseId({ id }: ServerSentEvent): number | undefined {
  return id !== undefined && /^\d+$/.test(id) ? Number(id) : undefined
}

/** @returns undefined for a message that is not an event of the hub, such as one of a proxy. */
function parseEvent(sent: ServerSentEvent): LiveEvent | undefined {
  if (sent.data === undefined) return undefined
  try {
    const data: unknown = JSON.parse(sent.data)
    if (typeof data !== 'object' || data === null) return undefined
    const id = parseId(sent)
    return { ...(id === undefined ? {} : { id }), event: sent.event as LiveEvent['event'], data: data as Record<string, unknown> }
  } catch {
    return undefined
  }
}
