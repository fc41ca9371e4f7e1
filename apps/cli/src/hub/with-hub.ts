import { type Fetch, StateTrackingApiClient } from '@signalbox/client'
import { plainHttpWarning } from '@signalbox/hub-address/plain-http'
import type { Io } from '../io.ts'
import { shortId } from '../short-id.ts'
import { findHub } from './find-hub.ts'
import { toHubFailure } from './hub-failure.ts'

/** Options of every command that calls the hub. */
export interface HubOptions {
  readonly json?: true
  readonly verbose?: true
}

/** A client of the hub, and the hub's clock. */
export interface Hub {
  readonly client: StateTrackingApiClient
  readonly url: string
  /** The id of this machine on the hub. */
  readonly machineId: string
  /** Milliseconds since 1970 by the hub's clock, once it has answered: ages are right on a machine whose own clock is wrong. */
  now(): number
}

export interface RequestOptions {
  /** Milliseconds per attempt. */
  readonly timeout?: number
  readonly retry?: boolean
}

/**
 * Runs `work` with a client of the hub of this machine: see `findHub`.
 * @throws Failure with a suggestion, when the hub cannot be reached or rejects a request
 */
export async function withHub<T>(io: Io, options: HubOptions, work: (hub: Hub) => Promise<T>, request: RequestOptions = {}): Promise<T> {
  const found = findHub(io)
  // For people, who can do something about it; a script would have the line in its log with every request.
  const warning = io.stderr.isTTY ? plainHttpWarning(found.url) : undefined
  if (warning !== undefined) io.stderr.write(`signalbox: warning: ${warning}\n`)
  let offsetMs = 0
  let sessionId: string | undefined
  const fetchAndReadClock: Fetch = async (input, init) => {
    sessionId = findSessionId(input) ?? sessionId
    const response = await fetch(input, init)
    // The header is exact to the second, as are ages.
    const date = Date.parse(response.headers.get('date') ?? '')
    if (!Number.isNaN(date)) offsetMs = Math.abs(date - io.now()) < 2_000 ? 0 : date - io.now()
    const wait = Number(response.headers.get('retry-after'))
    if (response.status === 429 && wait > 1 && wait <= MAX_RETRY_AFTER_S && request.retry !== false) {
      io.stderr.write(`signalbox: rate limit reached; continuing in ${wait} s.\n`)
    }
    return response
  }
  const client = new StateTrackingApiClient({
    baseUrl: found.url,
    apiKey: found.key,
    fetch: fetchAndReadClock,
    ...(request.timeout === undefined ? {} : { timeout: request.timeout }),
    // One retry only: a user is waiting.
    retry: request.retry === false ? false : { attempts: 1, baseDelay: 250, maxRetryAfter: MAX_RETRY_AFTER_S * 1000 },
  })
  try {
    return await work({ client, url: found.url, machineId: found.machineId, now: () => io.now() + offsetMs })
  } catch (error) {
    const detailed = options.json === true || options.verbose === true
    throw toHubFailure(error, { hub: found, detailed, sessionId })
  }
}

/** The short id of the session that a request is about. @returns undefined when it is not about one */
function findSessionId(url: string): string | undefined {
  const [, id] = /\/sessions\/([0-9a-f]{8}-[0-9a-f-]{27})\b/i.exec(url) ?? []
  return id && shortId(id)
}

/** The hub counts requests per minute. */
const MAX_RETRY_AFTER_S = 60
