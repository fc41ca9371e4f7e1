import { formatCompact, formatUsd } from '../ui/number-format.ts'
import type { Series } from './stack.ts'
import type { Measure } from './usage-search.ts'

/** A series with its display name and colour. */
export interface ChartSeries extends Series {
  readonly name: string
  /** A CSS colour. */
  readonly color: string
}

/** A value as text for an axis or a legend. */
export function formatMeasure(value: number | null, measure: Measure): string {
  if (value === null) return 'unknown'
  return measure === 'cost' ? formatUsd(value) : formatCompact(value)
}
