import { MAX_VIEW_NAME_LENGTH } from '@signalbox/contract/view-name'
import { type FormEvent, useId, useState } from 'react'
import { toProblem } from '../hub/problem.ts'
import { Button } from '../ui/button.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { ProblemNote } from '../ui/problem-note.tsx'
import { t } from '../words/views.ts'
import '../ui/field.css'

interface ViewNameDialogProps {
  readonly title: string
  /** The name before. */
  readonly name: string
  readonly error: Error | null
  readonly isPending: boolean
  readonly onName: (name: string) => void
  readonly onClose: () => void
}

/** Asks for the name of a view. */
export function ViewNameDialog({ title, name, error, isPending, onName, onClose }: ViewNameDialogProps) {
  const id = useId()
  const [text, setText] = useState(name)
  function submit(event: FormEvent): void {
    event.preventDefault()
    if (text.trim() !== '') onName(text.trim())
  }
  return (
    <Dialog title={title} onClose={onClose}>
      <form onSubmit={submit}>
        <div className="field">
          <label htmlFor={id}>{t.name}</label>
          <input
            id={id}
            className="input"
            autoComplete="off"
            required
            maxLength={MAX_VIEW_NAME_LENGTH}
            value={text}
            onChange={(event) => setText(event.target.value)}
          />
          <p className="small muted">{t.sharedWithAll}</p>
        </div>
        {error !== null && <ProblemNote {...toProblem(error)} />}
        <div className="dialog-actions">
          <Button onClick={onClose}>{t.cancel}</Button>
          <Button type="submit" variant="primary" disabled={isPending || text.trim() === ''}>
            {t.save}
          </Button>
        </div>
      </form>
    </Dialog>
  )
}
