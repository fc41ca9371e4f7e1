import { countOf } from '@signalbox/contract/plural'
import type { BoardClaude } from '../hub/answer.ts'
import { formatPermissionMode, isFromTranscriptOnly } from '../hub/session-sources.ts'
import { Money } from '../ui/amount.tsx'
import { formatModelName } from '../ui/model-name.ts'
import { RecentMoment } from '../ui/moment.tsx'
import { browserTimeZone } from '../ui/time-format.ts'
import { useNow } from '../ui/use-now.ts'
import { ContextMeter } from './context-meter.tsx'
import './session-facts.css'

/** What is known about a session of Claude Code, in one line; what is unknown is left out. */
export function SessionFacts({ claude, ended }: { readonly claude: BoardClaude /** The session has ended. */; readonly ended: boolean }) {
  const { branch, model, version, kind, permission_mode: mode, subagents_running: subagents, cost_usd: cost } = claude
  return (
    <span className="session-facts">
      {kind === 'print' && <code title="A run with an answer and no terminal">claude -p</code>}
      {kind === 'background' && <span>background</span>}
      {branch !== undefined && (
        <span className="session-branch" title={`Branch ${branch}`}>
          <span className="visually-hidden">branch </span>
          {branch}
        </span>
      )}
      {model !== undefined && <span title={model}>{formatModelName(model)}</span>}
      {!ended && mode !== undefined && mode !== 'default' && <span title={`Permission mode: ${mode}`}>{formatPermissionMode(mode)}</span>}
      {!ended && subagents > 0 && <span>{countOf(subagents, 'subagent')}</span>}
      {!ended && <ContextMeter claude={claude} />}
      {cost !== undefined && <Money value={cost} atLeast="at least: what was last said of the session; its page has what is counted" />}
      {!ended && <Trouble claude={claude} />}
      {!ended && version !== undefined && (
        <span className="session-version" title="The version of Claude Code">
          {version}
        </span>
      )}
      {isFromTranscriptOnly(claude) && (
        <i title="The process of this session is not observed. Its page says how.">from the transcript only</i>
      )}
    </span>
  )
}

/** The limit whose reset a session waits for, else why its last turn failed. */
function Trouble({ claude: { limited_until: until, turn_error: error } }: { readonly claude: BoardClaude }) {
  const now = useNow(60_000)
  if (until !== undefined && Date.parse(until) > now) {
    return (
      <b>
        limit reached, until <RecentMoment at={until} zone={browserTimeZone()} />
      </b>
    )
  }
  return error === undefined ? null : <b>last turn failed: {error}</b>
}
