import type { ClaudeUsage } from '@signalbox/contract/claude-usage'
import type * as event from '@signalbox/contract/event'
import type * as usage from '@signalbox/contract/usage'

/** What `GET /api/usage` may be asked; every filter may be left out. `group` is `day` when absent. */
export type UsageQuery = Readonly<Partial<usage.UsageQuery>>

/** What `GET /api/claude-usage` may be asked. */
export interface ClaudeUsageQuery {
  /** IANA name of the viewer's zone, in which today begins; the hub's own when absent. */
  readonly timezone?: ClaudeUsage['timezone'] | undefined
  readonly machine_id?: string | undefined
}

/** What `GET /events?format=json` may be asked. */
export type EventQuery = Readonly<Partial<Omit<event.EventQuery, 'format'>>>

/** Where a list begins and how long it is. */
export interface ListQuery {
  /** 1–100; 20 when absent. */
  readonly limit?: number | undefined
  readonly offset?: number | undefined
}
