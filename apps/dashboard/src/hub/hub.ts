import { ApiClient, type ClientOptions } from '@signalbox/client'
import { hubUrl } from '../ui/hub-url.ts'
import { takeFirstRequest } from './first-requests.ts'
import { observeHubClock } from './hub-clock.ts'

const common: ClientOptions = {
  baseUrl: hubUrl,
  fetch: async (input, init) => {
    const { sentAt, answer } = (init.method === 'GET' && takeFirstRequest(input)) || { sentAt: Date.now(), answer: fetch(input, init) }
    const response = await answer
    observeHubClock(response.headers.get('date'), sentAt, Date.now())
    return response
  },
}

/** One quick retry; then the screen shows the error and the live stream recovers it. */
export const hubOptions: ClientOptions = { ...common, retry: { attempts: 1, baseDelay: 400, maxRetryAfter: 2_000 } }

/** Client of the hub that served this page, with the requests of the first screen; `whole-hub.ts` has those of others. */
export const hub = new ApiClient(hubOptions)

/** The same client without retries, for callers with a retry policy of their own. */
export const hubWithoutRetry = new ApiClient({ ...common, retry: false })
