import type { UsageReport, UsageSums } from '../hub/answer.ts'
import { Count, Money } from '../ui/amount.tsx'
import { modelName } from '../ui/model-name.ts'
import { compact, usd } from '../ui/number-format.ts'
import { clock } from '../ui/time-format.ts'
import { useNow } from '../ui/use-now.ts'
import { blockSpans } from '../usage/block-span.ts'
import { blockWords } from '../usage/block-words.ts'
import { endOfDay, hoursOfDay } from '../usage/day-start.ts'
import { modelColor } from '../usage/model-color.ts'
import { useBlocks } from './use-blocks.ts'
import './day-line.css'

interface DayLineProps {
  /** Today by hour. */
  readonly report: UsageReport
  readonly today: string
  readonly zone: string
}

/** The day as a signalman has it before him: a line from midnight to midnight, what ran on it, and which sections are taken. */
export function DayLine({ report, today, zone }: DayLineProps) {
  const now = useNow(30_000)
  const blocks = useBlocks(today, zone)
  const hours = hoursOfDay(today, zone)
  const from = hours[0] ?? now
  const to = endOfDay(today, zone)
  const place = (instant: number) => `${(Math.min(1, Math.max(0, (instant - from) / (to - from))) * 100).toFixed(3)}%`
  const rows = new Map(report.rows.map((row) => [Date.parse(row.hour ?? ''), row]))
  const priced = report.totals.calls === 0 || (report.totals.cost_usd ?? 0) > 0
  const measure = (sums: UsageSums) => (priced ? (sums.cost_usd ?? 0) : sums.total_tokens)
  const most = Math.max(...report.rows.map(measure), Number.MIN_VALUE)
  const models = report.totals.models.map(({ model }) => model)
  const spans = blockSpans(blocks.data?.rows ?? [], from, to)

  return (
    <figure className="day-line">
      <div className="day-bars" aria-hidden="true">
        <span className="day-most">{priced ? usd(most) : compact(most)}</span>
        {hours.map((at) => {
          const row = rows.get(at)
          return (
            <div
              key={at}
              className="day-slot"
              title={
                row === undefined
                  ? undefined
                  : `${clock(at, zone)}: ${row.cost_usd === null ? 'cost unknown' : usd(row.cost_usd)}, ${compact(row.total_tokens)} tokens`
              }
            >
              {row !== undefined &&
                models.map((model) => {
                  const part = row.models.find((candidate) => candidate.model === model)
                  const height = part === undefined ? 0 : (measure(part) / most) * 100
                  return height === 0 ? null : (
                    <i key={model} style={{ height: `${height}%`, background: modelColor(model) }} title={modelName(model)} />
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
            className="day-section"
            data-active={span.active || undefined}
            style={{ left: `${span.left * 100}%`, width: `${span.width * 100}%` }}
            title={blockWords(span, zone)}
          />
        ))}
        <span className="day-now" style={{ left: place(now) }} />
      </div>
      <div className="day-axis" aria-hidden="true">
        {hours
          .filter((_, index) => index % 6 === 0 && index < 24)
          .map((at) => (
            <span key={at} style={{ left: place(at) }}>
              {clock(at, zone)}
            </span>
          ))}
      </div>
      <figcaption className="day-caption small quiet">
        <span>Cost by hour{priced ? '' : ' is unknown; bars are tokens'}</span>
        {spans.length > 0 && (
          <span className="day-caption-section">
            <i aria-hidden="true" /> five-hour blocks
          </span>
        )}
      </figcaption>
      <table className="unseen">
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
              <th scope="row">{clock(Date.parse(row.hour ?? ''), zone)}</th>
              <td>
                <Money value={row.cost_usd} />
              </td>
              <td>
                <Count value={row.total_tokens} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </figure>
  )
}
