import { useState } from 'react'
import type { BoardSession } from '../hub/answer.ts'
import { useWhoAmI } from '../hub/who-am-i.ts'
import { Link } from '../router/link.tsx'
import { Button } from '../ui/button.tsx'
import { Icon } from '../ui/icon.tsx'
import { formatExact } from '../ui/number-format.ts'
import { t } from '../words/board.ts'
import { RowCheckbox, RowControls } from './actions/row-controls.tsx'
import { attentionSince } from './board-view.ts'
import { formatSessionName } from './claude-facts.ts'
import { FailureReason } from './failure-reason.tsx'
import { Age, HeartbeatAge, WaitingTime } from './heartbeat-age.tsx'
import { isSilent, toSessionState } from './session-state.ts'
import { titleOf } from './session-title.ts'
import { StateMark } from './state-mark.tsx'
import type { Board } from './use-board.ts'
import './attention-list.css'

/** Sessions listed at first; all of them are also at the top of their machines. */
const INITIAL_COUNT = 6

interface AttentionListProps {
  readonly needAttention: readonly BoardSession[]
  readonly board: Pick<Board, 'projectNames'>
}

/** Sessions that do not continue until someone acts: the most important part of the board. */
export function AttentionList({ needAttention, board }: AttentionListProps) {
  const [limit, setLimit] = useState(INITIAL_COUNT)
  // A browser that is let in without a key may do everything but answer, and has no button that says so.
  const isUnsigned = useWhoAmI().data?.bypass === true
  if (needAttention.length === 0) {
    return (
      <p className="attention-none">
        <Icon name="check" size={16} /> {t.noSessionNeedsAttention}
      </p>
    )
  }
  return (
    <section className="attention-list" aria-label={t.needsAttention}>
      <h2 className="overline">{t.needsAttentionCount(<b>{formatExact(needAttention.length)}</b>)}</h2>
      <ul>
        {needAttention.slice(0, limit).map((session) => (
          <li key={session.session_id} className="attention-item" data-state={toSessionState(session)}>
            <span className="attention-state">
              <RowCheckbox session={session} name={titleOf(session, board)} />
              <StateMark session={session} />
            </span>
            <Since session={session} />
            <Link to="/sessions/$id" params={{ id: session.session_id }} title={session.project_id} className="attention-link">
              {board.projectNames.get(session.project_id) ?? session.project_id}
            </Link>
            <span className="attention-where muted">
              {t.where(
                session.claude_code !== undefined && `${formatSessionName(session)} `,
                session.machine_id,
                session.docker_slot !== undefined && t.slot(session.docker_slot),
                session.status === 'failed' && (
                  <span className="attention-why">
                    <FailureReason session={session} />
                  </span>
                ),
                isSilent(session) && (
                  <span className="attention-why">
                    {t.noHeartbeatFor(<HeartbeatAge id={session.session_id} known={session.last_heartbeat} />)}
                  </span>
                ),
              )}
            </span>
            <RowControls session={session} name={titleOf(session, board)} quick />
          </li>
        ))}
      </ul>
      {isUnsigned && needAttention.some((session) => toSessionState(session) === 'waiting') && (
        <p className="attention-sign-in small muted">{t.toAnswerHere(<code>npx signalbox open</code>)}</p>
      )}
      {needAttention.length > limit && (
        <p className="attention-more">
          <Button variant="bare" onClick={() => setLimit(limit + 50)}>
            {t.moreSessions(needAttention.length - limit)}
          </Button>
        </p>
      )}
    </section>
  )
}

function Since({ session }: { readonly session: BoardSession }) {
  const state = toSessionState(session)
  return (
    <span className="attention-since">
      {state === 'waiting' && <>{t.forTime(<WaitingTime since={attentionSince(session)} />)}</>}
      {state === 'stalled' && <>{t.lastSeenAgo(<HeartbeatAge id={session.session_id} known={session.last_heartbeat} />)}</>}
      {state === 'failed' && <>{t.ago(<Age at={attentionSince(session)} />)}</>}
    </span>
  )
}
