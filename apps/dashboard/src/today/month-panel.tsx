import { useNavigate } from '../router/use-router.ts'
import { Count, Money } from '../ui/amount.tsx'
import { whyAtLeast } from '../ui/at-least.ts'
import { FigureList } from '../ui/figure-list.tsx'
import { Panel } from '../ui/panel.tsx'
import { Skeleton } from '../ui/skeleton.tsx'
import { formatMonthAndYear } from '../ui/time-format.ts'
import { addDays, daysBetween, lastDayOfMonth } from '../usage/calendar.ts'
import { t } from '../words/today.ts'
import { daysOf } from './today-range.ts'
import { UsageBars } from './usage-bars.tsx'
import { type TodayPanelProps, useMonth } from './use-reports.ts'
import './month-panel.css'

/** The month to date, with a bar for each day. */
export function MonthPanel(props: TodayPanelProps) {
  const navigate = useNavigate()
  const { data: report, error } = useMonth(props)
  if (report === undefined) return error === null ? <Skeleton height={260} label={t.loadingMonth} /> : null
  const month = props.today.slice(0, 7)
  const { totals } = report
  const atLeast = whyAtLeast(totals)
  const first = `${month}-01`
  const days = Array.from({ length: daysBetween(first, lastDayOfMonth(month)) }, (_, index) => addDays(first, index))
  const activeDays = report.rows.filter(({ calls }) => calls > 0).length
  return (
    <Panel title={t.monthToDate} aside={<span className="small muted">{formatMonthAndYear(month)}</span>}>
      <p className="figure">
        <Money value={totals.cost_usd} calls={totals.calls} atLeast={atLeast} />
        <small>{t.atListPrice}</small>
      </p>
      <div className="month-bars usage-bars-compact">
        <UsageBars
          {...daysOf(days)}
          name={(totals.cost_usd ?? 0) > 0 ? t.costAtListPrice : t.tokens}
          rows={report.rows}
          priced={(totals.cost_usd ?? 0) > 0}
          current={props.today}
          maxLabels={4}
          summary={<span className="muted">{t.activeDays(activeDays)}</span>}
          onOpen={(day) => void navigate({ to: '/usage', search: { since: day, until: day } })}
        />
      </div>
      <FigureList
        figures={[
          { label: t.tokens, value: <Count value={totals.total_tokens} unit="token" atLeast={atLeast} /> },
          { label: t.calls, value: <Count value={totals.calls} /> },
          {
            label: t.averagePerActiveDay,
            value:
              activeDays === 0 ? (
                '–'
              ) : (
                <Money value={totals.cost_usd === null ? null : totals.cost_usd / activeDays} calls={totals.calls} atLeast={atLeast} />
              ),
          },
        ]}
      />
    </Panel>
  )
}
