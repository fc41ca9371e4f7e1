import { countOf } from '@signalbox/contract/plural'
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
import '../ui/field.css'
import './data-panel.css'

const kinds = [
  { value: 'project', label: 'Project' },
  { value: 'machine', label: 'Machine' },
  { value: 'account', label: 'Account' },
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
    <Panel title="Data" className="data-panel">
      <p>
        Export usage as CSV or JSON on <Link to="/usage">Usage</Link>. Copy the whole hub database with <code>signalbox store copy</code>.
      </p>
      <form onSubmit={look}>
        <Segmented
          label="Delete the data of a"
          value={kind}
          options={kinds}
          onChange={(next) => {
            setKind(next)
            setName('')
            count.reset()
          }}
        />
        <div className="field">
          <label htmlFor={id}>Delete the data of this {kind}</label>
          <select id={id} className="input" value={name} onChange={(event) => setName(event.target.value)}>
            <option value="">Choose a {kind}</option>
            {names.map(({ value, label }) => (
              <option key={value} value={value}>
                {label}
              </option>
            ))}
          </select>
        </div>
        <Button type="submit" disabled={name === '' || count.isPending}>
          Delete …
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
    countOf(calls, 'call'),
    countOf(sessions, 'ended session'),
    countOf(tasks, 'task'),
    countOf(snapshots, 'snapshot'),
    countOf(collectors, 'collector'),
  ].filter((text) => !text.startsWith('0 '))
  return (
    <Dialog onClose={onClose} title={`Delete the data of ${label}?`}>
      {parts.length === 0 ? (
        <p>The hub has no data of it.</p>
      ) : (
        <p>{parts.join(', ')}. This cannot be undone. What is on the machines stays there; a collector that sends it again is refused.</p>
      )}
      {remove.error !== null && <ProblemNote {...toProblem(remove.error)} />}
      <div className="dialog-actions">
        <Button onClick={onClose}>Cancel</Button>
        {parts.length > 0 && (
          <Button
            variant="danger"
            disabled={remove.isPending}
            onClick={() => remove.mutate({ of, isCount: false }, { onSuccess: onClose })}
          >
            Delete
          </Button>
        )}
      </div>
    </Dialog>
  )
}
