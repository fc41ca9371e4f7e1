import { Count, Money } from '../ui/amount.tsx'
import { Scroller } from '../ui/scroller.tsx'
import type { DrawnSeries } from './drawn-series.ts'
import type { Step } from './range.ts'
import type { Stack } from './stack.ts'
import type { Measure } from './usage-search.ts'
import './chart-table.css'

interface ChartTableProps {
  readonly stack: Stack
  readonly series: readonly DrawnSeries[]
  readonly labels: readonly string[]
  readonly measure: Measure
  readonly step: Step
}

/** The chart in figures: a row for each bar, a column for each colour. */
export function ChartTable({ stack, series, labels, measure, step }: ChartTableProps) {
  const value = (amount: number | null) =>
    amount === 0 ? <span className="quiet">–</span> : measure === 'cost' ? <Money value={amount} /> : <Count value={amount ?? 0} />
  return (
    <Scroller className="chart-table" label="The chart as a table">
      <table className="figures">
        <thead>
          <tr>
            <th scope="col">{step[0]?.toUpperCase() + step.slice(1)}</th>
            <th scope="col">All</th>
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
              <td>{value(stack.totals[index] ?? 0)}</td>
              {series.map((one) => (
                <td key={one.key ?? '\u0000'}>{value(one.values[index] ?? null)}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </Scroller>
  )
}
