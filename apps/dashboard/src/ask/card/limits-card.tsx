import { useState } from 'react'
import { useCardAccounts } from '../../hub/accounts.ts'
import { ForecastPanel } from '../../limits/forecast-panel.tsx'
import { HistoryPanel } from '../../limits/history-panel.tsx'
import type { HistoryRange } from '../../limits/limit-search.ts'
import { LimitsCards } from '../../limits/limits-cards.tsx'
import { Link } from '../../router/link.tsx'
import { t } from '../../words/ask.ts'
import { type CardProps, textOf } from './card-props.ts'

/** The limits of the plan as they are. */
export function LimitsAnswer() {
  return (
    <>
      <LimitsCards />
      <LimitsLink />
    </>
  )
}

function LimitsLink() {
  return (
    <p className="small">
      <Link to="/limits">{t.openLimits}</Link>
    </p>
  )
}

/** How the windows go on: the rows say it in words, the lanes draw it. */
export function ForecastAnswer() {
  const accounts = useCardAccounts()
  return (
    <>
      <LimitsCards />
      {accounts.map(({ account }) => (
        <ForecastPanel key={account ?? ''} account={account} />
      ))}
    </>
  )
}

/** Each window over time. */
export function HistoryAnswer({ arguments: args }: CardProps) {
  const [first] = useCardAccounts()
  const [range, setRange] = useState<HistoryRange>(() => nearest(textOf(args, 'range') ?? ''))
  return <HistoryPanel range={range} account={first?.account} onRange={setRange} />
}

/** The range of the panel that holds the one that was asked for. */
function nearest(range: string): HistoryRange {
  const [, count = '', unit] = /^last_(\d+)([mhd])$/.exec(range) ?? []
  if (unit === 'm' || (unit === 'h' && Number(count) <= 5)) return '5h'
  if (unit === 'd' && Number(count) > 30) return '400d'
  if (/^(?:this|last)_month$/.test(range) || (unit === 'd' && Number(count) > 7)) return '30d'
  return range === 'this_year' || range === 'all' || /^\d/.test(range) ? '400d' : '7d'
}

/** A new snapshot is asked for by the button of the card itself. */
export function RefreshAnswer() {
  return (
    <>
      <p>{t.readAgain}</p>
      <LimitsCards />
    </>
  )
}
