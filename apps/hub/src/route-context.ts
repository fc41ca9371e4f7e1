import type { FastifyInstance } from 'fastify'
import type { Alerts } from './alert/alerts.ts'
import type { DesktopNotices } from './alert/desktop-notices.ts'
import type { Clock } from './clock.ts'
import type { HubConfig } from './config.ts'
import type { EventFeed, StreamTimeouts } from './event/feed.ts'
import type { OpenStreams } from './event/open-streams.ts'
import type { StreamLimits } from './event/stream-count.ts'
import type { Authenticator } from './http/auth.ts'
import type { IngestQuotas } from './http/ingest-quota.ts'
import type { SignIns } from './http/sign-ins.ts'
import type { HubState } from './hub-state.ts'
import type { LimitService } from './limits/limit-service.ts'
import type { StoreFailures } from './maintenance/store-failures.ts'
import type { Metrics } from './metrics/metrics.ts'
import type { Mirror } from './mirror/mirror.ts'
import type { Monitor } from './monitor/monitor.ts'
import type { Store } from './store/store.ts'

/** The services that routes use. */
export interface RouteContext {
  readonly app: FastifyInstance
  readonly store: Store
  readonly limitService: LimitService
  readonly alerts: Alerts
  /** What keys may bring. */
  readonly quotas: IngestQuotas
  readonly feed: EventFeed
  readonly clock: Clock
  readonly monitor: Monitor
  /** The JSON files of snapshots, where this hub writes them. */
  readonly mirror: Pick<Mirror, 'state'> | undefined
  /** Notices for desktops, and the collectors that wait for them. */
  readonly desktop: DesktopNotices
  readonly config: HubConfig
  readonly metrics: Metrics
  readonly authenticator: Authenticator
  readonly signIns: SignIns
  readonly streams: StreamTimeouts
  readonly streamLimits: StreamLimits | undefined
  readonly openStreams: OpenStreams
  readonly state: HubState
  readonly storeFailures: StoreFailures
  /** Version of the hub. */
  readonly version: string
  /** Folder with the built dashboard; it may not be there. */
  readonly dashboard: string
}
