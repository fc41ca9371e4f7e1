import type { UsageReport } from '../hub/answer.ts'
import { useNavigate } from '../router/use-router.ts'
import { Count, Money } from '../ui/amount.tsx'
import { whyAtLeast } from '../ui/at-least.ts'
import { partKey } from '../ui/part-name.ts'
import { toLocalDay } from '../ui/time-format.ts'
import { useNow } from '../ui/use-now.ts'
import { t } from '../words/today.ts'
import { BlockTrack } from './block-track.tsx'
import { type TodayRange, todayRangeLabels } from './today-range.ts'
import { UsageBars } from './usage-bars.tsx'
import { useRangeBuckets } from './use-reports.ts'

interface RangeChartProps {
  readonly range: TodayRange
  readonly report: UsageReport
  readonly today: string
  readonly zone: string
}

/** The usage of the chosen time, by minute, hour or day. */
export function RangeChart({ range, report, today, zone }: RangeChartProps) {
  const navigate = useNavigate()
  const now = useNow(30_000)
  const { group, since, buckets } = useRangeBuckets(range, zone)
  const { totals } = report
  const priced = totals.calls === 0 || (totals.cost_usd ?? 0) > 0
  const current = buckets.findLast(({ key }) => (group === 'day' ? key <= today : Date.parse(key) <= now))?.key
  return (
    <UsageBars
      group={group}
      since={since}
      buckets={buckets}
      name={priced ? t.costAtListPrice : t.tokens}
      rows={report.rows}
      models={totals.models.map(partKey)}
      priced={priced}
      current={current}
      maxLabels={group === 'day' ? 5 : 4}
      summary={
        <span className="muted">
          {t.tokensInCallsBy(
            priced ? <Money value={totals.cost_usd} calls={totals.calls} atLeast={whyAtLeast(totals)} /> : t.costUnknown,
            priced && ', ',
            <Count value={totals.total_tokens} atLeast={whyAtLeast(totals)} />,
            totals.total_tokens,
            <Count value={totals.calls} />,
            totals.calls,
            range === 'today' ? t.todayBehind : t.inRangeBehind(todayRangeLabels[range].long),
            priced ? t.costBy : t.tokensBy,
            t.groupNames[group],
          )}
        </span>
      }
      onOpen={(key) => {
        const day = group === 'day' ? key : toLocalDay(Date.parse(key), zone)
        void navigate({ to: '/usage', search: { since: day, until: day } })
      }}
    >
      {range === 'today' && <BlockTrack today={today} zone={zone} />}
    </UsageBars>
  )
}
