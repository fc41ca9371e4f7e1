import type { ReactNode } from 'react'
import type { BoardClaude } from '../hub/answer.ts'
import { formatPermissionMode, isFromTranscriptOnly } from '../hub/session-sources.ts'
import { Money } from '../ui/amount.tsx'
import { formatModelName } from '../ui/model-name.ts'
import { RecentMoment } from '../ui/moment.tsx'
import { browserTimeZone } from '../ui/time-format.ts'
import { useNow } from '../ui/use-now.ts'
import { t } from '../words/sessions.ts'
import { ContextMeter } from './context-meter.tsx'
import './session-facts.css'

/** What is known about a session of Claude Code, in one line; what is unknown is left out. */
export function SessionFacts({ claude, ended }: { readonly claude: BoardClaude /** The session has ended. */; readonly ended: boolean }) {
  const { branch, model, version, kind, permission_mode: mode, subagents_running: subagents, cost_usd: cost } = claude
  return (
    <span className="session-facts">
      {kind === 'print' && <code title={t.aRunWithAnswer}>claude -p</code>}
      {kind === 'background' && <span>{t.background}</span>}
      {branch !== undefined && (
        <span className="session-branch" title={t.branch(branch)}>
          <span className="visually-hidden">{t.branchLabel}</span>
          {branch}
        </span>
      )}
      {model !== undefined && <span title={model}>{formatModelName(model)}</span>}
      {!ended && mode !== undefined && mode !== 'default' && <span title={t.permissionMode(mode)}>{formatPermissionMode(mode)}</span>}
      {!ended && subagents > 0 && <span>{t.subagentCount(subagents)}</span>}
      {!ended && <ContextMeter claude={claude} />}
      {cost !== undefined && cost > 0 && <Money value={cost} atLeast={t.atLeastWhatWas} />}
      {!ended && <Trouble claude={claude} />}
      {!ended && version !== undefined && (
        <span className="session-version" title={t.theVersionOfClaude}>
          {version}
        </span>
      )}
      {isFromTranscriptOnly(claude) && <i title={t.theProcessOfThis}>{t.fromTranscriptOnly}</i>}
    </span>
  )
}

/** The limit whose reset a session waits for, else why its last turn failed. */
function Trouble({ claude: { limited_until: until, turn_error: error } }: { readonly claude: BoardClaude }) {
  const failed = error === undefined ? null : <b>{t.lastTurnFailed(error)}</b>
  return until === undefined ? failed : <Limited until={until} afterwards={failed} />
}

/** Apart, because few sessions wait for a limit, and only those need the time. */
function Limited({ until, afterwards }: { readonly until: string; readonly afterwards: ReactNode }) {
  const now = useNow(60_000)
  if (Date.parse(until) <= now) return afterwards
  return <b>{t.limitReachedUntil(<RecentMoment at={until} zone={browserTimeZone()} />)}</b>
}
