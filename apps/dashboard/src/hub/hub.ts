import { StateTrackingApiClient } from '@signalbox/client'

/** The hub that served this page. One quick second try; after that the screen says so, and the live stream brings it back. */
export const hub = new StateTrackingApiClient({ baseUrl: location.origin, retry: { attempts: 1, baseDelay: 400, maxRetryAfter: 2_000 } })
