import { type CountedField, countedSession } from '@signalbox/client/counted-session'
import {
  believedSources,
  formatPermissionMode,
  formatSource,
  isFromTranscriptOnly,
  MORE_THAN_TRANSCRIPT,
} from '@signalbox/client/session-sources'
import { findWaits, sumWaits } from '@signalbox/client/waiting-time'
import type { ClaudeSession, SessionSourceRow } from '@signalbox/contract/claude-session'
import { formatDuration } from '@signalbox/contract/duration-text'
import { formatCompact, formatInteger, formatPercent } from '@signalbox/contract/number-text'
import { printable } from '@signalbox/contract/printable'
import type { Session } from '@signalbox/contract/session'
import type { TimelineRow } from '@signalbox/contract/session-timeline'
import type { SessionCheck } from '@signalbox/contract/usage-check'
import type { Detail } from '../details.ts'
import { formatCount, formatUsd, formatUsdAtLeast } from '../format-number.ts'

interface ClaudeContext {
  readonly sources: readonly SessionSourceRow[]
  /** What is counted of the session's calls. */
  readonly usage: SessionCheck | undefined
  readonly timeline: readonly TimelineRow[]
  readonly now: number
  /** Formats a past instant with its age. */
  readonly ago: (instant: string) => string
}

/** What is known about a session of Claude Code, each with its source; what is unknown is left out. */
export function claudeDetails(session: Session, claude: ClaudeSession, { sources, usage, timeline, now, ago }: ClaudeContext): Detail[] {
  const believed = believedSources(sources)
  const counted = usage && countedSession(usage)
  const sums: Pick<ClaudeSession, CountedField> = { ...claude, ...counted?.fields }
  const isCounted = (field: CountedField) => counted?.fields[field] !== undefined
  // What a source has said of a session that the hub counts no call of is what it had used by then.
  const mark = counted === undefined || counted.isAtLeast ? '≥' : ''
  const sum = (field: CountedField, text: string | undefined) =>
    isCounted(field) && text !== undefined ? `${text} (counted)` : from(field, text)
  const from = (field: keyof ClaudeSession, text: string | undefined): string | undefined => {
    if (text === undefined) return undefined
    const source = believed.get(field)
    return printable(source === undefined ? text : `${text} (${formatSource(source)})`)
  }
  const until = (instant: string) => {
    const left = Date.parse(instant) - now
    return left > 0 ? `expires in ${formatDuration(left)}` : `expired ${formatDuration(-left)} ago`
  }
  return [
    ['Branch', from('branch', claude.branch)],
    ['Model', from('model', claude.model)],
    ['Claude Code', from('version', claude.version)],
    ['Kind', from('kind', claude.kind === 'print' ? 'claude -p' : claude.kind)],
    ['Process', from('pid', claude.pid?.toString())],
    ['Permissions', from('permission_mode', claude.permission_mode && formatPermissionMode(claude.permission_mode))],
    ['Effort', from('effort', claude.effort)],
    ['Context', from('context_tokens', formatContext(claude))],
    ['Prompt cache', from('cache_expires_at', claude.cache_expires_at && until(claude.cache_expires_at))],
    ['Tokens', sum('output_tokens', formatTokens(sums, mark))],
    [
      'Cost',
      sum(
        'cost_usd',
        sums.cost_usd === undefined ? undefined : `${(mark === '' ? formatUsd : formatUsdAtLeast)(sums.cost_usd)}, list-price equivalent`,
      ),
    ],
    ['Waited', formatWaited(session, timeline, now)],
    ['Limit reached', claude.limited_until && `until ${ago(claude.limited_until).split(',')[0]}`, 'yellow'],
    ['Turn failed', from('turn_error', claude.turn_error), 'red'],
    ['Subagents', formatSubagents(claude)],
    ['Sources', printable(claude.sources.map((source) => formatSource(source)).join(', '))],
    ['', isFromTranscriptOnly(claude) ? MORE_THAN_TRANSCRIPT : undefined],
  ]
}

/** The used share of the context window, such as `24%`, or the tokens where its size is unknown. */
export function formatContextShare({
  context_tokens: used,
  context_limit: limit,
}: Pick<ClaudeSession, 'context_tokens' | 'context_limit'>): string {
  if (used === undefined) return ''
  if (limit === undefined || limit === 0) return formatCompact(used)
  return formatPercent((used / limit) * 100)
}

function formatContext(claude: ClaudeSession): string | undefined {
  const { context_tokens: used, context_limit: limit } = claude
  if (used === undefined) return undefined
  return limit === undefined
    ? formatCount(used, 'token')
    : `${formatContextShare(claude)}, ${formatInteger(used)} of ${formatInteger(limit)} tokens`
}

function formatTokens(claude: Pick<ClaudeSession, CountedField>, mark: string): string | undefined {
  const parts = [
    ['input', claude.input_tokens],
    ['output', claude.output_tokens],
    ['cache reads', claude.cache_read_tokens],
    ['cache writes', claude.cache_write_tokens],
  ] as const
  const known = parts.flatMap(([name, count]) =>
    count === undefined ? [] : [`${name === 'output' ? mark : ''}${formatInteger(count)} ${name}`],
  )
  return known.length === 0 ? undefined : known.join(', ')
}

function formatWaited(session: Session, timeline: readonly TimelineRow[], now: number): string | undefined {
  const waiting = session.status === 'active' && session.activity === 'waiting' && session.not_seen_since === undefined
  const { permission, input, other } = sumWaits(findWaits(timeline, { now, waiting }))
  const total = permission + input + other
  if (total < 1_000) return undefined
  const named = [
    ['permission', permission],
    ['input', input],
  ] as const
  const only = named.find(([, time]) => time === total)
  if (only !== undefined) return `${formatDuration(total)} for ${only[0]}`
  const parts = named.flatMap(([reason, time]) => (time < 1_000 ? [] : [`${formatDuration(time)} for ${reason}`]))
  return [formatDuration(total), ...parts].join(', ')
}

function formatSubagents({ subagents_running: running, subagents }: ClaudeSession): string | undefined {
  const total = Math.max(running, subagents.length)
  return total === 0 ? undefined : `${running} of ${total} running`
}
