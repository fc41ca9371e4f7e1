import { useMemo, useState } from 'react'
import type { Session, TimelineRow } from '../hub/answer.ts'
import { useSessionTimeline } from '../hub/session.ts'
import { findWaits, sumWaits, toObservedKind, type Wait } from '../hub/session-sources.ts'
import { QueryProblem } from '../shell/query-problem.tsx'
import { Button } from '../ui/button.tsx'
import { Panel } from '../ui/panel.tsx'
import { Skeleton } from '../ui/skeleton.tsx'
import { browserTimeZone, formatDuration, formatExactMoment, formatExactTime } from '../ui/time-format.ts'
import { useNow } from '../ui/use-now.ts'
import { t } from '../words/session.ts'
import { toSessionState } from './session-state.ts'
import { toTimelineLines } from './timeline-text.ts'
import './timeline-panel.css'

/** Lines rendered at first; `Show all` adds the rest. */
const INITIAL_LINES = 25

/** The history of a session, newest first. */
export function TimelinePanel({ session }: { readonly session: Session }) {
  const timeline = useSessionTimeline(session.session_id)
  const [all, setAll] = useState(false)
  const rows = timeline.data
  const waiting = toSessionState(session) === 'waiting'
  const now = useNow(waiting ? 1_000 : 60_000)
  const waits = useMemo(() => findWaits(rows ?? [], { now, waiting }), [rows, now, waiting])
  const lines = useMemo(() => (rows === undefined ? undefined : toTimelineLines(rows, waits).reverse()), [rows, waits])
  const visible = all ? lines : lines?.slice(0, INITIAL_LINES)
  return (
    <Panel title={t.timeline} aside={<Waited waits={waits} />}>
      <QueryProblem query={timeline} />
      {lines === undefined || visible === undefined ? (
        timeline.error === null && <Skeleton height={160} label={t.loadingTimeline} />
      ) : (
        <>
          <ol className="timeline">
            {visible.map(({ row, text, reason, failed }, index) => (
              <li
                key={`${row.at} ${row.event_id ?? lines.length - index} ${text}`}
                data-to={row.type === 'session.status' ? row.to : undefined}
                data-kind={toObservedKind(row)}
                data-wait={isWait(row) || undefined}
                data-failed={failed || undefined}
              >
                <TimelineTime row={row} />
                <span className="breakable">
                  {text}
                  {reason !== undefined && <span className="muted"> ({reason})</span>}
                </span>
              </li>
            ))}
          </ol>
          {lines.length > visible.length && (
            <p className="timeline-more">
              <Button onClick={() => setAll(true)}>{t.showAll(lines.length)}</Button>
            </p>
          )}
        </>
      )}
    </Panel>
  )
}

function isWait(row: TimelineRow): boolean {
  const kind = toObservedKind(row)
  return kind === 'waiting' || (kind === 'activity' && row.to === 'waiting')
}

/** How long the session waited for a person, as far as the timeline reaches back. */
function Waited({ waits }: { readonly waits: readonly Wait[] }) {
  const { permission, input, other } = sumWaits(waits)
  const total = permission + input + other
  if (total < 1_000) return null
  const parts = [
    ['permission', permission],
    ['input', input],
  ] as const
  const only = parts.find(([, time]) => time === total)
  const named = parts
    .filter(([, time]) => time >= 1_000)
    .map(([reason, time]) => t.timeForReason(formatDuration(time), t.waitReasons[reason]))
  return (
    <span className="small timeline-waited">
      {t.waited(<b>{formatDuration(total)}</b>, only !== undefined ? t.waitedFor[only[0]] : named.length > 0 && `: ${named.join(', ')}`)}
    </span>
  )
}

function TimelineTime({ row }: { readonly row: TimelineRow }) {
  const zone = browserTimeZone()
  const instant = Date.parse(row.at)
  return (
    <time dateTime={row.at} title={formatExactMoment(instant, zone)} className="small muted">
      {formatExactTime(instant, zone)}
    </time>
  )
}
