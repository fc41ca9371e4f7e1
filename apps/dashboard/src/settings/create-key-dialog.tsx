import { type FormEvent, useState } from 'react'
import type { Scope } from '../hub/answer.ts'
import { useCreateKey } from '../hub/key.ts'
import { toProblem } from '../hub/problem.ts'
import { Button } from '../ui/button.tsx'
import { CopyLine } from '../ui/copy-line.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { ProblemNote } from '../ui/problem-note.tsx'
import { scopeNames } from './scopes.tsx'
import '../ui/field.css'
import './create-key-dialog.css'

const scopes: readonly Scope[] = ['read', 'write', 'ingest', 'admin']
const DAY_MS = 86_400_000
const expiryOptions = [
  { value: '', label: 'Never' },
  { value: '30', label: 'In 30 days' },
  { value: '90', label: 'In 90 days' },
  { value: '365', label: 'In a year' },
]

interface CreateKeyDialogProps {
  readonly onClose: () => void
}

/** Creates a key and shows it once. */
export function CreateKeyDialog({ onClose }: CreateKeyDialogProps) {
  const create = useCreateKey()
  const [name, setName] = useState('')
  const [chosen, setChosen] = useState<readonly Scope[]>(['ingest'])
  const [days, setDays] = useState('365')

  function submit(event: FormEvent): void {
    event.preventDefault()
    const expiry = days === '' ? {} : { expires_at: new Date(Date.now() + Number(days) * DAY_MS).toISOString() }
    create.mutate({ name: name.trim(), scopes: [...chosen], ...expiry })
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
