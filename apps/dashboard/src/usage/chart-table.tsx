import { Count, Money } from '../ui/amount.tsx'
import { Scroller } from '../ui/scroller.tsx'
import type { ChartSeries } from './chart-series.ts'
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
}

/** The chart as a table: a row per bar, a column per colour. */
export function ChartTable({ stack, series, labels, measure, step }: ChartTableProps) {
  const render = (amount: number | null) =>
    amount === 0 ? <span className="muted">–</span> : measure === 'cost' ? <Money value={amount} /> : <Count value={amount ?? 0} />
  return (
    <Scroller className="chart-table" label="Chart data">
      <table className="figures">
        <thead>
          <tr>
            <th scope="col">{step[0]?.toUpperCase() + step.slice(1)}</th>
            <th scope="col">Total</th>
            {series.map((one) => (
              <th scope="col" key={one.key ?? '\u0000'} title={one.key}>
                {one.name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {stack.buckets.map((bucket, index) => (
            <tr key={bucket}>
              <th scope="row">{labels[index]}</th>
              <td>{render(stack.totals[index] ?? 0)}</td>
              {series.map((one) => (
                <td key={one.key ?? '\u0000'}>{render(one.values[index] ?? null)}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </Scroller>
  )
}
