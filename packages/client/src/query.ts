import type { ClaudeUsage } from '@signalbox/contract/claude-usage'
import type { EventQuery as AnyEventQuery } from '@signalbox/contract/event'
import type { LimitHistoryQuery as AnyLimitHistoryQuery, CurrentReadingQuery } from '@signalbox/contract/limits'
import type { MachineListQuery as AnyMachineQuery } from '@signalbox/contract/machine'
import type { SessionListQuery as AnySessionQuery } from '@signalbox/contract/session'
import type { SessionHealthListQuery as AnyHealthQuery } from '@signalbox/contract/session-health'
import type { TaskListQuery as AnyTaskQuery } from '@signalbox/contract/task'
import type { UsageQuery as AnyUsageQuery } from '@signalbox/contract/usage'

/** A query as a caller writes it: what is left out is not asked, and a list of one may be written as that one. */
type Asked<T> = {
  readonly [Name in keyof T]?: (T[Name] extends readonly (infer One)[] | undefined ? One | readonly One[] : T[Name]) | undefined
}

/** What `GET /api/usage` may be asked; every filter may be left out. `group` is `day` when absent. */
export type UsageQuery = Readonly<Partial<AnyUsageQuery>>

/** What `GET /api/claude-usage` may be asked. */
export interface ClaudeUsageQuery {
  /** IANA name of the viewer's zone, in which today begins; the hub's own when absent. */
  readonly timezone?: ClaudeUsage['timezone'] | undefined
  readonly machine_id?: string | undefined
}

/** What `GET /events?format=json` may be asked. */
export type EventQuery = Readonly<Partial<Omit<AnyEventQuery, 'format'>>>

/** Where a list begins and how long it is. */
export interface ListQuery {
  /** 1–100; 20 when absent. */
  readonly limit?: number | undefined
  readonly offset?: number | undefined
}

/** Which sessions: `status` (one or several), `project_id`, `machine_id`, `session_id_prefix`, and the page. */
export type SessionQuery = Asked<AnySessionQuery>

/** Which sessions of a machine. */
export type MachineSessionQuery = Omit<SessionQuery, 'project_id' | 'machine_id' | 'session_id_prefix'>

/** Which sessions; `threshold` is the seconds without a beat after which one counts as stale, 300 when absent. */
export type SessionHealthQuery = Asked<AnyHealthQuery>

export type TaskQuery = Asked<AnyTaskQuery>

export type MachineQuery = Asked<AnyMachineQuery>

/** Which version of the plan limits: `timestamp` beats `version`; the newest of all when absent. */
export type LimitReadingQuery = Asked<CurrentReadingQuery>

/** `points` a window, 500 when absent; seven days when there is no `since`. */
export type LimitHistoryQuery = Asked<AnyLimitHistoryQuery>

export interface LimitTriggerQuery {
  /** Of the collector to ask. */
  readonly machine_id?: string | undefined
}
