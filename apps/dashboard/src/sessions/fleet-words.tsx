import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import type { FleetFacts } from './fleet-facts.ts'
import type { StatusFilter } from './session-search.ts'
import './fleet-words.css'

/** The sessions in one breath; each number leads to those it counts. Nothing for a hub that never had one. */
export function FleetWords({ facts }: { readonly facts: FleetFacts }) {
  const { active, machines, waiting, paused, stalled, failed } = facts
  const parts: { readonly key: string; readonly text: ReactNode }[] = []
  if (waiting > 0) {
    parts.push({
      key: 'waiting',
      text: (
        <>
          <Counted count={waiting} status="waiting" /> {waiting === active ? 'waiting' : 'of them waiting'} for a person
        </>
      ),
    })
  }
  if (stalled > 0)
    parts.push({
      key: 'stalled',
      text: (
        <>
          <Counted count={stalled} status="stalled" /> stalled
        </>
      ),
    })
  if (paused > 0)
    parts.push({
      key: 'paused',
      text: (
        <>
          <Counted count={paused} status="paused" /> paused
        </>
      ),
    })
  if (failed > 0)
    parts.push({
      key: 'failed',
      text: (
        <>
          <Counted count={failed} status="failed" /> failed in the last hour
        </>
      ),
    })
  return (
    <span className="fleet-words">
      {active === 0 ? (
        'No session is active'
      ) : (
        <>
          <Counted count={active} status="active" /> {active === 1 ? 'session' : 'sessions'} active on <b>{machines}</b>{' '}
          {machines === 1 ? 'machine' : 'machines'}
        </>
      )}
      {parts.map(({ key, text }) => (
        <span key={key}>, {text}</span>
      ))}
      .
    </span>
  )
}

function Counted({ count, status }: { readonly count: number; readonly status: StatusFilter }) {
  return (
    <Link to="/sessions" search={{ status }} className="fleet-count">
      <data value={count}>{count}</data>
    </Link>
  )
}
