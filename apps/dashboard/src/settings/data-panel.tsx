import { type FormEvent, useId, useState } from 'react'
import { useAccounts } from '../hub/accounts.ts'
import { type DataOwner, type DeletedData, useDeleteData } from '../hub/delete-data.ts'
import { accountLabel } from '../hub/limit-row.ts'
import { useMachines } from '../hub/machine.ts'
import { toProblem } from '../hub/problem.ts'
import { useUsage } from '../hub/usage.ts'
import { Link } from '../router/link.tsx'
import { Button } from '../ui/button.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { Panel } from '../ui/panel.tsx'
import { ProblemNote } from '../ui/problem-note.tsx'
import { Segmented } from '../ui/segmented.tsx'
import { browserTimeZone } from '../ui/time-format.ts'
import { t } from '../words/settings.ts'
import '../ui/field.css'
import { ExportData } from './export-data.tsx'
import './data-panel.css'

const kinds = [
  { value: 'project', label: t.project },
  { value: 'machine', label: t.machine },
  { value: 'account', label: t.account },
] as const
type Kind = (typeof kinds)[number]['value']

const ownerOf = (kind: Kind, name: string): DataOwner =>
  kind === 'project' ? { project: name } : kind === 'machine' ? { machine_id: name } : { account: name }

/** What the hub keeps: export it, or delete what is of one project, machine or account. */
export function DataPanel() {
  const id = useId()
  const [kind, setKind] = useState<Kind>('project')
  const [name, setName] = useState('')
  const [counted, setCounted] = useState<DeletedData>()
  const count = useDeleteData()
  const names = useNames()[kind]
  const of = ownerOf(kind, name)

  function look(event: FormEvent): void {
    event.preventDefault()
    count.mutate({ of, isCount: true }, { onSuccess: setCounted })
  }

  return (
    <Panel title={t.data} className="data-panel">
      <p>{t.exportUsageAsCsv(<Link to="/usage">{t.usage}</Link>, <code>signalbox store copy</code>)}</p>
      <ExportData />
      <form onSubmit={look}>
        <Segmented
          label={t.deleteDataOf}
          value={kind}
          options={kinds}
          onChange={(next) => {
            setKind(next)
            setName('')
            count.reset()
          }}
        />
        <div className="field">
          <label htmlFor={id}>{t.deleteDataOfThis(t.deleteKinds[kind])}</label>
          <select id={id} className="input" value={name} onChange={(event) => setName(event.target.value)}>
            <option value="">{t.choose(t.deleteKinds[kind])}</option>
            {names.map(({ value, label }) => (
              <option key={value} value={value}>
                {label}
              </option>
            ))}
          </select>
        </div>
        <Button type="submit" disabled={name === '' || count.isPending}>
          {t.delete}
        </Button>
      </form>
      {count.error !== null && <ProblemNote {...toProblem(count.error)} />}
      {counted !== undefined && (
        <DeleteDataDialog
          of={of}
          label={names.find(({ value }) => value === name)?.label ?? name}
          counted={counted}
          onClose={() => setCounted(undefined)}
        />
      )}
    </Panel>
  )
}

function useNames(): Record<Kind, readonly { readonly value: string; readonly label: string }[]> {
  const machines = useMachines()
  const projects = useUsage({ group: 'project', timezone: browserTimeZone() })
  const { data: accounts = [] } = useAccounts()
  return {
    project: (projects.data?.rows ?? []).flatMap(({ project, short_name }) =>
      project === undefined || project === ''
        ? []
        : [{ value: project, label: short_name === undefined ? project : `${short_name} (${project})` }],
    ),
    machine: [...(machines.data?.values() ?? [])].map(({ machine_id }) => ({ value: machine_id, label: machine_id })),
    account: accounts.flatMap(({ account, name }) =>
      account === undefined ? [] : [{ value: account, label: accountLabel({ account, accountName: name }) }],
    ),
  }
}

interface DeleteDataDialogProps {
  readonly of: DataOwner
  readonly label: string
  readonly counted: DeletedData
  readonly onClose: () => void
}

/** Confirms a deletion, which cannot be undone. */
function DeleteDataDialog({ of, label, counted, onClose }: DeleteDataDialogProps) {
  const remove = useDeleteData()
  const { calls, sessions, tasks, snapshots, collectors } = counted
  const parts = [
    t.callCount(calls),
    t.endedSessionCount(sessions),
    t.taskCount(tasks),
    t.snapshotCount(snapshots),
    t.collectorCount(collectors),
  ].filter((text) => !text.startsWith('0 '))
  return (
    <Dialog onClose={onClose} title={t.deleteDataQuestion(label)}>
      {parts.length === 0 ? <p>{t.theHubHasNo}</p> : <p>{t.thisCannotBeUndone(parts.join(', '))}</p>}
      {remove.error !== null && <ProblemNote {...toProblem(remove.error)} />}
      <div className="dialog-actions">
        <Button onClick={onClose}>{t.cancel}</Button>
        {parts.length > 0 && (
          <Button
            variant="danger"
            disabled={remove.isPending}
            onClick={() => remove.mutate({ of, isCount: false }, { onSuccess: onClose })}
          >
            {t.deleteLabel}
          </Button>
        )}
      </div>
    </Dialog>
  )
}
