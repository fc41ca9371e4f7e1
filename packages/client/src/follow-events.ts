import { type Clock, systemClock } from './clock.ts'
import { ConnectionError, errorFromResponse } from './error.ts'
import type { Http, Query } from './http.ts'
import { type LiveEvent, type LiveOptions, live } from './live.ts'

/** Milliseconds until the headers of the answer have to be there. */
const OPEN_TIMEOUT_MS = 10_000

/**
 * `StateTrackingApiClient.events` alone, for a worker of the hub's own page: a third of its size, because nothing else of the
 * client comes with it.
 * @throws ApiClientError only for permanent errors: an invalid key, a missing scope, an invalid filter.
 */
export function followEvents(baseUrl: string, options: LiveOptions, clock: Clock = systemClock): AsyncGenerator<LiveEvent> {
  const open: Http['open'] = async (path, query, headers, stream) => {
    const timer = setTimeout(() => stream.abort(new Error('timeout')), OPEN_TIMEOUT_MS)
    try {
      const response = await fetch(`${baseUrl}${path}?${encode(query)}`, { headers, cache: 'no-store', signal: stream.signal })
      if (response.ok && response.body !== null) return response
      throw errorFromResponse(response, await readJson(response), '', clock.now())
    } catch (error) {
      if (error instanceof TypeError) {
        throw new ConnectionError(`No connection to ${baseUrl}.`, { code: 'connection_error', cause: error })
      }
      throw error
    } finally {
      clearTimeout(timer)
    }
  }
  return live({ open }, clock, options)
}

function encode(query: Query): string {
  const search = new URLSearchParams()
  for (const [name, value] of Object.entries(query)) if (value !== undefined) search.set(name, String(value))
  return search.toString()
}

async function readJson(response: Response): Promise<unknown> {
  try {
    return await response.json()
  } catch {
    return undefined
  }
}
