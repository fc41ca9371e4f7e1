import { type FormEvent, useState } from 'react'
import type { Scope } from '../hub/answer.ts'
import { useCreateKey } from '../hub/key.ts'
import { useMachines } from '../hub/machine.ts'
import { toProblem } from '../hub/problem.ts'
import { Button } from '../ui/button.tsx'
import { CopyLine } from '../ui/copy-line.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { ProblemNote } from '../ui/problem-note.tsx'
import { scopeNames } from './scopes.tsx'
import '../ui/field.css'
import './create-key-dialog.css'

const scopes: readonly Scope[] = ['read', 'write', 'ingest', 'answer', 'admin']
const DAY_MS = 86_400_000
const expiryOptions = [
  { value: 'never', label: 'Never' },
  { value: '30', label: 'In 30 days' },
  { value: '90', label: 'In 90 days' },
  // The hub's default, by its own clock.
  { value: '', label: 'In a year' },
]

interface CreateKeyDialogProps {
  readonly onClose: () => void
}

/** Creates a key and shows it once. */
export function CreateKeyDialog({ onClose }: CreateKeyDialogProps) {
  const create = useCreateKey()
  const [name, setName] = useState('')
  const [chosen, setChosen] = useState<readonly Scope[]>(['ingest'])
  const [machine, setMachine] = useState('')
  const [project, setProject] = useState('')
  const [days, setDays] = useState('')

  function submit(event: FormEvent): void {
    event.preventDefault()
    const [machineId, projectId] = [machine.trim(), project.trim()]
    create.mutate({
      name: name.trim(),
      scopes: [...chosen],
      ...toExpiry(days),
      ...(machineId === '' ? {} : { machine_id: machineId }),
      ...(projectId === '' ? {} : { project_id: projectId }),
    })
  }

  if (create.data !== undefined) {
    const { key, name } = create.data
    return (
      <Dialog onClose={onClose} title="Key created">
        <div className="new-key">
          {key === undefined ? (
            <p>The key was created, but the response was lost and it cannot be shown again. Revoke “{name}” and create another one.</p>
          ) : (
            <>
              <p>Copy it now: it is shown only once, and the hub does not store it.</p>
              <CopyLine text={key} label="the key" />
            </>
          )}
        </div>
        <div className="dialog-actions">
          <Button variant="primary" onClick={onClose}>
            Done
          </Button>
        </div>
      </Dialog>
    )
  }

  return (
    <Dialog onClose={onClose} title="New API key">
      <form className="new-key" onSubmit={submit}>
        <div className="field">
          <label htmlFor="key-name">Name</label>
          <input
            id="key-name"
            className="input"
            required
            maxLength={200}
            autoComplete="off"
            placeholder="laptop, wall display …"
            value={name}
            onChange={(event) => setName(event.target.value)}
          />
        </div>
        <fieldset className="key-scopes">
          <legend>Scopes</legend>
          {scopes.map((scope) => (
            <label key={scope}>
              <input
                type="checkbox"
                checked={chosen.includes(scope)}
                onChange={(event) => setChosen(scopes.filter((other) => (other === scope ? event.target.checked : chosen.includes(other))))}
              />
              <span>
                <b>{scope}</b> <span className="muted">{scopeNames[scope]}</span>
              </span>
            </label>
          ))}
        </fieldset>
        <BindingFields machine={machine} project={project} onMachine={setMachine} onProject={setProject} />
        <div className="field">
          <label htmlFor="key-expiry">Expires</label>
          <select id="key-expiry" className="input" value={days} onChange={(event) => setDays(event.target.value)}>
            {expiryOptions.map(({ value, label }) => (
              <option key={value} value={value}>
                {label}
              </option>
            ))}
          </select>
        </div>
        {create.error !== null && <ProblemNote {...toProblem(create.error)} />}
        <div className="dialog-actions">
          <Button onClick={onClose}>Cancel</Button>
          <Button variant="primary" type="submit" disabled={create.isPending || chosen.length === 0 || name.trim() === ''}>
            Create key
          </Button>
        </div>
      </form>
    </Dialog>
  )
}

function toExpiry(days: string): { expires_at?: string | null } {
  if (days === '') return {}
  return { expires_at: days === 'never' ? null : new Date(Date.now() + Number(days) * DAY_MS).toISOString() }
}

interface BindingFieldsProps {
  readonly machine: string
  readonly project: string
  readonly onMachine: (id: string) => void
  readonly onProject: (id: string) => void
}

/** What the key may report about. A machine may be named that the hub does not know yet. */
function BindingFields({ machine, project, onMachine, onProject }: BindingFieldsProps) {
  const machines = useMachines()
  return (
    <>
      <div className="field">
        <label htmlFor="key-machine">Only about this machine</label>
        <input
          id="key-machine"
          className="input"
          list="key-machines"
          maxLength={200}
          autoComplete="off"
          placeholder="every machine"
          value={machine}
          onChange={(event) => onMachine(event.target.value)}
        />
        <datalist id="key-machines">
          {[...(machines.data?.keys() ?? [])].map((id) => (
            <option key={id} value={id} />
          ))}
        </datalist>
      </div>
      <div className="field">
        <label htmlFor="key-project">Only about this project</label>
        <input
          id="key-project"
          className="input"
          maxLength={200}
          autoComplete="off"
          placeholder="every project"
          value={project}
          onChange={(event) => onProject(event.target.value)}
        />
        <p className="small muted">It sends and changes nothing about others; with the scope read it still reads everything.</p>
      </div>
    </>
  )
}
