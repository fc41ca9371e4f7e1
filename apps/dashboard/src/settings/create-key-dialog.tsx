import { type FormEvent, useState } from 'react'
import type { Scope } from '../hub/answer.ts'
import { useCreateKey } from '../hub/key.ts'
import { problemOf } from '../hub/problem.ts'
import { Button } from '../ui/button.tsx'
import { CopyLine } from '../ui/copy-line.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { ProblemNote } from '../ui/problem-note.tsx'
import { scopeNames } from './scopes.tsx'
import '../ui/field.css'
import './create-key-dialog.css'

const scopes: readonly Scope[] = ['read', 'write', 'ingest', 'admin']
const DAY = 86_400_000
const lives = [
  { value: '', label: 'never' },
  { value: '30', label: 'in 30 days' },
  { value: '90', label: 'in 90 days' },
  { value: '365', label: 'in a year' },
]

interface CreateKeyDialogProps {
  /** No key exists yet. The first may do everything and signs this browser in, or whoever makes it would be locked out by it. */
  readonly first: boolean
  readonly onClose: () => void
}

/** Makes a key and shows it once. */
export function CreateKeyDialog({ first, onClose }: CreateKeyDialogProps) {
  const create = useCreateKey(first)
  const [name, setName] = useState('')
  const [chosen, setChosen] = useState<readonly Scope[]>(['ingest'])
  const [days, setDays] = useState('')

  function submit(event: FormEvent): void {
    event.preventDefault()
    const end = days === '' ? {} : { expires_at: new Date(Date.now() + Number(days) * DAY).toISOString() }
    create.mutate({ name: name.trim(), scopes: first ? [...scopes] : [...chosen], ...end })
  }

  if (create.data !== undefined) {
    const { key, name } = create.data
    return (
      <Dialog onClose={onClose} title="The key is made">
        <div className="new-key">
          {key === undefined ? (
            <p>It was made, but its text was lost on the way here and cannot be shown again. Revoke “{name}” and make another.</p>
          ) : (
            <>
              <p>This is the only time it is shown; the hub keeps no copy of it.</p>
              <CopyLine text={key} label="the key" />
            </>
          )}
        </div>
        <div className="dialog-actions">
          <Button look="main" onClick={onClose}>
            Done
          </Button>
        </div>
      </Dialog>
    )
  }

  return (
    <Dialog onClose={onClose} title="New key">
      <form className="new-key" onSubmit={submit}>
        <div className="field">
          <label htmlFor="key-name">What is it for?</label>
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
        {first ? (
          <p className="small">
            It is the first key, so it may do everything, and this browser is signed in with it. From then on the hub asks everybody for a
            key, collectors too: give each one of its own.
          </p>
        ) : (
          <fieldset className="key-scopes">
            <legend>It may</legend>
            {scopes.map((scope) => (
              <label key={scope}>
                <input
                  type="checkbox"
                  checked={chosen.includes(scope)}
                  onChange={(event) =>
                    setChosen(scopes.filter((other) => (other === scope ? event.target.checked : chosen.includes(other))))
                  }
                />
                <span>
                  <b>{scope}</b> <span className="quiet">{scopeNames[scope]}</span>
                </span>
              </label>
            ))}
          </fieldset>
        )}
        <div className="field">
          <label htmlFor="key-life">It ends</label>
          <select id="key-life" className="input" value={days} onChange={(event) => setDays(event.target.value)}>
            {lives.map(({ value, label }) => (
              <option key={value} value={value}>
                {label}
              </option>
            ))}
          </select>
        </div>
        {create.error !== null && <ProblemNote {...problemOf(create.error)} />}
        <div className="dialog-actions">
          <Button onClick={onClose}>Cancel</Button>
          <Button look="main" type="submit" disabled={create.isPending || chosen.length === 0 || name.trim() === ''}>
            Make the key
          </Button>
        </div>
      </form>
    </Dialog>
  )
}
