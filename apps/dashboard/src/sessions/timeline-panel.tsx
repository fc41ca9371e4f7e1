import { useState } from 'react'
import type { Session, TimelineRow } from '../hub/answer.ts'
import { problemOf } from '../hub/problem.ts'
import { useSessionTimeline } from '../hub/session.ts'
import { Button } from '../ui/button.tsx'
import { Panel } from '../ui/panel.tsx'
import { ProblemNote } from '../ui/problem-note.tsx'
import { Skeleton } from '../ui/skeleton.tsx'
import { browserZone, exactClock, exactMoment } from '../ui/time-format.ts'
import { timelineWords } from './timeline-words.ts'
import './timeline-panel.css'

/** Drawn at once; all when asked for. */
const DRAWN = 25

/** What happened to it, the newest first. */
export function TimelinePanel({ session }: { readonly session: Session }) {
  const timeline = useSessionTimeline(session.session_id)
  const [all, setAll] = useState(false)
  const rows = timeline.data?.flatMap((row) => {
    const words = timelineWords(row)
    return words === undefined ? [] : [{ row, words }]
  })
  rows?.reverse()
  const drawn = all ? rows : rows?.slice(0, DRAWN)
  return (
    <Panel title="Timeline">
      {timeline.error !== null && <ProblemNote {...problemOf(timeline.error)} onRetry={() => timeline.refetch()} />}
      {rows === undefined || drawn === undefined ? (
        timeline.error === null && <Skeleton height={160} label="The timeline is being fetched" />
      ) : (
        <>
          <ol className="timeline">
            {drawn.map(({ row, words }, index) => (
              <li key={`${row.at} ${row.event_id ?? index} ${words}`} data-to={row.type === 'session.status' ? row.to : undefined}>
                <At row={row} />
                <span className="breakable">
                  {words}
                  {row.reason !== undefined && <span className="quiet"> ({row.reason})</span>}
                </span>
              </li>
            ))}
          </ol>
          {rows.length > drawn.length && (
            <p className="timeline-more">
              <Button onClick={() => setAll(true)}>Show all {rows.length}</Button>
            </p>
          )}
        </>
      )}
    </Panel>
  )
}

function At({ row }: { readonly row: TimelineRow }) {
  const zone = browserZone()
  const instant = Date.parse(row.at)
  return (
    <time dateTime={row.at} title={exactMoment(instant, zone)} className="small quiet">
      {exactClock(instant, zone)}
    </time>
  )
}
