import type { UsageReport } from '../hub/answer.ts'
import type { FleetCounts } from '../sessions/fleet-counts.ts'
import { FleetSummary } from '../sessions/fleet-summary.tsx'
import { Count, Money } from '../ui/amount.tsx'
import { formatModelName } from '../ui/model-name.ts'
import { Clock } from '../ui/moment.tsx'
import { formatPercent } from '../ui/number-format.ts'
import { summarizeToday } from './today-summary.ts'

interface TodaySentenceProps {
  readonly report: UsageReport
  /** Undefined until it has loaded. */
  readonly sessions: number | undefined
  /** Undefined on a hub that never had a session. */
  readonly fleet: FleetCounts | undefined
  readonly zone: string
}

/** The day in one sentence. */
export function TodaySentence({ report, sessions, fleet, zone }: TodaySentenceProps) {
  const { calls, cost, unpricedCalls, tokens, leader, busiestHour } = summarizeToday(report)
  const running = fleet !== undefined && (
    <>
      <FleetSummary counts={fleet} />{' '}
    </>
  )
  if (calls === 0) return <p className="today-sentence">{running}No usage today yet.</p>
  return (
    <p className="today-sentence">
      {running}
      {cost === null ? (
        <>
          <b>
            <Count value={tokens} unit="tokens" />
          </b>{' '}
          tokens today
        </>
      ) : (
        <>
          <b>
            <Money value={cost} />
          </b>{' '}
          today at list price
        </>
      )}
      {sessions !== undefined && sessions > 0 && (
        <>
          , in <b>{sessions}</b> {sessions === 1 ? 'session' : 'sessions'}
        </>
      )}
      {leader !== undefined && (
        <>
          , {leader.share === 1 ? 'all' : formatPercent(leader.share)} of it <b>{formatModelName(leader.model)}</b>
        </>
      )}
      .
      {busiestHour !== undefined && (
        <>
          {' '}
          The busiest hour started at <Clock at={busiestHour} zone={zone} />.
        </>
      )}
      {unpricedCalls > 0 && cost !== null && (
        <>
          {' '}
          <Count value={unpricedCalls} /> {unpricedCalls === 1 ? 'call has' : 'calls have'} no known price and{' '}
          {unpricedCalls === 1 ? 'is' : 'are'} not included.
        </>
      )}
    </p>
  )
}
