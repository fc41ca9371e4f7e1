import type { EventType } from '@signalbox/contract/event'
import type { UsageGroup } from '@signalbox/contract/usage'

/** What `GET /api/usage` may be asked. */
export interface UsageQuery {
  /** Default `day`. */
  readonly group?: UsageGroup
  /** `YYYY-MM-DD`, a local day of `timezone`; or an ISO instant. Included. */
  readonly since?: string
  /** `YYYY-MM-DD`, included; or an ISO instant, not included. */
  readonly until?: string
  /** IANA name; the hub's own when absent. */
  readonly timezone?: string
  readonly machine_id?: string
  readonly project?: string
  readonly model?: string
  readonly session?: string
}

/** What `GET /api/claude-usage` may be asked. */
export interface ClaudeUsageQuery {
  /** IANA name of the viewer's zone, in which today begins. */
  readonly timezone?: string
  readonly machine_id?: string
}

/** What `GET /events?format=json` may be asked. */
export interface EventQuery {
  readonly types?: readonly EventType[]
  /** The id of the last event already seen. */
  readonly after?: number
  readonly limit?: number
  readonly session_id?: string
  readonly project_id?: string
  readonly machine_id?: string
}
