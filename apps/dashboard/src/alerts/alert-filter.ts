import { alertRuleKinds } from '@signalbox/contract/alert-rule-kind'
import { alertSeverities } from '@signalbox/contract/alert-severity'
import type { AlertFilter } from '../hub/alerts.ts'
import type { AlertSearch } from './alert-search.ts'

/** The choices of the state: what an alert that is open means on the screen includes those that clear. */
export const stateFilters = ['open', 'closed'] as const
export type StateFilter = (typeof stateFilters)[number]

export function stateFilterOf({ state }: AlertSearch): StateFilter | undefined {
  return stateFilters.find((name) => name === state)
}

/** The query of the list; what no alert can have is dropped, so that an old or mistyped link still opens. */
export function toAlertFilter(search: AlertSearch): AlertFilter {
  const state = stateFilterOf(search)
  const kind = alertRuleKinds.find((name) => name === search.kind)
  const severity = alertSeverities.find((name) => name === search.severity)
  return {
    ...(state === undefined ? {} : { state: state === 'open' ? ['open', 'clearing'] : ['closed'] }),
    ...(kind === undefined ? {} : { kind }),
    ...(severity === undefined ? {} : { severity }),
    ...(search.rule === undefined ? {} : { rule_id: search.rule }),
    ...(search.machine === undefined ? {} : { machine_id: search.machine }),
    ...(search.session === undefined ? {} : { session_id: search.session }),
  }
}
