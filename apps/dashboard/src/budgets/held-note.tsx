import { useBudgets } from '../hub/budget.ts'
import { Link } from '../router/link.tsx'
import { amountText } from './budget-text.ts'

/** Says that a budget holds a session, and where to go on. */
export function HeldNote({ session }: { readonly session: string }) {
  const holding = useBudgets().data?.filter(({ held }) => held.some(({ session_id }) => session_id === session)) ?? []
  return holding.map(({ budget_id, name, kind, line }) => (
    <p key={budget_id} role="status" className="held-note">
      Held by the budget “{name}”: {amountText(kind, line)} is spent. <Link to="/settings">Go on in Settings</Link>, then type “go on” in
      the terminal.
    </p>
  ))
}
