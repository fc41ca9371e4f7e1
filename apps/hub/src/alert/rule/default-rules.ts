import { ruleForms } from '@signalbox/contract/alert-rule-form'
import type { AlertRuleKind } from '@signalbox/contract/alert-rule-kind'

/** A rule that a hub has from its first start. */
export interface DefaultRule {
  readonly rule_id: string
  readonly kind: AlertRuleKind
  readonly name: string
  /** The defaults of its kind. */
  readonly parameters: Readonly<Record<string, unknown>>
  readonly enabled: true
  /** None: its alerts are on the page, and disturb no one. */
  readonly channels: readonly []
}

/**
 * The first ten kinds that say something without a choice of one's own. Left out are those that many would not want to read
 * (idle sessions, no free slot, resets), and budgets, which need an amount.
 */
const defaultKinds = [
  'session_failed',
  'session_stalled',
  'session_waiting',
  'task_blocked',
  'task_failed',
  'machine_offline',
  'limit_over',
  'limit_runs_out',
  'cost_anomaly',
  'collector_silent',
] as const satisfies readonly AlertRuleKind[]

export const defaultRules: readonly DefaultRule[] = defaultKinds.map((kind) => ({
  rule_id: kind,
  kind,
  name: ruleForms[kind].label,
  parameters: {},
  enabled: true,
  channels: [],
}))
