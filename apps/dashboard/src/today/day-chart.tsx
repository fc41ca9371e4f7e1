import { plural } from '@signalbox/contract/plural'
import type { UsageReport, UsageSums } from '../hub/answer.ts'
import { Count, Money } from '../ui/amount.tsx'
import { whyAtLeast } from '../ui/at-least.ts'
import { formatModelName } from '../ui/model-name.ts'
import { formatCompact, formatUsd } from '../ui/number-format.ts'
import { partKey } from '../ui/part-name.ts'
import { formatTime } from '../ui/time-format.ts'
import { useNow } from '../ui/use-now.ts'
import { buildBlockSpans } from '../usage/block-span.ts'
import { describeBlock } from '../usage/block-text.ts'
import { endOfDay, hoursOfDay } from '../usage/day-start.ts'
import { modelColor } from '../usage/model-color.ts'
import { type TodayPanelProps, useRecentBlocks } from './use-reports.ts'
import './day-chart.css'

interface DayChartProps extends TodayPanelProps {
  /** Today, by hour. */
  readonly report: UsageReport
}

/** The day from midnight to midnight: the cost of each hour, and the 5-hour blocks below. */
export function DayChart({ report, today, zone }: DayChartProps) {
  const now = useNow(30_000)
  const blocks = useRecentBlocks({ today, zone })
  const hours = hoursOfDay(today, zone)
  const from = hours[0] ?? now
  const to = endOfDay(today, zone)
  const toLeft = (instant: number) => `${(Math.min(1, Math.max(0, (instant - from) / (to - from))) * 100).toFixed(3)}%`
  const rows = new Map(report.rows.map((row) => [Date.parse(row.hour ?? ''), row]))
  const priced = report.totals.calls === 0 || (report.totals.cost_usd ?? 0) > 0
  const measure = (sums: UsageSums) => (priced ? (sums.cost_usd ?? 0) : sums.total_tokens)
  const highest = Math.max(...report.rows.map(measure), Number.MIN_VALUE)
  const models = report.totals.models.map(partKey)
  const spans = buildBlockSpans(blocks.data?.rows ?? [], from, to)

  return (
    <figure className="day-chart">
      <div className="day-bars" aria-hidden="true">
        <span className="day-highest">
          {report.rows.some((row) => whyAtLeast(row) && measure(row) === highest) && '≥'}
          {priced ? formatUsd(highest) : formatCompact(highest)}
        </span>
        {hours.map((at) => {
          const row = rows.get(at)
          return (
            <div
              key={at}
              className="day-slot"
              title={
                row === undefined
                  ? undefined
                  : `${formatTime(at, zone)}: ${whyAtLeast(row) ? '≥' : ''}${row.cost_usd === null ? 'cost unknown' : formatUsd(row.cost_usd)}, ${formatCompact(row.total_tokens)} ${plural(row.total_tokens, 'token')}`
              }
            >
              {row !== undefined &&
                models.map((model) => {
                  const part = row.models.find((candidate) => partKey(candidate) === model)
                  const height = part === undefined ? 0 : (measure(part) / highest) * 100
                  return height === 0 ? null : (
                    <i key={model} style={{ height: `${height}%`, background: modelColor(model) }} title={formatModelName(model)} />
                  )
                })}
            </div>
          )
        })}
      </div>
      <div className="day-track" aria-hidden="true">
        {spans.map((span) => (
          <span
            key={span.start}
            className="day-block"
            data-active={span.active || undefined}
            style={{ left: `${span.left * 100}%`, width: `${span.width * 100}%` }}
            title={describeBlock(span, zone)}
          />
        ))}
        <span className="day-now" style={{ left: toLeft(now) }} />
      </div>
      <div className="day-axis" aria-hidden="true">
        {hours
          .filter((_, index) => index % 6 === 0 && index < 24)
          .map((at) => (
            <span key={at} style={{ left: toLeft(at) }}>
              {formatTime(at, zone)}
            </span>
          ))}
      </div>
      <figcaption className="day-caption small muted">
        <span>{priced ? 'Cost by hour' : 'Tokens by hour; the cost is unknown'}</span>
        {spans.length > 0 && (
          <span className="day-caption-block">
            <i aria-hidden="true" /> 5-hour blocks
          </span>
        )}
      </figcaption>
      <table className="visually-hidden">
        <caption>Today by hour</caption>
        <thead>
          <tr>
            <th scope="col">Hour</th>
            <th scope="col">Cost</th>
            <th scope="col">Tokens</th>
          </tr>
        </thead>
        <tbody>
          {report.rows.map((row) => (
            <tr key={row.hour}>
              <th scope="row">{formatTime(Date.parse(row.hour ?? ''), zone)}</th>
              <td>
                <Money value={row.cost_usd} atLeast={whyAtLeast(row)} />
              </td>
              <td>
                <Count value={row.total_tokens} atLeast={whyAtLeast(row)} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </figure>
  )
}
