import type { UsageReport } from '../hub/answer.ts'
import { Count, Money } from '../ui/amount.tsx'
import { compact, usd } from '../ui/number-format.ts'
import { Panel } from '../ui/panel.tsx'
import { monthAndYear, shortDay } from '../ui/time-format.ts'
import { addDays, daysBetween, lastDayOf } from '../usage/calendar.ts'
import './month-panel.css'

interface MonthPanelProps {
  /** The month by day. */
  readonly report: UsageReport
  readonly today: string
}

/** The month so far, a bar for each of its days. */
export function MonthPanel({ report, today }: MonthPanelProps) {
  const month = today.slice(0, 7)
  const first = `${month}-01`
  const length = daysBetween(first, lastDayOf(month))
  const rows = new Map(report.rows.map((row) => [row.day, row]))
  const { totals } = report
  const priced = (totals.cost_usd ?? 0) > 0
  const heights = Array.from({ length }, (_, index) => {
    const day = addDays(first, index)
    const row = rows.get(day)
    return { day, row, value: row === undefined ? 0 : priced ? (row.cost_usd ?? 0) : row.total_tokens }
  })
  const most = Math.max(...heights.map(({ value }) => value), Number.MIN_VALUE)
  const used = report.rows.filter(({ calls }) => calls > 0).length

  return (
    <Panel title="Month to date" aside={<span className="small quiet">{monthAndYear(month)}</span>}>
      <p className="figure">
        <Money value={totals.cost_usd} calls={totals.calls} />
        <small>list price</small>
      </p>
      <div className="month-bars" role="img" aria-label={`Use by day of ${monthAndYear(month)}; the table in Usage has the numbers`}>
        {heights.map(({ day, row, value }) => (
          <span
            key={day}
            data-today={day === today || undefined}
            data-coming={day > today || undefined}
            title={
              row === undefined
                ? undefined
                : `${shortDay(day)}: ${row.cost_usd === null ? 'cost unknown' : usd(row.cost_usd)}, ${compact(row.total_tokens)} tokens`
            }
          >
            <i style={{ height: `${(value / most) * 100}%` }} />
          </span>
        ))}
      </div>
      <dl className="facts">
        <div>
          <dt>Tokens</dt>
          <dd>
            <Count value={totals.total_tokens} unit="tokens" />
          </dd>
        </div>
        <div>
          <dt>Calls</dt>
          <dd>
            <Count value={totals.calls} />
          </dd>
        </div>
        <div>
          <dt>Per day used</dt>
          <dd>{used === 0 ? '–' : <Money value={totals.cost_usd === null ? null : totals.cost_usd / used} calls={totals.calls} />}</dd>
        </div>
      </dl>
    </Panel>
  )
}
