import { Suspense, useState } from 'react'
import type { BoardSession } from '../../hub/answer.ts'
import { Button } from '../../ui/button.tsx'
import { Icon } from '../../ui/icon.tsx'
import { useHasId } from '../../ui/id-set.ts'
import { lazyPart } from '../../ui/lazy-part.ts'
import { t } from '../../words/session-actions.ts'
import { possibleActions } from './session-action.ts'
import { type SessionControls, useSessionControls } from './session-controls.tsx'
import './row-controls.css'

/** The menu is heavy, and hundreds of rows have one: it is rendered in the row that is asked for it. */
const ActionMenu = lazyPart(() => import('./action-menu.tsx').then((file) => ({ default: file.ActionMenu })))

interface RowControlsProps {
  readonly session: BoardSession
  /** What the session is called, for screen readers. */
  readonly name: string
  /** Has a button for what helps most, beside the menu. */
  readonly quick?: boolean
}

/** The actions of a session, behind one button. */
export function RowControls(props: RowControlsProps) {
  const controls = useSessionControls()
  return controls === undefined ? null : <MenuButton {...props} controls={controls} />
}

function MenuButton({ session, name, controls, quick = false }: RowControlsProps & { readonly controls: SessionControls }) {
  const [asked, setAsked] = useState(false)
  const actions = possibleActions(session, controls)
  const asks = controls.asking.has(session.session_id)
  if (actions.length === 0 && !asks) return null
  const button = (
    <button type="button" className="row-menu" aria-label={t.actionsFor(name)} aria-haspopup="menu" onClick={() => setAsked(true)}>
      <Icon name="more" size={18} />
    </button>
  )
  return (
    <span className="row-controls">
      {asks && (
        <Button variant="primary" className="row-quick" onClick={() => controls.answer(session)} aria-label={t.answerNamed(name)}>
          {t.answerLabel}
        </Button>
      )}
      {quick && actions[0] === 'recover' && (
        <Button className="row-quick" onClick={() => controls.start('recover', [session])} aria-label={t.recoverNamed(name)}>
          {t.recoverLabel}
        </Button>
      )}
      {actions.length === 0 ? null : asked ? (
        <Suspense fallback={button}>
          <ActionMenu actions={actions} name={name} onPick={(action) => controls.start(action, [session])} />
        </Suspense>
      ) : (
        button
      )}
    </span>
  )
}

/** Selects a session, while sessions are selected. */
export function RowCheckbox({ session, name }: RowControlsProps) {
  const controls = useSessionControls()
  return controls?.selecting ? <Checkbox id={session.session_id} name={name} controls={controls} /> : null
}

function Checkbox({
  id,
  name,
  controls: { selection },
}: {
  readonly id: string
  readonly name: string
  readonly controls: SessionControls
}) {
  const selected = useHasId(selection, id)
  return (
    <input
      type="checkbox"
      className="row-checkbox"
      aria-label={t.select(name)}
      checked={selected}
      onChange={(event) => selection.set(id, event.target.checked)}
    />
  )
}
