import type { ReactNode } from 'react'
import type { ClaudeSession, Session } from '../hub/answer.ts'
import { useSessionSources } from '../hub/session.ts'
import { believedSources, formatPermissionMode, formatSource, isFromTranscriptOnly, moreThanTranscript } from '../hub/session-sources.ts'
import { type CountedField, countedSession, useUsageCheck } from '../hub/usage-check.ts'
import { Count, Money } from '../ui/amount.tsx'
import { Code } from '../ui/code.tsx'
import { formatModelName } from '../ui/model-name.ts'
import { Moment } from '../ui/moment.tsx'
import { Panel } from '../ui/panel.tsx'
import { browserTimeZone } from '../ui/time-format.ts'
import { t } from '../words/session.ts'
import { CacheExpiry } from './cache-expiry.tsx'
import { ContextMeter } from './context-meter.tsx'
import { formatField } from './source-field.ts'
import './session-details.css'
import './claude-panel.css'

type Field = Exclude<
  keyof ClaudeSession,
  'activity_since' | 'subagents_running' | 'subagents' | 'tasks' | 'sources' | 'name' | 'context_limit'
>

const kinds = { interactive: t.interactive, print: 'claude -p', background: t.backgroundJob } as const

/** How each field is shown, in order. */
const fields: {
  readonly [F in Field]: (value: NonNullable<ClaudeSession[F]>, claude: ClaudeSession, atLeast: string | undefined) => ReactNode
} = {
  model: (model) => <span title={model}>{formatModelName(model)}</span>,
  context_tokens: (_, claude) => <ContextMeter claude={claude} />,
  cost_usd: (cost, _, atLeast) => <Money value={cost} atLeast={atLeast} />,
  input_tokens: (tokens) => <Count value={tokens} unit="token" />,
  output_tokens: (tokens, _, atLeast) => <Count value={tokens} unit="token" atLeast={atLeast} />,
  cache_read_tokens: (tokens) => <Count value={tokens} unit="token" />,
  cache_write_tokens: (tokens) => <Count value={tokens} unit="token" />,
  cache_expires_at: (at) => <CacheExpiry at={at} />,
  limited_until: (at) => <Moment at={at} zone={browserTimeZone()} />,
  turn_error: (reason) => <span className="breakable">{reason}</span>,
  branch: (branch) => <span className="breakable">{branch}</span>,
  permission_mode: (mode) => <span title={mode}>{formatPermissionMode(mode)}</span>,
  effort: (effort) => effort,
  kind: (kind) => kinds[kind],
  version: (version) => version,
  pid: (pid) => pid,
}

/** What is known about a session of Claude Code, and the source of each field. */
export function ClaudePanel({ session, claude }: { readonly session: Session; readonly claude: ClaudeSession }) {
  const sources = useSessionSources(session.session_id)
  const believed = believedSources(sources.data ?? [])
  const check = useUsageCheck(session.session_id).data
  const counted = check && countedSession(check)
  // What a source has said of a session that the hub counts no call of is what it had used by then.
  const atLeast = counted === undefined ? t.atLeastWhatWas : counted.isAtLeast ? t.atLeastSomeCalls : undefined
  const known = (Object.keys(fields) as Field[]).filter((field) => (counted?.fields[field as CountedField] ?? claude[field]) !== undefined)
  if (known.length === 0 && !isFromTranscriptOnly(claude)) return null
  return (
    <Panel title={t.claudeCode} className="claude">
      {isFromTranscriptOnly(claude) && (
        <p className="small claude-note">
          <Code text={moreThanTranscript} />
        </p>
      )}
      <dl className="session-details">
        {known.map((field) => {
          const count = counted?.fields[field as CountedField]
          const value = count ?? claude[field]
          const source = count === undefined ? believed.get(field) : undefined
          const render = fields[field] as (value: unknown, claude: ClaudeSession, atLeast?: string) => ReactNode
          return (
            <div key={field} data-field={field}>
              <dt>{formatField(field)}</dt>
              <dd>
                {render(value, claude, atLeast)}
                {count !== undefined && <span className="field-source">{t.counted}</span>}
                {source !== undefined && (
                  <span className="field-source">
                    <span className="visually-hidden">{t.source}</span>
                    {formatSource(source)}
                  </span>
                )}
              </dd>
            </div>
          )
        })}
      </dl>
      {(counted?.fields.cost_usd ?? claude.cost_usd) !== undefined && <p className="small muted">{t.listPriceEquivalentYour}</p>}
    </Panel>
  )
}
