// This file imports no schema library: the page renders the form of a rule from it.
import type { AlertRuleKind } from './alert-rule-kind.ts'

/** What a value is, so that a form can show it: `ms` as minutes or hours, `usd` with a dollar sign. */
export type ParameterUnit =
  | 'ms'
  | 'percent'
  | 'usd'
  /** One of `choices`. */
  | 'choice'
  /** A list of percentages. */
  | 'percents'
  /** A list of patterns, in which `*` stands for any text. */
  | 'patterns'
  /** An IANA time zone. */
  | 'time_zone'

export interface ParameterField {
  readonly label: string
  /** The label with its value in place of `…`, where the value does not come last. */
  readonly sentence?: string
  readonly unit: ParameterUnit
  /** Absent: a value is required, unless the field is `optional`. */
  readonly default?: number | string | readonly number[] | readonly string[]
  readonly optional?: true
  /** Bounds of a number, or of each number of a list. */
  readonly min?: number
  readonly max?: number
  readonly choices?: readonly { readonly value: string; readonly label: string }[]
  readonly help?: string
}

export interface RuleForm {
  /** The rule in a list. */
  readonly label: string
  /** When it opens an alert: one sentence. */
  readonly description: string
  readonly severity: 'info' | 'warning' | 'critical'
  readonly parameters: Readonly<Record<string, ParameterField>>
  /** The fields of the rule's filter that its subjects have; a form shows no others. */
  readonly filter: readonly FilterField[]
}

export const filterFields = ['project_id', 'machine_id', 'model'] as const
export type FilterField = (typeof filterFields)[number]

/** The longest time that a parameter may name: 30 days. */
export const MAX_AFTER_MS = 30 * 86_400_000

export const waitingChoices = ['any', 'permission', 'input'] as const
export const windowChoices = ['any', 'session', 'weekly_all', 'weekly_scoped'] as const
export const budgetPeriods = ['day', 'week', 'month'] as const
export const slotScopes = ['all', 'machine'] as const

const after = (label: string, value: number): ParameterField => ({ label, unit: 'ms', default: value, min: 0, max: MAX_AFTER_MS })

const window: ParameterField = {
  label: 'Limit',
  unit: 'choice',
  default: 'any',
  choices: [
    { value: 'any', label: 'Any limit' },
    { value: 'session', label: '5-hour limit' },
    { value: 'weekly_all', label: 'Weekly limit' },
    { value: 'weekly_scoped', label: 'Weekly limits of single models' },
  ],
}

const ofSession = ['project_id', 'machine_id', 'model'] as const

/** What a form needs to know of each kind. The schemas in `alert-rule-parameters.ts` take their defaults and bounds from here. */
export const ruleForms = {
  session_failed: {
    label: 'Session failed',
    description: 'A session has failed.',
    severity: 'warning',
    parameters: {
      reasons: {
        label: 'Only for these reasons',
        unit: 'patterns',
        default: [],
        help: 'Such as "process ended" or "stalled for *". Without one, any reason counts.',
      },
    },
    filter: ofSession,
  },
  session_stalled: {
    label: 'Session stalled',
    description: 'The heartbeats of a session have stopped.',
    severity: 'warning',
    parameters: {},
    filter: ofSession,
  },
  session_waiting: {
    label: 'Session waiting',
    description: 'A session waits for a person.',
    severity: 'warning',
    parameters: {
      after_ms: after('Waiting for longer than', 600_000),
      for: {
        label: 'Waiting for',
        unit: 'choice',
        default: 'any',
        choices: [
          { value: 'any', label: 'Anything' },
          { value: 'permission', label: 'Permission' },
          { value: 'input', label: 'Input' },
        ],
      },
    },
    filter: ofSession,
  },
  session_idle: {
    label: 'Session idle',
    description: 'A session is idle.',
    severity: 'info',
    parameters: { after_ms: after('Idle for longer than', 3_600_000) },
    filter: ofSession,
  },
  task_blocked: {
    label: 'Task blocked',
    description: 'A task is blocked.',
    severity: 'info',
    parameters: { after_ms: after('Blocked for longer than', 0) },
    filter: ofSession,
  },
  task_failed: {
    label: 'Task failed',
    description: 'A task has failed.',
    severity: 'info',
    parameters: { after_ms: after('Failed for longer than', 0) },
    filter: ofSession,
  },
  machine_offline: {
    label: 'Machine offline',
    description: 'A machine is offline.',
    severity: 'critical',
    parameters: { after_ms: after('Offline for longer than', 0) },
    filter: ['machine_id'],
  },
  no_free_slot: {
    label: 'No free slot',
    description: 'All slots are taken.',
    severity: 'info',
    parameters: {
      after_ms: after('No slot free for longer than', 1_800_000),
      of: {
        label: 'Slots of',
        unit: 'choice',
        default: 'all',
        choices: [
          { value: 'all', label: 'All machines together' },
          { value: 'machine', label: 'Each machine' },
        ],
      },
    },
    filter: ['machine_id'],
  },
  limit_over: {
    label: 'Limit used up to a share',
    description: 'A plan limit is used up to a share or more.',
    severity: 'warning',
    parameters: { percent: { label: 'From', unit: 'percent', default: 80, min: 1, max: 1_000 }, window },
    filter: [],
  },
  limit_runs_out: {
    label: 'Limit runs out',
    description: 'At the recent pace, a plan limit is reached before its reset.',
    severity: 'warning',
    parameters: {
      least_ms: {
        ...after('Reached before the reset by at least', 1_800_000),
        sentence: 'Reached at least … before the reset',
        help: 'A limit that is reached just before its reset is not worth an alert.',
      },
      window,
    },
    filter: [],
  },
  limit_reset: {
    label: 'Limit reset',
    description: 'A plan limit that was used up to a share was reset.',
    severity: 'info',
    parameters: { percent: { label: 'Was used from', unit: 'percent', default: 80, min: 1, max: 1_000 }, window },
    filter: [],
  },
  budget: {
    label: 'Budget',
    description: 'The cost of a day, week or month reaches a share of an amount.',
    severity: 'warning',
    parameters: {
      amount_usd: { label: 'Amount', unit: 'usd', min: 0.01, max: 1e9, help: 'At list prices.' },
      period: {
        label: 'For each',
        unit: 'choice',
        choices: [
          { value: 'day', label: 'Day' },
          { value: 'week', label: 'Week' },
          { value: 'month', label: 'Month' },
        ],
      },
      at: {
        label: 'Alert at',
        unit: 'percents',
        default: [50, 80, 100],
        min: 1,
        max: 1_000,
        help: 'From 100% on, the alert is critical.',
      },
      timezone: { label: 'Time zone', unit: 'time_zone', optional: true, help: 'Where days begin; without it, the zone of the hub.' },
    },
    filter: ofSession,
  },
  cost_anomaly: {
    label: 'Unusual cost',
    description: 'An hour cost much more than the same hour of the days before.',
    severity: 'warning',
    parameters: {
      least_usd: { label: 'At least', unit: 'usd', default: 5, min: 0, max: 1e9 },
    },
    filter: ofSession,
  },
  collector_silent: {
    label: 'Collector silent',
    description: 'The collector of a machine, which was there in the last 7 days, has not reported.',
    severity: 'warning',
    parameters: { after_ms: after('No contact for longer than', 600_000) },
    filter: ['machine_id'],
  },
  snapshot_stale: {
    label: 'Plan limits outdated',
    description: 'The newest snapshot of the plan limits of an account is old.',
    severity: 'warning',
    parameters: { after_ms: after('Older than', 1_800_000) },
    filter: [],
  },
  needs_login: {
    label: 'Sign-in needed',
    description: 'A collector cannot read the plan limits until a person signs in.',
    severity: 'warning',
    parameters: {},
    filter: ['machine_id'],
  },
  source_failing: {
    label: 'Source failing',
    description: 'A source of plan limits has failed again and again.',
    severity: 'info',
    parameters: { after_ms: after('Failing for longer than', 3_600_000) },
    filter: ['machine_id'],
  },
  hub_paused: {
    label: 'Monitoring paused',
    description: 'The hub missed heartbeats itself, so it marks nothing overdue for a while.',
    severity: 'info',
    parameters: {},
    filter: [],
  },
  hub_unhealthy: {
    label: 'Hub unhealthy',
    description: 'The hub cannot write its database, its disk is nearly full, it stands still, or it cannot deliver alerts.',
    severity: 'critical',
    parameters: {},
    filter: [],
  },
  channel_broken: {
    label: 'Channel broken',
    description: 'A channel refuses messages, or nothing has got through it for an hour.',
    severity: 'critical',
    parameters: {},
    filter: [],
  },
} as const satisfies Readonly<Record<AlertRuleKind, RuleForm>>
