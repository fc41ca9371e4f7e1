import type { FastifyInstance } from 'fastify'
import type { Clock } from './clock.ts'
import type { HubConfig } from './config.ts'
import type { EventFeed, Patience } from './event/feed.ts'
import type { Doorman } from './http/auth.ts'
import type { FastLane } from './http/fast-lane.ts'
import type { LoginCookie } from './http/login-cookie.ts'
import type { Metrics } from './http/metrics.ts'
import type { LimitBook } from './limits/limit-book.ts'
import type { Mirror } from './mirror/mirror.ts'
import type { Monitor } from './monitor/monitor.ts'
import type { Store } from './store/store.ts'

/** Why the hub takes no requests just now; undefined while it does. */
export interface HubState {
  reason: 'starting' | 'stopping' | undefined
}

/** What every list of routes is given. */
export interface Doors {
  readonly app: FastifyInstance
  readonly store: Store
  /** Where readings of the plan limits are put. */
  readonly limitBook: LimitBook
  readonly feed: EventFeed
  readonly clock: Clock
  readonly monitor: Monitor
  /** The files of readings, where this hub keeps them. */
  readonly mirror: Pick<Mirror, 'state'> | undefined
  readonly config: HubConfig
  readonly metrics: Metrics
  readonly doorman: Doorman
  /** For the few doors through which most requests come. */
  readonly fastLane: FastLane
  readonly cookie: LoginCookie
  readonly streams: Patience
  readonly state: HubState
  /** Of the hub. */
  readonly version: string
  /** Folder with the built dashboard; it may not be there. */
  readonly dashboard: string
}
