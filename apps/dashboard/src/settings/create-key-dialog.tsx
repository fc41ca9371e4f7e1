import { type FormEvent, useState } from 'react'
import type { Scope } from '../hub/answer.ts'
import { useCreateKey } from '../hub/key.ts'
import { useMachines } from '../hub/machine.ts'
import { toProblem } from '../hub/problem.ts'
import { Button } from '../ui/button.tsx'
import { CopyLine } from '../ui/copy-line.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { ProblemNote } from '../ui/problem-note.tsx'
import { t } from '../words/settings.ts'
import { scopeNames } from './scopes.tsx'
import '../ui/field.css'
import './create-key-dialog.css'

const scopes: readonly Scope[] = ['read', 'write', 'ingest', 'answer', 'admin']
const DAY_MS = 86_400_000
const expiryOptions = [
  { value: 'never', label: t.never },
  { value: '30', label: t.in30Days },
  { value: '90', label: t.in90Days },
  // The hub's default, by its own clock.
  { value: '', label: t.inYear },
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
      <Dialog onClose={onClose} title={t.keyCreated}>
        <div className="new-key">
          {key === undefined ? (
            <p>{t.theKeyWasCreated(name)}</p>
          ) : (
            <>
              <p>{t.copyItNowIt}</p>
              <CopyLine text={key} label={t.theKey} />
            </>
          )}
        </div>
        <div className="dialog-actions">
          <Button variant="primary" onClick={onClose}>
            {t.done}
          </Button>
        </div>
      </Dialog>
    )
  }

  return (
    <Dialog onClose={onClose} title={t.newApiKey}>
      <form className="new-key" onSubmit={submit}>
        <div className="field">
          <label htmlFor="key-name">{t.name}</label>
          <input
            id="key-name"
            className="input"
            required
            maxLength={200}
            autoComplete="off"
            placeholder={t.laptopWallDisplay}
            value={name}
            onChange={(event) => setName(event.target.value)}
          />
        </div>
        <fieldset className="key-scopes">
          <legend>{t.scopes}</legend>
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
          <label htmlFor="key-expiry">{t.expires}</label>
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
          <Button onClick={onClose}>{t.cancel}</Button>
          <Button variant="primary" type="submit" disabled={create.isPending || chosen.length === 0 || name.trim() === ''}>
            {t.createKey}
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
        <label htmlFor="key-machine">{t.onlyAboutThisMachine}</label>
        <input
          id="key-machine"
          className="input"
          list="key-machines"
          maxLength={200}
          autoComplete="off"
          placeholder={t.everyMachine}
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
        <label htmlFor="key-project">{t.onlyAboutThisProject}</label>
        <input
          id="key-project"
          className="input"
          maxLength={200}
          autoComplete="off"
          placeholder={t.everyProject}
          value={project}
          onChange={(event) => onProject(event.target.value)}
        />
        <p className="small muted">{t.itSendsAndChanges}</p>
      </div>
    </>
  )
}
