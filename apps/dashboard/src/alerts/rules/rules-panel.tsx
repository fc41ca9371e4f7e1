import { useState } from 'react'
import { useAlertRules, useRestoreRules } from '../../hub/alert-rules.ts'
import { useChannels } from '../../hub/channels.ts'
import { toProblem } from '../../hub/problem.ts'
import { QueryProblem } from '../../shell/query-problem.tsx'
import { Button } from '../../ui/button.tsx'
import { Panel } from '../../ui/panel.tsx'
import { ProblemNote } from '../../ui/problem-note.tsx'
import { Skeleton } from '../../ui/skeleton.tsx'
import { t } from '../../words/rules.ts'
import { RuleDialog } from './rule-dialog.tsx'
import { RuleRow } from './rule-row.tsx'
import './rules-panel.css'

interface RulesPanelProps {
  readonly mayChange: boolean
  readonly maySnooze: boolean
}

/** What is worth an alert, and which channels are notified of it. */
export function RulesPanel({ mayChange, maySnooze }: RulesPanelProps) {
  const rules = useAlertRules()
  const channels = useChannels()
  const restore = useRestoreRules()
  const [creating, setCreating] = useState(false)
  // Those that are switched off are what a person could switch on.
  const sorted = rules.data?.toSorted((a, b) => Number(b.enabled) - Number(a.enabled))
  return (
    <Panel
      title={t.alertRules}
      aside={
        mayChange && (
          <Button variant="primary" onClick={() => setCreating(true)}>
            {t.newRule}
          </Button>
        )
      }
    >
      <QueryProblem query={rules} />
      {sorted === undefined ? (
        rules.error === null && <Skeleton height={240} label={t.loadingRules} />
      ) : sorted.length === 0 ? (
        <p className="muted">{t.noRuleNothingOpens}</p>
      ) : (
        <ul>
          {sorted.map((rule) => (
            <RuleRow key={rule.rule_id} rule={rule} channels={channels.data ?? []} mayChange={mayChange} maySnooze={maySnooze} />
          ))}
        </ul>
      )}
      {mayChange && sorted !== undefined && (
        <p className="rules-restore small muted">
          <Button onClick={() => restore.mutate(undefined)} disabled={restore.isPending}>
            {t.restoreDefaultRules}
          </Button>{' '}
          <span role="status">
            {restore.data !== undefined && (restore.data.length === 0 ? t.allOfThemAre : t.rulesCameBack(restore.data.length))}
          </span>
        </p>
      )}
      {restore.error !== null && <ProblemNote {...toProblem(restore.error)} />}
      {creating && <RuleDialog onClose={() => setCreating(false)} />}
    </Panel>
  )
}
