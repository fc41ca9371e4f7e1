import type { BoardClaude } from '../hub/answer.ts'
import { formatCompact, formatExact, formatPercent } from '../ui/number-format.ts'
import { t } from '../words/sessions.ts'
import { contextShare, isNearlyFull } from './claude-facts.ts'
import './context-meter.css'

/** The used part of the context window, as a bar and a percentage where its size is known, else as a number of tokens. */
export function ContextMeter({
  claude,
  short = false,
}: {
  readonly claude: BoardClaude /** Under a heading that says what it is. */
  readonly short?: boolean
}) {
  const { context_tokens: used, context_limit: limit } = claude
  if (used === undefined) return null
  const share = contextShare(claude)
  if (share === undefined || limit === undefined)
    return (
      <span title={t.tokens(formatExact(used), used)}>
        {formatCompact(used)}
        {short ? '' : t.inContext}
      </span>
    )
  return (
    <span className="context-meter" title={t.ofTokens(formatExact(used), formatExact(limit))} data-full={isNearlyFull(share) || undefined}>
      <span className="context-bar" aria-hidden="true">
        <span style={{ width: `${Math.min(1, share) * 100}%` }} />
      </span>
      {formatPercent(share)}
      {short ? '' : t.ofContext}
    </span>
  )
}
