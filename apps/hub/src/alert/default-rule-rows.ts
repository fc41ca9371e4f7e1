import { DEFAULT_CLEAR_MS } from '@signalbox/contract/alert-rule'
import { ruleForms } from '@signalbox/contract/alert-rule-form'
import type { AlertRuleKind } from '@signalbox/contract/alert-rule-kind'
import type { AlertRuleRecord, AlertStore } from '../store/alert.ts'
import { defaultRules } from './rule/default-rules.ts'

/** Beside those of the first start: without them no one would know that alerts do not arrive. */
const kindsOfHub = ['hub_unhealthy', 'channel_broken'] as const satisfies readonly AlertRuleKind[]

/** A rule with the defaults of everything but what is given. They go to all channels: while there is none, alerts are on the page only. */
export function ruleRecord(
  fields: Pick<AlertRuleRecord, 'rule_id' | 'kind' | 'name'> & Partial<AlertRuleRecord>,
  now: number,
): AlertRuleRecord {
  return {
    parameters: {},
    filter: {},
    channels: 'all',
    for_ms: 0,
    clear_ms: DEFAULT_CLEAR_MS,
    escalate: [],
    recovery: true,
    enabled: true,
    source: 'default',
    created_at: now,
    updated_at: now,
    revision: 1,
    ...fields,
  }
}

/** The rules of the first start, as they were then. */
export function firstRules(now: number): AlertRuleRecord[] {
  return [
    ...defaultRules.map(({ rule_id, kind, name, parameters }) => ({ rule_id, kind, name, parameters })),
    ...kindsOfHub.map((kind) => ({ rule_id: kind, kind, name: ruleForms[kind].label })),
  ].map((fields) => ruleRecord(fields, now))
}

/** Adds the first rules, once: one that was removed does not come back. */
export async function addDefaultRules(store: AlertStore, now: number): Promise<void> {
  if ((await store.mark('defaults')) !== undefined) return
  for (const rule of firstRules(now)) await store.putRule(rule, { now })
  await store.putMark('defaults', { value: { at: now }, revision: 1 })
}
