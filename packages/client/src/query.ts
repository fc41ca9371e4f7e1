import type { AlertQuery as AnyAlertQuery } from '@signalbox/contract/alert'
import type { ClaudeUsage } from '@signalbox/contract/claude-usage'
import type { CurrentLimitsQuery as AnyCurrentLimitsQuery } from '@signalbox/contract/current-limits'
import type { EventQuery as AnyEventQuery } from '@signalbox/contract/event'
import type { LimitForecastQuery as AnyLimitForecastQuery } from '@signalbox/contract/limit-forecast'
import type { LimitHistoryQuery as AnyLimitHistoryQuery } from '@signalbox/contract/limit-history'
import type { MachineListQuery as AnyMachineQuery } from '@signalbox/contract/machine'
import type { QuestionQuery as AnyQuestionQuery } from '@signalbox/contract/question'
import type { SessionListQuery as AnySessionQuery } from '@signalbox/contract/session'
import type { SessionHealthListQuery as AnyHealthQuery } from '@signalbox/contract/session-health'
import type { TaskListQuery as AnyTaskQuery } from '@signalbox/contract/task'
import type { UsageQuery as AnyUsageQuery } from '@signalbox/contract/usage'

/** A query with all fields optional, in which a single value may stand for a list of one. */
type Optional<T> = {
  readonly [Name in keyof T]?: (T[Name] extends readonly (infer One)[] | undefined ? One | readonly One[] : T[Name]) | undefined
}

/** The query of `GET /api/usage`. `group` is `day` when absent. */
export type UsageQuery = Readonly<Partial<AnyUsageQuery>>

/** The query of `GET /api/claude-usage`. */
export interface ClaudeUsageQuery {
  /** The IANA name of the viewer's time zone, in which days begin; the hub's own when absent. */
  readonly timezone?: ClaudeUsage['timezone'] | undefined
  readonly machine_id?: string | undefined
  /** The account of the plan. */
  readonly account?: string | undefined
}

/** The query of `GET /events?format=json`. */
export type EventQuery = Readonly<Partial<Omit<AnyEventQuery, 'format'>>>

/** The page of a list. */
export interface ListQuery {
  /** 1–100; 20 when absent. */
  readonly limit?: number | undefined
  /** Where the page before ended; `onNext` of the options receives it. */
  readonly cursor?: string | undefined
  /** Skips rows by counting; rows that come or go meanwhile move the others. */
  readonly offset?: number | undefined
}

/** Filters of alerts: `state`, `kind`, `severity` (one or several), `rule_id`, `session_id`, `machine_id`, and the page. */
export type AlertQuery = Optional<Omit<AnyAlertQuery, keyof ListQuery>> & ListQuery

/** Filters of sessions: `status` (one or several), `project_id`, `machine_id`, `session_id_prefix`, and the page. */
export type SessionQuery = Optional<AnySessionQuery>

/** Filters of the sessions of one machine. */
export type MachineSessionQuery = Omit<SessionQuery, 'project_id' | 'machine_id' | 'session_id_prefix'>

/** Filters of sessions; a session is stale after `threshold` seconds without a heartbeat, 300 when absent. */
export type SessionHealthQuery = Optional<AnyHealthQuery>

export type TaskQuery = Optional<AnyTaskQuery>

export type MachineQuery = Optional<AnyMachineQuery>

/** Filters of questions: `session_id`, `machine_id`, and `state` (one or several). */
export type QuestionQuery = Optional<AnyQuestionQuery>

/** A version of the plan limits; `timestamp` takes precedence over `version`. Without both, the current limits. */
export type CurrentLimitsQuery = Optional<AnyCurrentLimitsQuery>

/** `points` per window, 500 when absent; the last seven days without `since`. */
export type LimitForecastQuery = Optional<AnyLimitForecastQuery>
export type LimitHistoryQuery = Optional<AnyLimitHistoryQuery>

export interface LimitTriggerQuery {
  /** The machine whose collector is asked. */
  readonly machine_id?: string | undefined
  /** Without a machine: the account whose limits to read. */
  readonly account?: string | undefined
}

/** Whose data is deleted. */
export type DeleteData = { readonly machine_id: string } | { readonly project: string } | { readonly account: string }

/** A request that deletes for good needs a confirmation, or changes nothing. */
export type Confirmation = { readonly confirm: true } | { readonly dry_run: true }
