import { type FormEvent, type ReactNode, useId, useState } from 'react'
import { toProblem } from '../hub/problem.ts'
import { type SnoozeEnd, toSnoozeEnd } from '../hub/snooze-end.ts'
import { Button } from '../ui/button.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { ProblemNote } from '../ui/problem-note.tsx'
import { t } from '../words/alerts.ts'
import { endOptions } from './end-choice.ts'
import '../ui/field.css'
import './end-dialog.css'

interface EndDialogProps {
  readonly title: string
  /** What happens until the end. */
  readonly about: ReactNode
  /** The text of the button. */
  readonly action: string
  readonly pending: boolean
  readonly error: Error | null
  readonly onEnd: (end: SnoozeEnd) => void
  readonly onClose: () => void
  /** More fields. */
  readonly children?: ReactNode
}

/** Asks until when something is held. There is always an end. */
export function EndDialog({ title, about, action, pending, error, onEnd, onClose, children }: EndDialogProps) {
  const id = useId()
  const [choice, setChoice] = useState('1h')
  const [at, setAt] = useState('')
  const [isMissing, setMissing] = useState(false)

  function submit(event: FormEvent): void {
    event.preventDefault()
    const end = toSnoozeEnd(choice, at, Date.now())
    setMissing(end === undefined)
    if (end !== undefined) onEnd(end)
  }

  return (
    <Dialog onClose={onClose} title={title}>
      <form className="end-dialog" onSubmit={submit}>
        <p className="muted">{about}</p>
        <fieldset className="end-options">
          <legend className="visually-hidden">{t.howLong}</legend>
          {endOptions.map(({ value, label }) => (
            <label key={value}>
              <input type="radio" name={id} value={value} checked={choice === value} onChange={() => setChoice(value)} />
              {label}
            </label>
          ))}
        </fieldset>
        {choice === 'at' && (
          <div className="field">
            <label htmlFor={`${id}-at`}>{t.dateAndTime}</label>
            <input
              id={`${id}-at`}
              className="input"
              type="datetime-local"
              value={at}
              onChange={(event) => setAt(event.target.value)}
              aria-invalid={isMissing || undefined}
              aria-describedby={isMissing ? `${id}-missing` : undefined}
            />
            {isMissing && (
              <p id={`${id}-missing`} className="small field-problem" role="alert">
                {t.chooseTimeToCome}
              </p>
            )}
          </div>
        )}
        {children}
        {error !== null && <ProblemNote {...toProblem(error)} />}
        <div className="dialog-actions">
          <Button onClick={onClose}>{t.cancel}</Button>
          <Button variant="primary" type="submit" disabled={pending}>
            {action}
          </Button>
        </div>
      </form>
    </Dialog>
  )
}
