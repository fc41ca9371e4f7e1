import { useId, useState } from 'react'
import type { BoardSession } from '../../hub/answer.ts'
import { Button } from '../../ui/button.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { t } from '../../words/session-actions.ts'
import { actionTexts, OBSERVED_NOTE, type SessionAction } from './session-action.ts'
import '../../ui/field.css'
import './action-dialog.css'

/** Sessions that are named; more are counted. */
const MAX_NAMES = 5
const MAX_REASON_LENGTH = 500

interface ActionDialogProps {
  readonly action: SessionAction
  readonly sessions: readonly BoardSession[]
  readonly nameOf: (session: BoardSession) => string
  readonly onClose: () => void
  readonly onConfirm: (reason: string | undefined) => Promise<void>
}

/** Confirms an action: what it does, and what it does not do. */
export function ActionDialog({ action, sessions, nameOf, onClose, onConfirm }: ActionDialogProps) {
  const id = useId()
  const [reason, setReason] = useState('')
  const [busy, setBusy] = useState(false)
  const { name, confirm = [] } = actionTexts[action]
  const [first] = sessions
  const subject = sessions.length === 1 && first !== undefined ? `“${nameOf(first)}”` : t.sessionCount(sessions.length)
  const observed = (action === 'complete' || action === 'fail') && sessions.some(({ claude_code }) => claude_code !== undefined)
  return (
    <Dialog onClose={onClose} title={`${name}: ${subject}?`}>
      <form
        className="action-dialog"
        onSubmit={(event) => {
          event.preventDefault()
          setBusy(true)
          void onConfirm(reason.trim() === '' ? undefined : reason.trim())
        }}
      >
        {confirm.map((line) => (
          <p key={line}>{line}</p>
        ))}
        {observed && <p>{OBSERVED_NOTE}</p>}
        {sessions.length > 1 && (
          <ul className="action-sessions small muted">
            {sessions.slice(0, MAX_NAMES).map((session) => (
              <li key={session.session_id} className="breakable">
                {t.sessionOnMachine(nameOf(session), session.machine_id)}
              </li>
            ))}
            {sessions.length > MAX_NAMES && <li>{t.andMore(sessions.length - MAX_NAMES)}</li>}
          </ul>
        )}
        {action === 'fail' && (
          <div className="field">
            <label htmlFor={id}>{t.reason}</label>
            <input
              id={id}
              className="input"
              value={reason}
              maxLength={MAX_REASON_LENGTH}
              placeholder={t.markedFailed}
              onChange={(event) => setReason(event.target.value)}
            />
          </div>
        )}
        <div className="dialog-actions">
          <Button onClick={onClose}>{t.cancel}</Button>
          <Button type="submit" variant={action === 'pause' || action === 'recover' ? 'primary' : 'danger'} disabled={busy}>
            {name}
          </Button>
        </div>
      </form>
    </Dialog>
  )
}
