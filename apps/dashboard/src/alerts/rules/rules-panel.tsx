import { countOf } from '@signalbox/contract/plural'
import { useState } from 'react'
import { useAlertRules, useRestoreRules } from '../../hub/alert-rules.ts'
import { useChannels } from '../../hub/channels.ts'
import { toProblem } from '../../hub/problem.ts'
import { Button } from '../../ui/button.tsx'
import { Panel } from '../../ui/panel.tsx'
import { ProblemNote } from '../../ui/problem-note.tsx'
import { Skeleton } from '../../ui/skeleton.tsx'
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
  const problem = rules.error === null ? undefined : toProblem(rules.error)
  // Those that are switched off are what a person could switch on.
  const sorted = rules.data?.toSorted((a, b) => Number(b.enabled) - Number(a.enabled))
  return (
    <Panel
      title="Alert rules"
      aside={
        mayChange && (
          <Button variant="primary" onClick={() => setCreating(true)}>
            New rule
          </Button>
        )
      }
    >
      {problem !== undefined && <ProblemNote {...problem} onRetry={() => rules.refetch()} />}
      {sorted === undefined ? (
        problem === undefined && <Skeleton height={240} label="Loading rules" />
      ) : sorted.length === 0 ? (
        <p className="muted">No rule: nothing opens an alert.</p>
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
            Restore default rules
          </Button>{' '}
          <span role="status">
            {restore.data !== undefined &&
              (restore.data.length === 0 ? 'All of them are there.' : `${countOf(restore.data.length, 'rule')} came back.`)}
          </span>
        </p>
      )}
      {restore.error !== null && <ProblemNote {...toProblem(restore.error)} />}
      {creating && <RuleDialog onClose={() => setCreating(false)} />}
    </Panel>
  )
}
