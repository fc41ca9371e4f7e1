import { compact, usd } from '../ui/number-format.ts'
import type { Series } from './stack.ts'
import type { Measure } from './usage-search.ts'

/** A series with the name and the colour a person sees. */
export interface DrawnSeries extends Series {
  readonly name: string
  /** A CSS colour. */
  readonly color: string
}

/** A value as it stands on an axis or in a legend. */
export function shownValue(value: number | null, measure: Measure): string {
  if (value === null) return 'unknown'
  return measure === 'cost' ? usd(value) : compact(value)
}
