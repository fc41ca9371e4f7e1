import { type FormEvent, useState } from 'react'
import { useAccounts } from '../hub/accounts.ts'
import type { Account } from '../hub/answer.ts'
import { accountLabel } from '../hub/limit-row.ts'
import { useNameAccount } from '../hub/name-account.ts'
import { toProblem } from '../hub/problem.ts'
import { Button } from '../ui/button.tsx'
import { Ago } from '../ui/moment.tsx'
import { Panel } from '../ui/panel.tsx'
import { ProblemNote } from '../ui/problem-note.tsx'
import { browserTimeZone } from '../ui/time-format.ts'
import { t } from '../words/settings.ts'
import './accounts-panel.css'

const MAX_NAME_LENGTH = 100

/** The Claude accounts whose limits the hub has, with their names. Nothing before the first one. */
export function AccountsPanel({ mayName }: { readonly mayName: boolean }) {
  const accounts = useAccounts()
  if (accounts.data === undefined || accounts.data.length === 0) return null
  return (
    <Panel title={t.claudeAccounts}>
      <ul className="accounts">
        {accounts.data.map((account) => (
          <AccountItem key={`${account.account} ${account.name}`} entry={account} mayName={mayName} />
        ))}
      </ul>
    </Panel>
  )
}

function AccountItem({ entry, mayName }: { readonly entry: Account; readonly mayName: boolean }) {
  const { account, name, machines, lastSeenAt, inUse, limits } = entry
  const naming = useNameAccount()
  const [text, setText] = useState(name ?? '')
  const zone = browserTimeZone()
  const label = accountLabel({ account, accountName: name })
  const isChanged = text.trim() !== (name ?? '')

  function submit(event: FormEvent): void {
    event.preventDefault()
    if (account !== undefined && isChanged) naming.mutate({ account, name: text.trim() === '' ? null : text.trim() })
  }

  return (
    <li>
      {account === undefined || !mayName ? (
        <b className="breakable">{label}</b>
      ) : (
        <form onSubmit={submit}>
          <input
            className="input"
            aria-label={t.nameOf(label)}
            placeholder={label}
            maxLength={MAX_NAME_LENGTH}
            value={text}
            onChange={(event) => setText(event.target.value)}
          />
          <Button type="submit" disabled={!isChanged || naming.isPending}>
            {t.save}
          </Button>
        </form>
      )}
      <p className="small muted">
        {account !== undefined && <code className="breakable">{account}</code>}
        <span>
          {[limits.planInfo?.name, machines.length > 0 ? t.onMachines(machines.join(', ')) : undefined, inUse ? undefined : t.formerAccount]
            .filter((part) => part !== undefined)
            .join(' · ')}
        </span>
        <span>{t.lastSeen(<Ago at={lastSeenAt} zone={zone} />)}</span>
      </p>
      {naming.error !== null && <ProblemNote {...toProblem(naming.error)} />}
    </li>
  )
}
