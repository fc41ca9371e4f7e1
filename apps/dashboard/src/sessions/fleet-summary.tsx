import { plural } from '@signalbox/contract/plural'
import type { ReactNode } from 'react'
import { Link } from '../router/link.tsx'
import type { FleetCounts } from './fleet-counts.ts'
import type { StatusFilter } from './session-search.ts'
import './fleet-summary.css'

/** One sentence about the sessions; each number links to the sessions it counts. */
export function FleetSummary({ counts }: { readonly counts: FleetCounts }) {
  const { active, machines, waiting, paused, stalled, unseen, failed } = counts
  const parts: { readonly key: string; readonly text: ReactNode }[] = []
  if (waiting > 0) {
    parts.push({
      key: 'waiting',
      text: (
        <>
          <CountLink count={waiting} status="waiting" /> waiting
        </>
      ),
    })
  }
  if (stalled > 0)
    parts.push({
      key: 'stalled',
      text: (
        <>
          <CountLink count={stalled} status="stalled" /> stalled
        </>
      ),
    })
  if (paused > 0)
    parts.push({
      key: 'paused',
      text: (
        <>
          <CountLink count={paused} status="paused" /> paused
        </>
      ),
    })
  if (unseen > 0)
    parts.push({
      key: 'unseen',
      text: (
        <>
          <CountLink count={unseen} status="unseen" /> not seen
        </>
      ),
    })
  if (failed > 0)
    parts.push({
      key: 'failed',
      text: (
        <>
          <CountLink count={failed} status="failed" /> failed in the last hour
        </>
      ),
    })
  return (
    <span className="fleet-summary">
      {active === 0 ? (
        'No session is active'
      ) : (
        <>
          <CountLink count={active} status="active" /> {plural(active, 'session')} active on <b>{machines}</b> {plural(machines, 'machine')}
        </>
      )}
      {parts.map(({ key, text }) => (
        <span key={key}>, {text}</span>
      ))}
      .
    </span>
  )
}

function CountLink({ count, status }: { readonly count: number; readonly status: StatusFilter }) {
  return (
    <Link to="/sessions" search={{ status }} className="fleet-count">
      <data value={count}>{count}</data>
    </Link>
  )
}
