import { formatDuration } from '@signalbox/contract/duration-text'
import { printable } from '@signalbox/contract/printable'
import { findTranscriptPlaces } from '@signalbox/ledger'
import { type CodexLimitWindow, readCodexLimits } from '@signalbox/ledger/codex-limits'
import { agentTitle } from '../usage/agent-title.ts'
import { type Check, ok } from './check.ts'

const MINUTE_MS = 60_000

/** The limits of the plan that Codex is used with. Nothing collects them: this is the only place that shows them. */
export const codex: Check = ({ env, now }) => {
  const about = agentTitle('codex')
  const limits = findTranscriptPlaces(env).some(({ app }) => app === about) ? readCodexLimits(env) : undefined
  if (limits === undefined) return []
  const plan = limits.plan === null ? '' : ` of the plan ${printable(limits.plan)}`
  const age = formatDuration(Math.max(0, now - Date.parse(limits.captured_at)))
  return [ok(about, `limits${plan}: ${limits.windows.map((window) => formatWindow(window, now)).join(', ')}; ${age} old`)]
}

function formatWindow({ percent_used, window_minutes, resets_at }: CodexLimitWindow, now: number): string {
  const length = window_minutes === null ? '' : ` of ${formatDuration(window_minutes * MINUTE_MS)}`
  const left = resets_at === null ? undefined : Date.parse(resets_at) - now
  const reset = left === undefined ? '' : left > 0 ? ` (resets in ${formatDuration(left)})` : ' (reset since)'
  return `${Math.round(percent_used)}%${length}${reset}`
}
