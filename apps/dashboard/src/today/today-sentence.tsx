import type { UsageReport } from '../hub/answer.ts'
import { Count, Money } from '../ui/amount.tsx'
import { modelName } from '../ui/model-name.ts'
import { Clock } from '../ui/moment.tsx'
import { percent } from '../ui/number-format.ts'
import { factsOf } from './today-facts.ts'

interface TodaySentenceProps {
  readonly report: UsageReport
  /** Absent while it is not known yet. */
  readonly sessions: number | undefined
  readonly zone: string
}

/** The day in one breath, made of facts. */
export function TodaySentence({ report, sessions, zone }: TodaySentenceProps) {
  const { calls, cost, unpricedCalls, tokens, leader, busiestHour } = factsOf(report)
  if (calls === 0) return <p className="today-sentence">Nothing has been used today yet.</p>
  return (
    <p className="today-sentence">
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
          , {leader.share === 1 ? 'all' : percent(leader.share)} of it <b>{modelName(leader.model)}</b>
        </>
      )}
      .
      {busiestHour !== undefined && (
        <>
          {' '}
          The busiest hour began at <Clock at={busiestHour} zone={zone} />.
        </>
      )}
      {unpricedCalls > 0 && cost !== null && (
        <>
          {' '}
          <Count value={unpricedCalls} /> {unpricedCalls === 1 ? 'call has' : 'calls have'} no known price and{' '}
          {unpricedCalls === 1 ? 'is' : 'are'} not in the money.
        </>
      )}
    </p>
  )
}
