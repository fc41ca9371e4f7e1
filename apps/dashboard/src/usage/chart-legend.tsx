import { Count, Money } from '../ui/amount.tsx'
import type { DrawnSeries } from './drawn-series.ts'
import type { Stack } from './stack.ts'
import type { Measure } from './usage-search.ts'
import './chart-legend.css'

interface ChartLegendProps {
  readonly stack: Stack
  readonly series: readonly DrawnSeries[]
  readonly labels: readonly string[]
  readonly measure: Measure
  /** The bar that is pointed at; without one the legend has the sums. */
  readonly pointed: number | undefined
}

/** What the colours are, and what they come to: over all bars, or in the one that is pointed at. */
export function ChartLegend({ stack, series, labels, measure, pointed }: ChartLegendProps) {
  const at = pointed !== undefined && pointed < stack.buckets.length ? pointed : undefined
  const value = (amount: number | null) => (measure === 'cost' ? <Money value={amount} /> : <Count value={amount ?? 0} />)
  const known = stack.totals.filter((total) => total !== null)
  const whole =
    at === undefined
      ? known.length === 0 && stack.totals.length > 0
        ? null
        : known.reduce((sum, total) => sum + total, 0)
      : (stack.totals[at] ?? 0)
  return (
    <div className="legend">
      <p className="legend-whole">
        <span className="quiet">{at === undefined ? 'All together' : labels[at]}</span>
        <b>{value(whole)}</b>
        {at !== undefined && stack.unpriced[at] && <span className="small quiet">and calls without a known price</span>}
      </p>
      <ul>
        {series.map((one) => (
          <li key={one.key ?? '\u0000'} title={one.key}>
            <i aria-hidden="true" style={{ background: one.color }} />
            <span className="legend-name">{one.name}</span>
            <span className="legend-value">{value(at === undefined ? one.total : (one.values[at] ?? null))}</span>
          </li>
        ))}
      </ul>
    </div>
  )
}
