import type { BoardSession } from '../../hub/answer.ts'
import { Button } from '../../ui/button.tsx'
import { useIds } from '../../ui/id-set.ts'
import { formatExact } from '../../ui/number-format.ts'
import { t } from '../../words/session-actions.ts'
import { actionTexts, mayDo, sessionActions } from './session-action.ts'
import type { SessionControls } from './session-controls.tsx'
import './bulk-bar.css'

interface BulkBarProps {
  readonly controls: SessionControls
  /** The sessions on the screen, in their order. */
  readonly sessions: readonly BoardSession[]
}

/** What can be done with the selected sessions, each action with the number of those that it is possible for. */
export function BulkBar({ controls, sessions }: BulkBarProps) {
  const { selection, setSelecting, start } = controls
  const ids = useIds(selection)
  const selected = sessions.filter(({ session_id }) => ids.has(session_id))
  const possible = sessionActions
    .map((action) => ({ action, own: selected.filter((session) => mayDo(action, session, controls)) }))
    .filter(({ own }) => own.length > 0)
  const all = selected.length === sessions.length && sessions.length > 0
  return (
    <section className="bulk-bar" aria-label={t.selectedSessions}>
      <p role="status">{t.ofSessionsSelected(<b>{formatExact(selected.length)}</b>, sessions.length)}</p>
      <div className="bulk-actions">
        <Button variant="bare" onClick={() => selection.replace(all ? [] : sessions.map(({ session_id }) => session_id))}>
          {all ? t.selectNone : t.selectAll}
        </Button>
        {possible.map(({ action, own }) => (
          <Button key={action} onClick={() => start(action, own)}>
            {actionTexts[action].name}
            {own.length < selected.length && <span className="muted"> {own.length}</span>}
          </Button>
        ))}
        <Button variant="bare" onClick={() => setSelecting(false)}>
          {t.done}
        </Button>
      </div>
    </section>
  )
}
