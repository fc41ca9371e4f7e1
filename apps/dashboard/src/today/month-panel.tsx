import { plural } from '@signalbox/contract/plural'
import type { UsageReport } from '../hub/answer.ts'
import { Count, Money } from '../ui/amount.tsx'
import { whyAtLeast } from '../ui/at-least.ts'
import { FigureList } from '../ui/figure-list.tsx'
import { formatCompact, formatUsd } from '../ui/number-format.ts'
import { Panel } from '../ui/panel.tsx'
import { Skeleton } from '../ui/skeleton.tsx'
import { formatMonthAndYear, formatShortDay } from '../ui/time-format.ts'
import { addDays, daysBetween, lastDayOfMonth } from '../usage/calendar.ts'
import { type TodayPanelProps, useMonth } from './use-reports.ts'
import './month-panel.css'

/** The month to date, with a bar for each day. */
export function MonthPanel(props: TodayPanelProps) {
  const { data: report, error } = useMonth(props)
  if (report === undefined) return error === null ? <Skeleton height={260} label="Loading the month" /> : null
  const month = props.today.slice(0, 7)
  const { totals } = report
  const atLeast = whyAtLeast(totals)
  const activeDays = report.rows.filter(({ calls }) => calls > 0).length
  return (
    <Panel title="Month to date" aside={<span className="small muted">{formatMonthAndYear(month)}</span>}>
      <p className="figure">
        <Money value={totals.cost_usd} calls={totals.calls} atLeast={atLeast} />
        <small>at list price</small>
      </p>
      <DayBars report={report} today={props.today} />
      <FigureList
        figures={[
          { label: 'Tokens', value: <Count value={totals.total_tokens} unit="token" atLeast={atLeast} /> },
          { label: 'Calls', value: <Count value={totals.calls} /> },
          {
            label: 'Average per active day',
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

function DayBars({ report, today }: { readonly report: UsageReport; readonly today: string }) {
  const month = today.slice(0, 7)
  const first = `${month}-01`
  const rows = new Map(report.rows.map((row) => [row.day, row]))
  const priced = (report.totals.cost_usd ?? 0) > 0
  const days = Array.from({ length: daysBetween(first, lastDayOfMonth(month)) }, (_, index) => {
    const day = addDays(first, index)
    const row = rows.get(day)
    return { day, row, value: row === undefined ? 0 : priced ? (row.cost_usd ?? 0) : row.total_tokens }
  })
  const highest = Math.max(...days.map(({ value }) => value), Number.MIN_VALUE)
  return (
    <div className="month-bars" role="img" aria-label={`Usage by day of ${formatMonthAndYear(month)}; the Usage screen has the numbers`}>
      {days.map(({ day, row, value }) => (
        <span
          key={day}
          data-today={day === today || undefined}
          data-future={day > today || undefined}
          title={
            row === undefined
              ? undefined
              : `${formatShortDay(day)}: ${row.cost_usd === null ? 'cost unknown' : formatUsd(row.cost_usd)}, ${formatCompact(row.total_tokens)} ${plural(row.total_tokens, 'token')}`
          }
        >
          <i style={{ height: `${(value / highest) * 100}%` }} />
        </span>
      ))}
    </div>
  )
}
