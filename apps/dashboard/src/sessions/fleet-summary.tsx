import type { ReactNode } from 'react'
import { Link } from '../router/link.tsx'
import { formatExact } from '../ui/number-format.ts'
import { t } from '../words/sessions.ts'
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
      text: <>{t.waiting(<CountLink count={waiting} status="waiting" />)}</>,
    })
  }
  if (stalled > 0)
    parts.push({
      key: 'stalled',
      text: <>{t.stalled(<CountLink count={stalled} status="stalled" />)}</>,
    })
  if (paused > 0)
    parts.push({
      key: 'paused',
      text: <>{t.paused(<CountLink count={paused} status="paused" />)}</>,
    })
  if (unseen > 0)
    parts.push({
      key: 'unseen',
      text: <>{t.notSeen(<CountLink count={unseen} status="unseen" />)}</>,
    })
  if (failed > 0)
    parts.push({
      key: 'failed',
      text: <>{t.failedInLastHour(<CountLink count={failed} status="failed" />)}</>,
    })
  return (
    <span className="fleet-summary">
      {active === 0
        ? t.noSessionIsActive
        : t.sessionsActiveOnMachines(<CountLink count={active} status="active" />, active, <b>{machines}</b>, machines)}
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
      <data value={count}>{formatExact(count)}</data>
    </Link>
  )
}
