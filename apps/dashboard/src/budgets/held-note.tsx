import { useBudgets } from '../hub/budget.ts'
import { Link } from '../router/link.tsx'
import { t } from '../words/budgets.ts'
import { amountText } from './budget-text.ts'

/** Says that a budget holds a session, and where to go on. */
export function HeldNote({ session }: { readonly session: string }) {
  const holding = useBudgets().data?.filter(({ held }) => held.some(({ session_id }) => session_id === session)) ?? []
  return holding.map(({ budget_id, name, kind, line }) => (
    <p key={budget_id} role="status" className="held-note">
      {t.heldByBudgetIs(
        name,
        amountText(kind, line),
        <Link to="/settings" hash="budgets">
          {t.goOnInSettings}
        </Link>,
      )}
    </p>
  ))
}
