import type { ReactNode } from 'react'
import type { Session } from '../hub/answer.ts'
import { isLive } from '../hub/session-state.ts'
import { countedSession, useUsageCheck } from '../hub/usage-check.ts'
import { Link } from '../router/link.tsx'
import { Count, Money } from '../ui/amount.tsx'
import { formatModelName } from '../ui/model-name.ts'
import { t } from '../words/session.ts'
import { CacheExpiry } from './cache-expiry.tsx'
import { ContextMeter } from './context-meter.tsx'
import './session-figures.css'

/** What people look at first: what it costs, which model works, how full its context is, and how long its cache is warm. */
export function SessionFigures({ session }: { readonly session: Session }) {
  const { claude_code: claude, session_id: id } = session
  const check = useUsageCheck(id).data
  const counted = check && countedSession(check)
  const cost = counted?.fields.cost_usd ?? claude?.cost_usd
  const tokens = sumTokens(counted?.fields ?? claude)
  const atLeast = counted === undefined ? t.atLeastWhatWas : undefined
  const live = isLive(session)
  const figures: readonly { readonly name: string; readonly value: ReactNode }[] = [
    { name: t.cost, value: cost === undefined ? undefined : <Money value={cost} atLeast={atLeast} /> },
    { name: t.tokens, value: tokens === undefined ? undefined : <Count value={tokens} unit="token" atLeast={atLeast} /> },
    { name: t.model, value: claude?.model === undefined ? undefined : <span title={claude.model}>{formatModelName(claude.model)}</span> },
    { name: t.context, value: live && claude?.context_tokens !== undefined ? <ContextMeter claude={claude} short /> : undefined },
    {
      name: t.promptCacheExpires,
      value: live && claude?.cache_expires_at !== undefined ? <CacheExpiry at={claude.cache_expires_at} /> : undefined,
    },
  ]
  const known = figures.filter(({ value }) => value !== undefined)
  if (known.length === 0) return null
  return (
    <section className="session-figures" aria-label={t.costAndContext}>
      <dl>
        {known.map(({ name, value }) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      {counted !== undefined && (
        <Link to="/usage" search={{ range: 'all', table: 'session', find: id }} className="small">
          {t.itsUsage}
        </Link>
      )}
    </section>
  )
}

type Tokens = 'input_tokens' | 'output_tokens' | 'cache_read_tokens' | 'cache_write_tokens'

function sumTokens(fields: { readonly [T in Tokens]?: number | undefined } | undefined): number | undefined {
  const known = [fields?.input_tokens, fields?.output_tokens, fields?.cache_read_tokens, fields?.cache_write_tokens].filter(
    (count) => count !== undefined,
  )
  return known.length === 0 ? undefined : known.reduce((sum, count) => sum + count, 0)
}
