import { countOf } from '@signalbox/contract/plural'
import { useState } from 'react'
import { type Budget, useBudgets } from '../hub/budget.ts'
import { toProblem } from '../hub/problem.ts'
import { Link } from '../router/link.tsx'
import { Button } from '../ui/button.tsx'
import { Panel } from '../ui/panel.tsx'
import { ProblemNote } from '../ui/problem-note.tsx'
import { ShareBar } from '../ui/share-bar.tsx'
import { Skeleton } from '../ui/skeleton.tsx'
import { BudgetDialog } from './budget-dialog.tsx'
import { amountText, filterText, kindNames, stateNames } from './budget-text.ts'
import { GoOnDialog } from './go-on-dialog.tsx'
import { RemoveBudgetDialog } from './remove-budget-dialog.tsx'
import './budgets.css'

type Opened = { readonly dialog: 'edit' | 'go-on' | 'remove'; readonly budget: Budget } | { readonly dialog: 'add' }

/** The budgets, what is used of each, and the sessions that are held. */
export function BudgetsPanel({ mayChange, mayGoOn }: { readonly mayChange: boolean; readonly mayGoOn: boolean }) {
  const budgets = useBudgets()
  const [opened, setOpened] = useState<Opened>()
  const close = () => setOpened(undefined)
  return (
    <Panel
      title="Budgets"
      aside={
        mayChange && (
          <Button variant="primary" onClick={() => setOpened({ dialog: 'add' })}>
            New budget
          </Button>
        )
      }
    >
      {budgets.error !== null && <ProblemNote {...toProblem(budgets.error)} onRetry={() => budgets.refetch()} />}
      {budgets.data === undefined ? (
        budgets.error === null && <Skeleton height={80} label="Loading budgets" />
      ) : budgets.data.length === 0 ? (
        <p className="muted">No budget yet. At its soft line an alert opens; at its hard line sessions are held between two calls.</p>
      ) : (
        <ul className="budgets">
          {budgets.data.map((budget) => (
            <li key={budget.budget_id}>
              <BudgetRow budget={budget} />
              <div className="budget-actions">
                {mayGoOn && budget.enabled && budget.period !== undefined && (
                  <Button onClick={() => setOpened({ dialog: 'go-on', budget })} aria-label={`Go on with ${budget.name}`}>
                    Go on …
                  </Button>
                )}
                {mayChange && (
                  <>
                    <Button onClick={() => setOpened({ dialog: 'edit', budget })} aria-label={`Change ${budget.name}`}>
                      Change
                    </Button>
                    <Button onClick={() => setOpened({ dialog: 'remove', budget })} aria-label={`Remove ${budget.name}`}>
                      Remove
                    </Button>
                  </>
                )}
              </div>
            </li>
          ))}
        </ul>
      )}
      <p className="small muted budgets-note">
        Sessions are held on machines where <code>signalbox hooks budgets on</code> was run. Costs are list-price equivalents. Your plan's
        price is different.
      </p>
      {!mayGoOn && budgets.data !== undefined && budgets.data.length > 0 && (
        <p className="small muted budgets-note">
          To raise a line from here, sign this browser in with a key of the scope answer; on the hub's own machine:{' '}
          <code>signalbox open</code>.
        </p>
      )}
      {opened?.dialog === 'add' && <BudgetDialog onClose={close} />}
      {opened?.dialog === 'edit' && <BudgetDialog budget={opened.budget} onClose={close} />}
      {opened?.dialog === 'go-on' && <GoOnDialog budget={opened.budget} onClose={close} />}
      {opened?.dialog === 'remove' && <RemoveBudgetDialog budget={opened.budget} onClose={close} />}
    </Panel>
  )
}

function BudgetRow({ budget }: { readonly budget: Budget }) {
  const { name, kind, line, used, state, raises, held } = budget
  const raised = raises.reduce((sum, { amount }) => sum + amount, 0)
  return (
    <div className="budget-row" data-state={state}>
      <p>
        <b className="breakable">{name}</b>{' '}
        <span className="muted breakable">
          {kindNames[kind]} {filterText(budget)}
        </span>
      </p>
      {used !== undefined && <ShareBar share={used / line} color={state === 'spent' ? 'var(--danger)' : undefined} />}
      <p className="small">
        {used === undefined ? '' : `${amountText(kind, used)} of `}
        {amountText(kind, line)} · {stateNames[state]}
        {raised > 0 && ` · raised by ${amountText(kind, raised)}`}
      </p>
      {held.length > 0 && (
        <p className="small">
          Holds {countOf(held.length, 'session')}:{' '}
          {held.slice(0, 10).map(({ session_id, machine_id }, index) => (
            <span key={session_id}>
              {index > 0 && ', '}
              <Link to="/sessions/$id" params={{ id: session_id }}>
                {session_id.slice(0, 8)}
              </Link>{' '}
              on {machine_id}
            </span>
          ))}
        </p>
      )}
    </div>
  )
}
