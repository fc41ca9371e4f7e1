import { isPlanKind } from '@signalbox/contract/budget-kind'
import { type FormEvent, useState } from 'react'
import { type Budget, useBudgetLink, useGoOn } from '../hub/budget.ts'
import { toProblem } from '../hub/problem.ts'
import { Button } from '../ui/button.tsx'
import { CopyLine } from '../ui/copy-line.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { ProblemNote } from '../ui/problem-note.tsx'
import { amountText } from './budget-text.ts'
import '../ui/field.css'

/** Raises the line of the current period, or makes a link that does. */
export function GoOnDialog({ budget, onClose }: { readonly budget: Budget; readonly onClose: () => void }) {
  const { budget_id, name, kind, line } = budget
  const goOn = useGoOn(budget_id)
  const link = useBudgetLink(budget_id)
  const [text, setText] = useState(isPlanKind(kind) ? '10' : '5')
  const amount = Number(text)
  const isValid = text.trim() !== '' && amount >= 0.01
  const error = goOn.error ?? link.error
  const submit = (event: FormEvent) => {
    event.preventDefault()
    goOn.mutate(amount, { onSuccess: onClose })
  }
  return (
    <Dialog onClose={onClose} title={`Go on with “${name}”`}>
      <form className="budget-form" onSubmit={submit}>
        <div className="field">
          <label htmlFor="go-on-amount">Raise the line of this period by, in {isPlanKind(kind) ? 'percent' : 'USD'}</label>
          <input
            id="go-on-amount"
            className="input"
            type="number"
            min="0.01"
            step="0.01"
            required
            value={text}
            onChange={(event) => setText(event.target.value)}
          />
        </div>
        <p className="small muted">
          {isValid && `The line becomes ${amountText(kind, line + amount)}; the next period has the old one again. `}
          In held sessions, type “go on”.
        </p>
        {link.data !== undefined && <CopyLine text={link.data.url} label="the link" />}
        {error !== null && <ProblemNote {...toProblem(error)} />}
        <div className="dialog-actions">
          <Button onClick={onClose}>Cancel</Button>
          <Button disabled={!isValid || link.isPending} onClick={() => link.mutate(amount)}>
            Make a link
          </Button>
          <Button variant="primary" type="submit" disabled={!isValid || goOn.isPending}>
            Go on
          </Button>
        </div>
      </form>
    </Dialog>
  )
}
