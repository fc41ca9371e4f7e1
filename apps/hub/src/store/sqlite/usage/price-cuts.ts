import type { PriceTable } from '@signalbox/usage/price-table'
import { QUARTER } from '@signalbox/usage/slice'

/**
 * Where cost stops being linear in tokens: at these prompt lengths and at these moments. Roll-ups are cut there, so
 * that every one of them has one price; under a table with other cuts they are cut again.
 */
export interface PriceCuts {
  /** In tokens, ascending. */
  readonly thresholds: readonly number[]
  /** In quarter hours, ascending. */
  readonly changes: readonly number[]
}

export function cutsOf(table: PriceTable): PriceCuts {
  const changes = new Set<number>()
  for (const { periods } of table.models.values()) {
    for (const { from } of periods) if (Number.isFinite(from)) changes.add(from / QUARTER)
  }
  return { thresholds: table.thresholds, changes: [...changes].sort((a, b) => a - b) }
}
