import { useNavigate, useSearch } from '@tanstack/react-router'
import { HistoryPanel } from './history-panel.tsx'
import { LimitsCard } from './limits-card.tsx'

/** How much of the plan is used now, and how it came to that. */
export function Limits() {
  const { range = '7d' } = useSearch({ from: '/limits' })
  const navigate = useNavigate({ from: '/limits' })
  return (
    <div className="screen">
      <title>Limits · Signalbox</title>
      <header className="screen-head">
        <h1>Limits</h1>
      </header>
      <LimitsCard />
      <div className="dims limits-history">
        <HistoryPanel range={range} onRange={(next) => void navigate({ search: next === '7d' ? {} : { range: next }, replace: true })} />
      </div>
    </div>
  )
}
