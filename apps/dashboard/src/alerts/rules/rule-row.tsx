import { useState } from 'react'
import { useRemoveRule, useSaveRule, useSnoozeRule } from '../../hub/alert-rules.ts'
import type { AlertRule, Channel } from '../../hub/answer.ts'
import { toProblem } from '../../hub/problem.ts'
import { Link } from '../../router/link.tsx'
import { Button } from '../../ui/button.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { RecentMoment } from '../../ui/moment.tsx'
import { ProblemNote } from '../../ui/problem-note.tsx'
import { browserTimeZone } from '../../ui/time-format.ts'
import { useNow } from '../../ui/use-now.ts'
import { ruleForms, ruleName } from '../../words/rule-forms.ts'
import { t } from '../../words/rules.ts'
import { EndDialog } from '../end-dialog.tsx'
import { severityNames } from '../severity-mark.tsx'
import { RuleDialog } from './rule-dialog.tsx'
import { describeChannels, describeParameters } from './rule-sentence.ts'

interface RuleRowProps {
  readonly rule: AlertRule
  readonly channels: readonly Channel[]
  readonly mayChange: boolean
  readonly maySnooze: boolean
}

/** A rule: what it watches for, whom it notifies, and what can be done with it. */
export function RuleRow({ rule, channels, mayChange, maySnooze }: RuleRowProps) {
  const { rule_id: id, kind, enabled, source } = rule
  const name = ruleName(kind, rule.name)
  const [open, setOpen] = useState<'change' | 'snooze' | 'remove'>()
  const save = useSaveRule()
  const remove = useRemoveRule()
  const snooze = useSnoozeRule(id)
  const now = useNow(10_000)
  const isSnoozed = rule.snoozed_until !== undefined && Date.parse(rule.snoozed_until) > now
  const close = () => setOpen(undefined)
  const mayEdit = mayChange && source !== 'file'
  const button = (text: string, onClick: () => void, disabled = false) => (
    <Button onClick={onClick} disabled={disabled} aria-label={`${text}: ${name}`}>
      {text}
    </Button>
  )
  const parameters = describeParameters(rule)
  const error = open === undefined ? (save.error ?? snooze.error) : null
  return (
    <li className="rule-row" data-off={!enabled || undefined}>
      <div className="rule-what">
        <p>
          <Link to="/alerts" search={{ rule: id }} className="rule-name breakable" title={ruleForms[kind].description}>
            {name}
          </Link>{' '}
          <span className="small muted">
            {severityNames[rule.severity ?? ruleForms[kind].severity]}
            {!enabled && t.switchedOff}
            {source === 'file' && t.setInAlertsFile}
            {isSnoozed && rule.snoozed_until !== undefined && (
              <>
                {t.snoozedUntil}
                <RecentMoment at={rule.snoozed_until} zone={browserTimeZone()} />
              </>
            )}
          </span>
        </p>
        <p className="small muted breakable">{[parameters, describeChannels(rule, channels)].filter((part) => part !== '').join(' · ')}</p>
        {error !== null && <ProblemNote {...toProblem(error)} />}
      </div>
      <div className="rule-buttons">
        {mayEdit &&
          button(
            enabled ? t.switchOff : t.switchOn,
            () => save.mutate({ kind: 'change', id, change: { enabled: !enabled } }),
            save.isPending,
          )}
        {maySnooze &&
          (isSnoozed ? button(t.endSnooze, () => snooze.mutate(undefined), snooze.isPending) : button(t.snooze, () => setOpen('snooze')))}
        {mayEdit && button(t.changeLabel, () => setOpen('change'))}
        {mayEdit && button(t.remove, () => setOpen('remove'))}
      </div>
      {open === 'change' && <RuleDialog rule={rule} onClose={close} />}
      {open === 'snooze' && (
        <EndDialog
          title={t.snoozeNamed(name)}
          about={t.nothingIsSentAbout}
          action={t.snooze}
          pending={snooze.isPending}
          error={snooze.error}
          onClose={close}
          onEnd={(end) => snooze.mutate(end, { onSuccess: close })}
        />
      )}
      {open === 'remove' && (
        <Dialog onClose={close} title={t.removeQuestion(name)}>
          <p>{t.itsOpenAlertsClose}</p>
          {remove.error !== null && <ProblemNote {...toProblem(remove.error)} />}
          <div className="dialog-actions">
            <Button onClick={close}>{t.cancel}</Button>
            <Button variant="danger" disabled={remove.isPending} onClick={() => remove.mutate(id, { onSuccess: close })}>
              {t.remove}
            </Button>
          </div>
        </Dialog>
      )}
    </li>
  )
}
