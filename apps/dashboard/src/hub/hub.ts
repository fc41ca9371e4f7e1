import { type ClientOptions, StateTrackingApiClient } from '@signalbox/client'
import { hearHub } from './hub-clock.ts'

const here: ClientOptions = {
  baseUrl: location.origin,
  fetch: async (input, init) => {
    const asked = Date.now()
    const response = await fetch(input, init)
    hearHub(response.headers.get('date'), asked, Date.now())
    return response
  },
}

/** The hub that served this page. One quick second try; after that the screen says so, and the live stream brings it back. */
export const hub = new StateTrackingApiClient({ ...here, retry: { attempts: 1, baseDelay: 400, maxRetryAfter: 2_000 } })

/** The same hub, each request tried once: for who counts the tries. */
export const hubOnce = new StateTrackingApiClient({ ...here, retry: false })
