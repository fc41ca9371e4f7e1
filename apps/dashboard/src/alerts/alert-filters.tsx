import { alertRuleKinds } from '@signalbox/contract/alert-rule-kind'
import { alertSeverities } from '@signalbox/contract/alert-severity'
import { useAlertRules } from '../hub/alert-rules.ts'
import { Button } from '../ui/button.tsx'
import { Picker } from '../ui/picker.tsx'
import { t } from '../words/alerts.ts'
import { ruleForms } from '../words/rule-forms.ts'
import { type StateFilter, stateFilterOf, stateFilters } from './alert-filter.ts'
import type { AlertSearch } from './alert-search.ts'
import { severityNames } from './severity-mark.tsx'
import '../ui/filter-bar.css'

const stateNames: Readonly<Record<StateFilter, string>> = { open: t.open, closed: t.closed }

interface AlertFiltersProps {
  readonly search: AlertSearch
  readonly change: (next: AlertSearch) => void
}

/** Filters of the alerts screen; each choice is a query parameter. */
export function AlertFilters({ search, change }: AlertFiltersProps) {
  const rules = useAlertRules()
  const state = stateFilterOf(search)
  const kind = alertRuleKinds.find((name) => name === search.kind)
  const severity = alertSeverities.find((name) => name === search.severity)
  const rule = rules.data?.find(({ rule_id }) => rule_id === search.rule)
  const without = (name: keyof AlertSearch) => Object.fromEntries(Object.entries(search).filter(([key]) => key !== name)) as AlertSearch
  const pick = (name: keyof AlertSearch) => (value: string | undefined) =>
    change(value === undefined ? without(name) : { ...search, [name]: value })
  const chip = (name: keyof AlertSearch, text: string) => (
    <Button className="filter-chip" onClick={() => change(without(name))} aria-label={t.removeFilter(text)}>
      {text} ×
    </Button>
  )
  return (
    <search className="filter-bar" aria-label={t.filters}>
      <Picker
        label={t.state}
        all={t.allStates}
        text={state === undefined ? t.allStates : stateNames[state]}
        value={state}
        highlighted={state !== undefined}
        options={stateFilters.map((value) => ({ value, label: stateNames[value] }))}
        onPick={pick('state')}
      />
      <Picker
        label={t.severity}
        all={t.allSeverities}
        text={severity === undefined ? t.allSeverities : severityNames[severity]}
        value={severity}
        highlighted={severity !== undefined}
        options={alertSeverities.toReversed().map((value) => ({ value, label: severityNames[value] }))}
        onPick={pick('severity')}
      />
      <Picker
        label={t.kind}
        all={t.allKinds}
        text={kind === undefined ? t.allKinds : ruleForms[kind].label}
        value={kind}
        highlighted={kind !== undefined}
        options={alertRuleKinds.map((value) => ({ value, label: ruleForms[value].label, title: ruleForms[value].description }))}
        onPick={pick('kind')}
      />
      {search.rule !== undefined && chip('rule', t.ruleNamed(rule?.name ?? search.rule))}
      {search.machine !== undefined && chip('machine', t.machineNamed(search.machine))}
      {search.session !== undefined && chip('session', t.sessionNamed(search.session.slice(0, 8)))}
      {Object.keys(search).length > 0 && (
        <Button variant="bare" onClick={() => change({})}>
          {t.clearFilters}
        </Button>
      )}
    </search>
  )
}
