import { Count, Money } from '../ui/amount.tsx'
import { Scroller } from '../ui/scroller.tsx'
import { t } from '../words/usage.ts'
import type { ChartSeries } from './chart-series.ts'
import { aboutEstimates } from './estimate-text.ts'
import type { Step } from './range.ts'
import type { Stack } from './stack.ts'
import type { Measure } from './usage-search.ts'
import './chart-table.css'

interface ChartTableProps {
  readonly stack: Stack
  readonly series: readonly ChartSeries[]
  readonly labels: readonly string[]
  readonly measure: Measure
  readonly step: Step
  /** Whether the sums have the estimates. */
  readonly withEstimates: boolean
}

/** The chart as a table: a row per bar, a column per colour. */
export function ChartTable({ stack, series, labels, measure, step, withEstimates }: ChartTableProps) {
  const render = (amount: number | null, atLeast?: string) =>
    amount === 0 ? (
      <span className="muted">–</span>
    ) : measure === 'cost' ? (
      <Money value={amount} atLeast={atLeast} />
    ) : (
      <Count value={amount ?? 0} atLeast={atLeast} />
    )
  const hasEstimates = stack.estimates.some((value) => value > 0)
  return (
    <Scroller className="chart-table" label={t.chartData}>
      <table className="figures">
        <thead>
          <tr>
            <th scope="col">{step[0]?.toUpperCase() + step.slice(1)}</th>
            <th scope="col">{t.total}</th>
            {series.map((one) => (
              <th scope="col" key={one.key ?? '\u0000'} title={one.key}>
                {one.name}
              </th>
            ))}
            {hasEstimates && (
              <th scope="col" title={aboutEstimates}>
                {withEstimates ? t.ofItEstimated : t.estimatedMore}
              </th>
            )}
          </tr>
        </thead>
        <tbody>
          {stack.buckets.map((bucket, index) => (
            <tr key={bucket}>
              <th scope="row">{labels[index]}</th>
              <td>{render(stack.totals[index] ?? 0, stack.atLeast[index])}</td>
              {series.map((one) => (
                <td key={one.key ?? '\u0000'}>{render(one.values[index] ?? null, one.atLeast[index])}</td>
              ))}
              {hasEstimates && <td>{render(stack.estimates[index] ?? 0)}</td>}
            </tr>
          ))}
        </tbody>
      </table>
    </Scroller>
  )
}
