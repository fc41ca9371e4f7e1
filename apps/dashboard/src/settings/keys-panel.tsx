import { useState } from 'react'
import type { Key } from '../hub/answer.ts'
import { useKeys } from '../hub/key.ts'
import { toProblem } from '../hub/problem.ts'
import { Button } from '../ui/button.tsx'
import { Ago, Moment } from '../ui/moment.tsx'
import { formatCompact } from '../ui/number-format.ts'
import { Panel } from '../ui/panel.tsx'
import { ProblemNote } from '../ui/problem-note.tsx'
import { Skeleton } from '../ui/skeleton.tsx'
import { browserTimeZone, formatDuration } from '../ui/time-format.ts'
import { useNow } from '../ui/use-now.ts'
import { t } from '../words/settings.ts'
import { CreateKeyDialog } from './create-key-dialog.tsx'
import { RevokeKeyDialog } from './revoke-key-dialog.tsx'
import { Scopes } from './scopes.tsx'
import './keys-panel.css'

/** The time before its end from which on a key is warned about. */
const END_WARNING_MS = 30 * 86_400_000

/** The API keys of this hub: scopes, last use, and revocation. */
export function KeysPanel({ signedIn }: { /** Keys are made by those who have shown one. */ readonly signedIn: boolean }) {
  const keys = useKeys()
  const [creating, setCreating] = useState(false)
  const [revoking, setRevoking] = useState<Key>()
  const sorted = keys.data?.toSorted((a, b) => Number(a.revoked_at !== undefined) - Number(b.revoked_at !== undefined))
  return (
    <Panel
      title={t.apiKeys}
      aside={
        signedIn && (
          <Button variant="primary" onClick={() => setCreating(true)}>
            {t.newKey}
          </Button>
        )
      }
    >
      {keys.error !== null && <ProblemNote {...toProblem(keys.error)} onRetry={() => keys.refetch()} />}
      {sorted === undefined ? (
        keys.error === null && <Skeleton height={120} label={t.loadingApiKeys} />
      ) : sorted.length === 0 ? (
        <p className="muted">{t.noApiKeyYet(!signedIn && t.toCreateOneHere)}</p>
      ) : (
        <ul className="keys">
          {sorted.map((key) => (
            <KeyItem key={key.key_id} entry={key} onRevoke={() => setRevoking(key)} />
          ))}
        </ul>
      )}
      <p className="small muted keys-foot">{t.keysSetWithOr(<code>API_KEYS</code>, <code>CLAUDE_SYNC_API_KEY</code>)}</p>
      {creating && <CreateKeyDialog onClose={() => setCreating(false)} />}
      {revoking !== undefined && <RevokeKeyDialog entry={revoking} onClose={() => setRevoking(undefined)} />}
    </Panel>
  )
}

function KeyItem({ entry, onRevoke }: { readonly entry: Key; readonly onRevoke: () => void }) {
  const zone = browserTimeZone()
  const now = useNow(60_000)
  const expired = entry.expires_at !== undefined && Date.parse(entry.expires_at) <= now
  const inactive = entry.revoked_at !== undefined || expired
  return (
    <li data-inactive={inactive || undefined}>
      <div className="key-name">
        <b className="breakable">{entry.name}</b>
        <code className="small muted">{entry.prefix}…</code>
      </div>
      <Scopes scopes={entry.scopes} />
      <p className="small muted">
        {t.created(
          entry.last_used_at === undefined ? t.neverUsed : t.used(<Ago at={entry.last_used_at} zone={zone} />),
          <Ago at={entry.created_at} zone={zone} />,
          <KeyEnd entry={entry} now={now} />,
          entry.machine_id !== undefined && <>{t.onlyAboutMachine(<span className="breakable">{entry.machine_id}</span>)}</>,
          entry.project_id !== undefined && <>{t.onlyAboutProject(<span className="breakable">{entry.project_id}</span>)}</>,
        )}
      </p>
      {!inactive && entry.quotas !== undefined && <QuotaNote quotas={entry.quotas} />}
      {inactive ? (
        <span className="small muted key-action">{entry.revoked_at === undefined ? t.expired : t.revoked}</span>
      ) : (
        <Button className="key-action" onClick={onRevoke} aria-label={t.revokeNamed(entry.name)}>
          {t.revoke}
        </Button>
      )}
    </li>
  )
}

/** When a key ends; one that ends soon, whatever uses it, stands out. */
function KeyEnd({ entry: { expires_at, idle_days, revoked_at }, now }: { readonly entry: Key; readonly now: number }) {
  if (expires_at === undefined || revoked_at !== undefined) return null
  const left = Date.parse(expires_at) - now
  const moment = <Moment at={expires_at} zone={browserTimeZone()} />
  if (left <= 0) return <>{t.expiredAt(moment)}</>
  if (idle_days !== undefined) return <>{t.expiresAfterDaysWithout(idle_days)}</>
  if (left > END_WARNING_MS) return <>{t.expiresAt(moment)}</>
  return (
    <>
      , <strong className="key-ending">{t.expiresIn(formatDuration(left), moment)}</strong>
    </>
  )
}

const quotaNames = ['rows', 'bytes', 'snapshots', 'names'] as const

/** What a key has sent lately; nothing for one that sends nothing. */
function QuotaNote({ quotas }: { readonly quotas: NonNullable<Key['quotas']> }) {
  const used = quotaNames.filter((name) => quotas[name].used > 0)
  if (used.length === 0) return null
  return (
    <p className="small muted">
      {t.lastDayQuotas(
        used
          .map((name) =>
            t.quota(formatCompact(quotas[name].used), formatCompact(quotas[name].limit), t.quotaUnits[name](quotas[name].limit)),
          )
          .join(', '),
      )}
    </p>
  )
}
