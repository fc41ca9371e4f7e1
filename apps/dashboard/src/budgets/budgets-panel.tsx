import { useState } from 'react'
import { type Budget, useBudgets } from '../hub/budget.ts'
import { Link } from '../router/link.tsx'
import { QueryProblem } from '../shell/query-problem.tsx'
import { Button } from '../ui/button.tsx'
import { Panel } from '../ui/panel.tsx'
import { ShareBar } from '../ui/share-bar.tsx'
import { Skeleton } from '../ui/skeleton.tsx'
import { t } from '../words/budgets.ts'
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
      title={t.budgets}
      aside={
        mayChange && (
          <Button variant="primary" onClick={() => setOpened({ dialog: 'add' })}>
            {t.newBudget}
          </Button>
        )
      }
    >
      <QueryProblem query={budgets} />
      {budgets.data === undefined ? (
        budgets.error === null && <Skeleton height={80} label={t.loadingBudgets} />
      ) : budgets.data.length === 0 ? (
        <p className="muted">{t.noBudgetYet}</p>
      ) : (
        <ul className="budgets">
          {budgets.data.map((budget) => (
            <li key={budget.budget_id}>
              <BudgetRow budget={budget} />
              <div className="budget-actions">
                {mayGoOn && budget.enabled && budget.period !== undefined && (
                  <Button onClick={() => setOpened({ dialog: 'go-on', budget })} aria-label={t.goOnWith(budget.name)}>
                    {t.goOn}
                  </Button>
                )}
                {mayChange && (
                  <>
                    <Button onClick={() => setOpened({ dialog: 'edit', budget })} aria-label={t.changeNamed(budget.name)}>
                      {t.changeLabel}
                    </Button>
                    <Button onClick={() => setOpened({ dialog: 'remove', budget })} aria-label={t.removeNamed(budget.name)}>
                      {t.remove}
                    </Button>
                  </>
                )}
              </div>
            </li>
          ))}
        </ul>
      )}
      <p className="small muted budgets-note">
        {t.sessionsAreHeldOn(<code>signalbox hooks budgets on</code>)} {t.costsAreListPrice}
      </p>
      {!mayGoOn && budgets.data !== undefined && budgets.data.length > 0 && (
        <p className="small muted budgets-note">{t.signInToRaise(<code>signalbox open</code>)}</p>
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
        {used === undefined ? '' : t.usedOf(amountText(kind, used))}
        {amountText(kind, line)} · {stateNames[state]}
        {raised > 0 && t.raisedBy(amountText(kind, raised))}
      </p>
      {held.length > 0 && (
        <p className="small">
          {t.holdsSessions(
            held.length,
            held.slice(0, 10).map(({ session_id, machine_id }, index) => (
              <span key={session_id}>
                {t.heldSession(
                  index > 0 && ', ',
                  <Link to="/sessions/$id" params={{ id: session_id }}>
                    {session_id.slice(0, 8)}
                  </Link>,
                  machine_id,
                )}
              </span>
            )),
          )}
        </p>
      )}
    </div>
  )
}
