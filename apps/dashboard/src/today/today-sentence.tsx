import { plural } from '@signalbox/contract/plural'
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
  const { calls, cost, unpricedCalls, tokens, atLeast, leader, busiestHour } = summarizeToday(report)
  const running = fleet !== undefined && (
    <>
      <FleetSummary counts={fleet} />{' '}
    </>
  )
  if (calls === 0 && tokens === 0) return <p className="today-sentence">{running}No usage today yet.</p>
  return (
    <p className="today-sentence">
      {running}
      {cost === null ? (
        <>
          <b>
            <Count value={tokens} unit="token" atLeast={atLeast} />
          </b>{' '}
          tokens today
        </>
      ) : (
        <>
          <b>
            <Money value={cost} atLeast={atLeast} />
          </b>{' '}
          today at list price
        </>
      )}
      {sessions !== undefined && sessions > 0 && (
        <>
          , in <b>{sessions}</b> {plural(sessions, 'session')}
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
          <Count value={unpricedCalls} /> {plural(unpricedCalls, 'call has', 'calls have')} no known price and{' '}
          {plural(unpricedCalls, 'is', 'are')} not included.
        </>
      )}
    </p>
  )
}
