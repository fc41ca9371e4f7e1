import { type Budget, useRemoveBudget } from '../hub/budget.ts'
import { toProblem } from '../hub/problem.ts'
import { Button } from '../ui/button.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { ProblemNote } from '../ui/problem-note.tsx'
import { t } from '../words/budgets.ts'

export function RemoveBudgetDialog({ budget, onClose }: { readonly budget: Budget; readonly onClose: () => void }) {
  const remove = useRemoveBudget()
  return (
    <Dialog onClose={onClose} title={t.removeQuestion(budget.name)}>
      <p>{t.sessionsThatItHolds}</p>
      {remove.error !== null && <ProblemNote {...toProblem(remove.error)} />}
      <div className="dialog-actions">
        <Button onClick={onClose}>{t.cancel}</Button>
        <Button variant="danger" disabled={remove.isPending} onClick={() => remove.mutate(budget.budget_id, { onSuccess: onClose })}>
          {t.removeBudget}
        </Button>
      </div>
    </Dialog>
  )
}
