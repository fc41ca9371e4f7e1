import type { AlertRuleKind } from '@signalbox/contract/alert-rule-kind'
import { type AlertFilter, alertRuleParameters } from '@signalbox/contract/alert-rule-parameters'
import type { HubEvent } from '@signalbox/contract/event'
import { isStoreOutage } from '../../hub-error.ts'
import type { Facts } from '../facts.ts'
import { budget } from './budget.ts'
import { channelBroken } from './channel-broken.ts'
import { collectorSilent } from './collector-silent.ts'
import { costAnomaly } from './cost-anomaly.ts'
import { hubPaused } from './hub-paused.ts'
import { hubUnhealthy } from './hub-unhealthy.ts'
import { limitOver } from './limit-over.ts'
import { limitReset } from './limit-reset.ts'
import { limitRunsOut } from './limit-runs-out.ts'
import { machineOffline } from './machine-offline.ts'
import { needsLogin } from './needs-login.ts'
import { noFreeSlot } from './no-free-slot.ts'
import type { Parameters } from './parameters.ts'
import type { RuleKind, Severity, Subject, Verdict } from './rule-kind.ts'
import { sessionFailed } from './session-failed.ts'
import { sessionIdle } from './session-idle.ts'
import { sessionStalled } from './session-stalled.ts'
import { sessionWaiting } from './session-waiting.ts'
import { snapshotStale } from './snapshot-stale.ts'
import { sourceFailing } from './source-failing.ts'
import { taskBlocked } from './task-blocked.ts'
import { taskFailed } from './task-failed.ts'

/** The kinds of rules that there are. */
export const ruleList = {
  session_failed: sessionFailed,
  session_stalled: sessionStalled,
  session_waiting: sessionWaiting,
  session_idle: sessionIdle,
  task_blocked: taskBlocked,
  task_failed: taskFailed,
  machine_offline: machineOffline,
  no_free_slot: noFreeSlot,
  limit_over: limitOver,
  limit_runs_out: limitRunsOut,
  limit_reset: limitReset,
  budget,
  cost_anomaly: costAnomaly,
  collector_silent: collectorSilent,
  snapshot_stale: snapshotStale,
  needs_login: needsLogin,
  source_failing: sourceFailing,
  hub_paused: hubPaused,
  hub_unhealthy: hubUnhealthy,
  channel_broken: channelBroken,
} as const satisfies { readonly [K in AlertRuleKind]: RuleKind<Parameters<K>, Facts> }

/** What a rule is, as far as judging goes. */
export interface RuleToJudge {
  readonly kind: AlertRuleKind
  readonly parameters: Readonly<Record<string, unknown>>
  readonly filter?: AlertFilter | undefined
  /** Instead of the severity of its kind. */
  readonly severity?: Severity | undefined
}

/** A rule, ready to be asked. Opened once, it is asked again and again. */
export interface OpenRule {
  readonly kind: AlertRuleKind
  touched(event: HubEvent): readonly Subject[]
  /** Whether an event concerns subjects that it does not name: then all are judged. */
  touchesAll(event: HubEvent): boolean
  subjects(facts: Facts, now: number): Promise<readonly Subject[]>
  /** Never throws for want of the store: then the verdict is `unknown`. */
  judge(subject: Subject, facts: Facts, now: number): Promise<Verdict>
}

/** @throws ZodError for parameters that the kind does not have */
export function openRule({ kind, parameters: given, filter, severity }: RuleToJudge): OpenRule {
  const parsed = alertRuleParameters[kind].parse(given) as { readonly filter?: AlertFilter | undefined }
  // A field of the rule's own filter wins over the same field among the parameters.
  const both = { ...parsed.filter, ...filter }
  const parameters = { ...parsed, filter: Object.keys(both).length === 0 ? undefined : both }
  const rule = ruleList[kind] as RuleKind<object, Facts>
  return {
    kind,
    touched: (event) => rule.touched(event, parameters),
    touchesAll: (event) => rule.touchesAll?.(event) ?? false,
    subjects: (facts, now) => rule.subjects(facts, parameters, now),
    async judge(subject, facts, now) {
      try {
        const verdict = await rule.judge(subject, facts, parameters, now)
        return verdict.verdict === 'holds' && severity !== undefined ? { ...verdict, severity } : verdict
      } catch (error) {
        if (!isStoreOutage(error)) throw error
        return { verdict: 'unknown', reason: 'The hub database does not answer' }
      }
    },
  }
}
