import { plural } from '@signalbox/contract/plural'
import type { UsageReport } from '../hub/answer.ts'
import type { FleetCounts } from '../sessions/fleet-counts.ts'
import { FleetSummary } from '../sessions/fleet-summary.tsx'
import { Count, Money } from '../ui/amount.tsx'
import { formatModelName } from '../ui/model-name.ts'
import { formatPercent } from '../ui/number-format.ts'
import { formatDuration } from '../ui/time-format.ts'
import { useNow } from '../ui/use-now.ts'
import { type LimitFact, limitName, useLimitFact } from './limit-fact.ts'
import { toTodayFacts } from './today-facts.ts'
import { summarizeToday } from './today-summary.ts'

interface TodaySentenceProps {
  readonly report: UsageReport
  /** Undefined until it has loaded. */
  readonly sessions: number | undefined
  /** Undefined on a hub that never had a session. */
  readonly fleet: FleetCounts | undefined
}

/** The day in a sentence of facts: sessions, the fullest limit, usage. */
export function TodaySentence({ report, sessions, fleet }: TodaySentenceProps) {
  const { calls, cost, unpricedCalls, tokens, atLeast, leader } = summarizeToday(report)
  const now = useNow(30_000)
  const limit = useLimitFact()
  const lastCallAt = report.last_call_at == null ? undefined : Date.parse(report.last_call_at)
  const facts = toTodayFacts({ fleet, calls, tokens, sessions, lastCallAt, now })
  return (
    <p className="today-sentence">
      {facts.sessions && fleet !== undefined && (
        <>
          <FleetSummary counts={fleet} />{' '}
        </>
      )}
      {limit !== undefined && (
        <>
          <LimitSentence limit={limit} />{' '}
        </>
      )}
      {facts.usage !== 'some' ? (
        facts.usage === 'none_yet' ? (
          'No usage counted today yet.'
        ) : (
          'No usage today yet.'
        )
      ) : (
        <>
          {cost === null ? (
            <>
              <b>
                <Count value={tokens} unit="token" atLeast={atLeast} />
              </b>{' '}
              {plural(tokens, 'token')} today
            </>
          ) : (
            <>
              <b>
                <Money value={cost} atLeast={atLeast} />
              </b>{' '}
              today at list price
            </>
          )}
          {leader !== undefined && (
            <>
              , {leader.share === 1 ? 'all' : formatPercent(leader.share)} of it <b>{formatModelName(leader.model)}</b>
            </>
          )}
          {facts.usedIn !== undefined && (
            <>
              , in <b>{facts.usedIn}</b> {plural(facts.usedIn, 'session')}
            </>
          )}
          .
          {unpricedCalls > 0 && cost !== null && (
            <>
              {' '}
              <Count value={unpricedCalls} /> {plural(unpricedCalls, 'call has', 'calls have')} no known price and{' '}
              {plural(unpricedCalls, 'is', 'are')} not included.
            </>
          )}
        </>
      )}
    </p>
  )
}

function LimitSentence({ limit: { label, percent, resetsInMs, account } }: { readonly limit: LimitFact }) {
  return (
    <>
      <b>{formatPercent(percent / 100)}</b> of the {limitName(label)}
      {account !== undefined && ` (${account})`} used{resetsInMs !== undefined && `, resets in ${formatDuration(resetsInMs)}`}.
    </>
  )
}
