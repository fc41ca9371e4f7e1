import { isPlanKind } from '@signalbox/contract/budget-kind'
import { type FormEvent, useState } from 'react'
import { type Budget, useBudgetLink, useGoOn } from '../hub/budget.ts'
import { toProblem } from '../hub/problem.ts'
import { Button } from '../ui/button.tsx'
import { CopyLine } from '../ui/copy-line.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { ProblemNote } from '../ui/problem-note.tsx'
import { t } from '../words/budgets.ts'
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
    <Dialog onClose={onClose} title={t.goOnWithQuoted(name)}>
      <form className="budget-form" onSubmit={submit}>
        <div className="field">
          <label htmlFor="go-on-amount">{t.raiseLineOfThis(isPlanKind(kind) ? t.percent : t.usdWord)}</label>
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
        <p className="small muted">{t.inHeldSessionsType(isValid && t.theLineBecomesNext(amountText(kind, line + amount)))}</p>
        {link.data !== undefined && <CopyLine text={link.data.url} label={t.theLink} />}
        {error !== null && <ProblemNote {...toProblem(error)} />}
        <div className="dialog-actions">
          <Button onClick={onClose}>{t.cancel}</Button>
          <Button disabled={!isValid || link.isPending} onClick={() => link.mutate(amount)}>
            {t.makeLink}
          </Button>
          <Button variant="primary" type="submit" disabled={!isValid || goOn.isPending}>
            {t.goOnLabel}
          </Button>
        </div>
      </form>
    </Dialog>
  )
}
