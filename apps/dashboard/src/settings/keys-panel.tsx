import { useState } from 'react'
import type { Key } from '../hub/answer.ts'
import { useKeys } from '../hub/key.ts'
import { QueryProblem } from '../shell/query-problem.tsx'
import { Button } from '../ui/button.tsx'
import { Ago, Moment } from '../ui/moment.tsx'
import { formatCompact } from '../ui/number-format.ts'
import { Panel } from '../ui/panel.tsx'
import { Skeleton } from '../ui/skeleton.tsx'
import { browserTimeZone, formatDuration } from '../ui/time-format.ts'
import { useNow } from '../ui/use-now.ts'
import { t } from '../words/settings.ts'
import { CreateKeyDialog } from './create-key-dialog.tsx'
import { LabelledCell } from './labelled-cell.tsx'
import { RevokeKeyDialog } from './revoke-key-dialog.tsx'
import { Scopes } from './scopes.tsx'
import './keys-panel.css'

/** The time before its end from which on a key is warned about. */
const END_WARNING_MS = 30 * 86_400_000

const columns = ['key', 'scopes', 'about', 'used', 'created', 'expires'] as const

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
      <QueryProblem query={keys} />
      {sorted === undefined ? (
        keys.error === null && <Skeleton height={120} label={t.loadingApiKeys} />
      ) : sorted.length === 0 ? (
        <p className="muted">{t.noApiKeyYet(!signedIn && t.toCreateOneHere)}</p>
      ) : (
        <table className="key-table">
          <thead>
            <tr>
              {columns.map((name) => (
                <th key={name} scope="col">
                  {t.keyColumns[name]}
                </th>
              ))}
              <td />
            </tr>
          </thead>
          <tbody>
            {sorted.map((key) => (
              <KeyRow key={key.key_id} entry={key} onRevoke={() => setRevoking(key)} />
            ))}
          </tbody>
        </table>
      )}
      <p className="small muted keys-foot">{t.keysSetWithOr(<code>API_KEYS</code>, <code>CLAUDE_SYNC_API_KEY</code>)}</p>
      {creating && <CreateKeyDialog onClose={() => setCreating(false)} />}
      {revoking !== undefined && <RevokeKeyDialog entry={revoking} onClose={() => setRevoking(undefined)} />}
    </Panel>
  )
}

function KeyRow({ entry, onRevoke }: { readonly entry: Key; readonly onRevoke: () => void }) {
  const zone = browserTimeZone()
  const now = useNow(60_000)
  const expired = entry.expires_at !== undefined && Date.parse(entry.expires_at) <= now
  const inactive = entry.revoked_at !== undefined || expired
  const { machine_id, project_id } = entry
  return (
    <tr data-inactive={inactive || undefined}>
      <th scope="row">
        <b className="breakable">{entry.name}</b> <code className="small muted">{entry.prefix}…</code>
      </th>
      <LabelledCell column={t.keyColumns.scopes}>
        <Scopes scopes={entry.scopes} />
      </LabelledCell>
      <LabelledCell column={t.keyColumns.about}>
        {machine_id !== undefined && <div>{t.machineNamed(machine_id)}</div>}
        {project_id !== undefined && <div>{t.projectNamed(project_id)}</div>}
        {machine_id === undefined && project_id === undefined && <span className="muted">{t.everything}</span>}
      </LabelledCell>
      <LabelledCell column={t.keyColumns.used}>
        {entry.last_used_at === undefined ? <span className="muted">{t.neverUsed}</span> : <Ago at={entry.last_used_at} zone={zone} />}
        {!inactive && entry.quotas !== undefined && <QuotaNote quotas={entry.quotas} />}
      </LabelledCell>
      <LabelledCell column={t.keyColumns.created}>
        <Ago at={entry.created_at} zone={zone} />
      </LabelledCell>
      <LabelledCell column={t.keyColumns.expires}>
        <KeyEnd entry={entry} now={now} />
      </LabelledCell>
      <td>
        {inactive ? (
          <span className="muted">{entry.revoked_at === undefined ? t.expired : t.revoked}</span>
        ) : (
          <Button onClick={onRevoke} aria-label={t.revokeNamed(entry.name)}>
            {t.revoke}
          </Button>
        )}
      </td>
    </tr>
  )
}

/** When a key ends; one that ends soon, whatever uses it, stands out. */
function KeyEnd({ entry: { expires_at, idle_days, revoked_at }, now }: { readonly entry: Key; readonly now: number }) {
  if (expires_at === undefined || revoked_at !== undefined) return <span className="muted">{t.neverExpires}</span>
  const left = Date.parse(expires_at) - now
  const moment = <Moment at={expires_at} zone={browserTimeZone()} />
  if (left <= 0) return moment
  if (idle_days !== undefined) return <>{t.daysWithoutUse(idle_days)}</>
  if (left > END_WARNING_MS) return moment
  return (
    <strong className="key-ending">
      {t.inTime(formatDuration(left))}, {moment}
    </strong>
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
