import { type BudgetKind, budgetKinds, isPlanKind } from '@signalbox/contract/budget-kind'
import { type FormEvent, useState } from 'react'
import { type Budget, useChangeBudget, useCreateBudget } from '../hub/budget.ts'
import { toProblem } from '../hub/problem.ts'
import { Button } from '../ui/button.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { ProblemNote } from '../ui/problem-note.tsx'
import { t } from '../words/budgets.ts'
import { kindNames, patternsOf } from './budget-text.ts'
import '../ui/field.css'

/** Adds a budget, or changes one. */
export function BudgetDialog({ budget, onClose }: { readonly budget?: Budget; readonly onClose: () => void }) {
  const create = useCreateBudget()
  const change = useChangeBudget(budget?.budget_id ?? '')
  const [name, setName] = useState(budget?.name ?? '')
  const [kind, setKind] = useState<BudgetKind>(budget?.kind ?? 'day')
  const [amount, setAmount] = useState(String(budget?.amount_usd ?? budget?.percent ?? ''))
  const [soft, setSoft] = useState(budget === undefined ? '80' : String(budget.soft_percent ?? ''))
  const [projects, setProjects] = useState(budget?.filter?.project_id?.join(', ') ?? '')
  const [machines, setMachines] = useState(budget?.filter?.machine_id?.join(', ') ?? '')
  const [account, setAccount] = useState(budget?.account ?? '')
  const [enabled, setEnabled] = useState(budget?.enabled ?? true)
  const isPlan = isPlanKind(kind)
  const { error, isPending } = budget === undefined ? create : change

  function submit(event: FormEvent): void {
    event.preventDefault()
    const [project_id, machine_id, model] = [patternsOf(projects), patternsOf(machines), budget?.filter?.model]
    const filter = {
      ...(project_id === undefined ? {} : { project_id }),
      ...(machine_id === undefined ? {} : { machine_id }),
      ...(model === undefined ? {} : { model }),
    }
    const fields = {
      name: name.trim(),
      enabled,
      ...(isPlan ? { percent: Number(amount) } : { amount_usd: Number(amount) }),
      soft_percent: soft.trim() === '' ? null : Number(soft),
      filter: isPlan || Object.keys(filter).length === 0 ? null : filter,
      account: isPlan && account.trim() !== '' ? account.trim() : null,
    }
    if (budget === undefined) create.mutate({ ...fields, kind }, { onSuccess: onClose })
    else change.mutate(fields, { onSuccess: onClose })
  }

  return (
    <Dialog onClose={onClose} title={budget === undefined ? t.newBudget : t.change(budget.name)}>
      <form className="budget-form" onSubmit={submit}>
        <Field id="budget-name" label={t.name} value={name} onChange={setName} required maxLength={100} />
        <div className="field">
          <label htmlFor="budget-kind">{t.period}</label>
          <select
            id="budget-kind"
            className="input"
            disabled={budget !== undefined}
            value={kind}
            onChange={(event) => setKind(event.target.value as BudgetKind)}
          >
            {budgetKinds.map((one) => (
              <option key={one} value={one}>
                {kindNames[one]}
              </option>
            ))}
          </select>
        </div>
        <Field
          id="budget-amount"
          label={isPlan ? t.hardLineInPercent : t.hardLineInUsd}
          type="number"
          value={amount}
          onChange={setAmount}
          required
        />
        <Field id="budget-soft" label={t.softLineInPercent} type="number" value={soft} onChange={setSoft} />
        {isPlan ? (
          <Field id="budget-account" label={t.accountEmptyForEvery} value={account} onChange={setAccount} maxLength={200} />
        ) : (
          <>
            <Field id="budget-projects" label={t.projectsSuchAsShop} value={projects} onChange={setProjects} />
            <Field id="budget-machines" label={t.machinesEmptyForAll} value={machines} onChange={setMachines} />
          </>
        )}
        <label>
          <input type="checkbox" checked={enabled} onChange={(event) => setEnabled(event.target.checked)} /> {t.holdSessionsAtHard}
        </label>
        {isPlan && <p className="small muted">{t.howFullLimitIs}</p>}
        {error !== null && <ProblemNote {...toProblem(error)} />}
        <div className="dialog-actions">
          <Button onClick={onClose}>{t.cancel}</Button>
          <Button variant="primary" type="submit" disabled={isPending || name.trim() === '' || !(Number(amount) > 0)}>
            {budget === undefined ? t.createBudget : t.save}
          </Button>
        </div>
      </form>
    </Dialog>
  )
}

interface FieldProps {
  readonly id: string
  readonly label: string
  readonly value: string
  readonly onChange: (text: string) => void
  readonly type?: 'number'
  readonly required?: boolean
  readonly maxLength?: number
}

function Field({ id, label, value, onChange, type, required, maxLength }: FieldProps) {
  const number = type === 'number' ? { type, step: 'any', min: '0.01' } : {}
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <input
        id={id}
        className="input"
        autoComplete="off"
        value={value}
        required={required}
        maxLength={maxLength}
        onChange={(event) => onChange(event.target.value)}
        {...number}
      />
    </div>
  )
}
