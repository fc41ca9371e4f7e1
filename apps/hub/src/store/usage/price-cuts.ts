import { normaliseModel } from '@signalbox/usage/model-name'
import type { PriceTable } from '@signalbox/usage/price-table'
import { QUARTER_HOUR_MS } from '@signalbox/usage/slice'

/**
 * The prompt lengths and instants at which cost stops being linear in tokens. Roll-ups are cut there, so that each has
 * one price; a price table with other cuts has them rebuilt.
 */
export interface PriceCuts {
  /** Prompt lengths in tokens, ascending. */
  readonly thresholds: readonly number[]
  /** Price changes in quarter hours since 1970, ascending. */
  readonly changes: readonly number[]
  /** The few models whose price depends on the prompt length: what their names in the table mean. */
  readonly banded: readonly string[]
}

export function cutsOf(table: PriceTable): PriceCuts {
  const changes = new Set<number>()
  const banded = new Set<string>()
  for (const [model, { periods }] of table.models) {
    for (const { from } of periods) if (Number.isFinite(from)) changes.add(from / QUARTER_HOUR_MS)
    const prices = periods.map(({ bands }) => new Set(bands.map((band) => JSON.stringify(band))).size)
    if (Math.max(...prices) > 1) banded.add(normaliseModel(model))
  }
  return { thresholds: table.thresholds, changes: [...changes].sort((a, b) => a - b), banded: [...banded].sort() }
}

/**
 * Whether the price of a model depends on the prompt length. A table can have several prices for names that mean the same
 * model; then one of them is enough.
 * @param model as Claude Code wrote it
 */
export function isBanded({ banded }: PriceCuts, model: string): boolean {
  return banded.includes(normaliseModel(model))
}
