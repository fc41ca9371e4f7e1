import type { UsageReport } from '../hub/answer.ts'
import type { FleetFacts } from '../sessions/fleet-facts.ts'
import { FleetWords } from '../sessions/fleet-words.tsx'
import { Count, Money } from '../ui/amount.tsx'
import { modelName } from '../ui/model-name.ts'
import { Clock } from '../ui/moment.tsx'
import { percent } from '../ui/number-format.ts'
import { factsOf } from './today-facts.ts'

interface TodaySentenceProps {
  readonly report: UsageReport
  /** Absent while it is not known yet. */
  readonly sessions: number | undefined
  /** Absent where no session was ever told of. */
  readonly fleet: FleetFacts | undefined
  readonly zone: string
}

/** The day in one breath, made of facts. */
export function TodaySentence({ report, sessions, fleet, zone }: TodaySentenceProps) {
  const { calls, cost, unpricedCalls, tokens, leader, busiestHour } = factsOf(report)
  const running = fleet !== undefined && (
    <>
      <FleetWords facts={fleet} />{' '}
    </>
  )
  if (calls === 0) return <p className="today-sentence">{running}Nothing has been used today yet.</p>
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
