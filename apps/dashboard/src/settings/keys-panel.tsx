import { useState } from 'react'
import type { Key } from '../hub/answer.ts'
import { useKeys } from '../hub/key.ts'
import { problemOf } from '../hub/problem.ts'
import { Button } from '../ui/button.tsx'
import { Ago, Moment } from '../ui/moment.tsx'
import { Panel } from '../ui/panel.tsx'
import { ProblemNote } from '../ui/problem-note.tsx'
import { Skeleton } from '../ui/skeleton.tsx'
import { browserZone } from '../ui/time-format.ts'
import { useNow } from '../ui/use-now.ts'
import { CreateKeyDialog } from './create-key-dialog.tsx'
import { RevokeKeyDialog } from './revoke-key-dialog.tsx'
import { Scopes } from './scopes.tsx'
import './keys-panel.css'

/** The keys of this hub: what each may do, when it was last used, and an end to it. */
export function KeysPanel({ first }: { /** No key exists yet. */ readonly first: boolean }) {
  const keys = useKeys()
  const [making, setMaking] = useState(false)
  const [revoking, setRevoking] = useState<Key>()
  const shown = keys.data?.toSorted((a, b) => Number(a.revoked_at !== undefined) - Number(b.revoked_at !== undefined))
  return (
    <Panel
      title="Keys"
      aside={
        <Button look="main" onClick={() => setMaking(true)}>
          New key
        </Button>
      }
    >
      {keys.error !== null && <ProblemNote {...problemOf(keys.error)} onRetry={() => keys.refetch()} />}
      {shown === undefined ? (
        keys.error === null && <Skeleton height={120} label="The keys are being fetched" />
      ) : shown.length === 0 ? (
        <p className="quiet">
          No key has been made yet. Collectors on other machines, and browsers that come over a network, need one each.
        </p>
      ) : (
        <ul className="keys">
          {shown.map((key) => (
            <KeyLine key={key.key_id} entry={key} onRevoke={() => setRevoking(key)} />
          ))}
        </ul>
      )}
      <p className="small quiet keys-foot">Keys that are set by API_KEYS or CLAUDE_SYNC_API_KEY are not listed here.</p>
      {making && <CreateKeyDialog first={first} onClose={() => setMaking(false)} />}
      {revoking !== undefined && <RevokeKeyDialog entry={revoking} onClose={() => setRevoking(undefined)} />}
    </Panel>
  )
}

function KeyLine({ entry, onRevoke }: { readonly entry: Key; readonly onRevoke: () => void }) {
  const zone = browserZone()
  const now = useNow(60_000)
  const expired = entry.expires_at !== undefined && Date.parse(entry.expires_at) <= now
  const dead = entry.revoked_at !== undefined || expired
  return (
    <li data-dead={dead || undefined}>
      <div className="key-name">
        <b className="breakable">{entry.name}</b>
        <code className="small quiet">{entry.prefix}…</code>
      </div>
      <Scopes scopes={entry.scopes} />
      <p className="small quiet">
        {entry.last_used_at === undefined ? (
          'never used'
        ) : (
          <>
            used <Ago at={entry.last_used_at} zone={zone} />
          </>
        )}
        , made <Ago at={entry.created_at} zone={zone} />
        {entry.expires_at !== undefined && entry.revoked_at === undefined && (
          <>
            , {expired ? 'ended' : 'ends'} <Moment at={entry.expires_at} zone={zone} />
          </>
        )}
      </p>
      {dead ? (
        <span className="small quiet key-end">{entry.revoked_at === undefined ? 'ended' : 'revoked'}</span>
      ) : (
        <Button className="key-end" onClick={onRevoke} aria-label={`Revoke ${entry.name}`}>
          Revoke
        </Button>
      )}
    </li>
  )
}
