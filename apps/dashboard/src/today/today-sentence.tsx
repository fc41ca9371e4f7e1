import type { UsageReport } from '../hub/answer.ts'
import type { FleetCounts } from '../sessions/fleet-counts.ts'
import { FleetSummary } from '../sessions/fleet-summary.tsx'
import { Count, Money } from '../ui/amount.tsx'
import { formatModelName } from '../ui/model-name.ts'
import { formatPercent } from '../ui/number-format.ts'
import { formatDuration } from '../ui/time-format.ts'
import { useNow } from '../ui/use-now.ts'
import { t } from '../words/today.ts'
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
          t.noUsageCountedToday
        ) : (
          t.noUsageTodayYet
        )
      ) : (
        <>
          {cost === null
            ? t.tokensToday(
                <b>
                  <Count value={tokens} unit="token" atLeast={atLeast} />
                </b>,
                tokens,
              )
            : t.todayAtListPrice(
                <b>
                  <Money value={cost} atLeast={atLeast} />
                </b>,
              )}
          {leader !== undefined && t.ofIt(leader.share === 1 ? t.all : formatPercent(leader.share), <b>{formatModelName(leader.model)}</b>)}
          {facts.usedIn !== undefined && <>{t.inSessions(<b>{facts.usedIn}</b>, facts.usedIn)}</>}.
          {unpricedCalls > 0 && cost !== null && <>{t.callHassNoKnown(<Count value={unpricedCalls} />, unpricedCalls)}</>}
        </>
      )}
    </p>
  )
}

function LimitSentence({ limit: { label, percent, resetsInMs, account } }: { readonly limit: LimitFact }) {
  return (
    <>
      {t.ofUsed(
        <b>{formatPercent(percent / 100)}</b>,
        limitName(label),
        account !== undefined && ` (${account})`,
        resetsInMs !== undefined && t.resetsIn(formatDuration(resetsInMs)),
      )}
    </>
  )
}
