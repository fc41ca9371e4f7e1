import { ApiClient, type ClientOptions } from '@signalbox/client'
import { hubUrl } from '../ui/hub-url.ts'
import { observeHubClock } from './hub-clock.ts'

const options: ClientOptions = {
  baseUrl: hubUrl,
  fetch: async (input, init) => {
    const sentAt = Date.now()
    const response = await fetch(input, init)
    observeHubClock(response.headers.get('date'), sentAt, Date.now())
    return response
  },
}

/** Client of the hub that served this page. One quick retry; then the screen shows the error and the live stream recovers it. */
export const hub = new ApiClient({ ...options, retry: { attempts: 1, baseDelay: 400, maxRetryAfter: 2_000 } })

/** The same client without retries, for callers with a retry policy of their own. */
export const hubWithoutRetry = new ApiClient({ ...options, retry: false })
