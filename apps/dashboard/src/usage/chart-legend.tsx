import { Count, Money } from '../ui/amount.tsx'
import { t } from '../words/usage.ts'
import type { ChartSeries } from './chart-series.ts'
import { aboutEstimates } from './estimate-text.ts'
import type { Stack } from './stack.ts'
import type { Measure } from './usage-search.ts'
import './chart-legend.css'

interface ChartLegendProps {
  readonly stack: Stack
  readonly series: readonly ChartSeries[]
  readonly labels: readonly string[]
  readonly measure: Measure
  /** Whether the sums have the estimates. */
  readonly withEstimates: boolean
  /** The selected bar; without one the legend shows the totals. */
  readonly pointed: number | undefined
}

/** Colours, names and values: of all bars, or of the selected one. */
export function ChartLegend({ stack, series, labels, measure, withEstimates, pointed }: ChartLegendProps) {
  const at = pointed !== undefined && pointed < stack.buckets.length ? pointed : undefined
  const render = (amount: number | null, atLeast?: string) =>
    measure === 'cost' ? <Money value={amount} atLeast={atLeast} /> : <Count value={amount ?? 0} atLeast={atLeast} />
  const known = stack.totals.filter((value) => value !== null)
  const total =
    at === undefined
      ? known.length === 0 && stack.totals.length > 0
        ? null
        : known.reduce((sum, value) => sum + value, 0)
      : (stack.totals[at] ?? 0)
  const estimate = at === undefined ? stack.estimates.reduce((sum, value) => sum + value, 0) : (stack.estimates[at] ?? 0)
  return (
    <div className="legend">
      <p className="legend-total">
        <span className="muted">{at === undefined ? t.total : labels[at]}</span>
        <b>{render(total, at === undefined ? stack.totalAtLeast : stack.atLeast[at])}</b>
        {at !== undefined && stack.unpriced[at] && <span className="small muted">{t.plusCallsWithoutKnown}</span>}
      </p>
      <ul>
        {series.map((one) => (
          <li key={one.key ?? '\u0000'} title={one.key}>
            <i aria-hidden="true" style={{ background: one.color }} />
            <span className="legend-name">{one.name}</span>
            <span className="legend-value">
              {at === undefined ? render(one.total, one.totalAtLeast) : render(one.values[at] ?? null, one.atLeast[at])}
            </span>
          </li>
        ))}
        {stack.estimates.some((value) => value > 0) && (
          <li className="legend-estimate" title={aboutEstimates}>
            <i aria-hidden="true" />
            <span className="legend-name">{t.estimatedSeries(withEstimates ? t.added : t.notAdded)}</span>
            <span className="legend-value">~{render(estimate)}</span>
          </li>
        )}
      </ul>
    </div>
  )
}
