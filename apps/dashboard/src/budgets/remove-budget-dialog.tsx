import { type Budget, useRemoveBudget } from '../hub/budget.ts'
import { toProblem } from '../hub/problem.ts'
import { Button } from '../ui/button.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { ProblemNote } from '../ui/problem-note.tsx'

export function RemoveBudgetDialog({ budget, onClose }: { readonly budget: Budget; readonly onClose: () => void }) {
  const remove = useRemoveBudget()
  return (
    <Dialog onClose={onClose} title={`Remove “${budget.name}”?`}>
      <p>Sessions that it holds may go on, and its alert rule is removed.</p>
      {remove.error !== null && <ProblemNote {...toProblem(remove.error)} />}
      <div className="dialog-actions">
        <Button onClick={onClose}>Cancel</Button>
        <Button variant="danger" disabled={remove.isPending} onClick={() => remove.mutate(budget.budget_id, { onSuccess: onClose })}>
          Remove budget
        </Button>
      </div>
    </Dialog>
  )
}
