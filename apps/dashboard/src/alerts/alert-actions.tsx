import { useState } from 'react'
import { alertSummaryOf } from '../hub/alert-words.ts'
import { useAlertAction } from '../hub/alerts.ts'
import type { Alert } from '../hub/answer.ts'
import { toProblem } from '../hub/problem.ts'
import { Button } from '../ui/button.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { Ago, RecentMoment } from '../ui/moment.tsx'
import { ProblemNote } from '../ui/problem-note.tsx'
import { browserTimeZone } from '../ui/time-format.ts'
import { useNow } from '../ui/use-now.ts'
import { t } from '../words/alerts.ts'
import { SnoozeAlertDialog } from './snooze-alert-dialog.tsx'
import './alert-actions.css'

interface AlertActionsProps {
  readonly alert: Alert
  /** Whether this browser's key may change alerts. */
  readonly mayWrite: boolean
  /** Offers to close it by hand, which cannot be undone. */
  readonly closable?: boolean
}

/** Acknowledge, snooze and what undoes them, with what was done so far. Nothing for a closed alert. */
export function AlertActions({ alert, mayWrite, closable = false }: AlertActionsProps) {
  const action = useAlertAction(alert.alert_id)
  const [open, setOpen] = useState<'snooze' | 'close'>()
  const now = useNow(10_000)
  const zone = browserTimeZone()
  const { acknowledged } = alert
  const summary = alertSummaryOf(alert).text
  const snoozed = alert.snoozed !== undefined && Date.parse(alert.snoozed.until) > now ? alert.snoozed : undefined
  if (alert.state === 'closed') return null
  const button = (text: string, onClick: () => void) => (
    <Button onClick={onClick} disabled={action.isPending} aria-label={`${text}: ${summary}`}>
      {text}
    </Button>
  )
  return (
    <div className="alert-actions">
      {acknowledged !== undefined && (
        <span className="small muted breakable">
          {t.acknowledged(
            <Ago at={acknowledged.at} zone={zone} />,
            acknowledged.by !== undefined && t.byPerson(acknowledged.by),
            acknowledged.note !== undefined && `: ${acknowledged.note}`,
          )}
        </span>
      )}
      {snoozed !== undefined && <span className="small muted">{t.snoozedUntil(<RecentMoment at={snoozed.until} zone={zone} />)}</span>}
      {mayWrite && (
        <div className="alert-buttons">
          {acknowledged === undefined
            ? button(t.acknowledge, () => action.mutate({ kind: 'acknowledge' }))
            : button(t.undo, () => action.mutate({ kind: 'undo_acknowledgement' }))}
          {snoozed === undefined
            ? button(t.snooze, () => setOpen('snooze'))
            : button(t.endSnooze, () => action.mutate({ kind: 'end_snooze' }))}
          {closable && button(t.close, () => setOpen('close'))}
        </div>
      )}
      {open === undefined && action.error !== null && <ProblemNote {...toProblem(action.error)} />}
      {open === 'snooze' && <SnoozeAlertDialog alert={alert} action={action} onClose={() => setOpen(undefined)} />}
      {open === 'close' && (
        <Dialog title={t.closeThisAlert} onClose={() => setOpen(undefined)}>
          <p>{t.isClosedAlthoughIts(summary)}</p>
          {action.error !== null && <ProblemNote {...toProblem(action.error)} />}
          <div className="dialog-actions">
            <Button onClick={() => setOpen(undefined)}>{t.cancel}</Button>
            <Button
              variant="danger"
              disabled={action.isPending}
              onClick={() => action.mutate({ kind: 'close' }, { onSuccess: () => setOpen(undefined) })}
            >
              {t.closeAlert}
            </Button>
          </div>
        </Dialog>
      )}
    </div>
  )
}
