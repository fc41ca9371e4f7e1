import { normaliseModel } from '@signalbox/usage/model-name'
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
  /** The models, by normalised id, whose price depends on the length of the prompt: few do. */
  readonly banded: readonly string[]
}

export function cutsOf(table: PriceTable): PriceCuts {
  const changes = new Set<number>()
  const banded: string[] = []
  for (const [model, { periods }] of table.models) {
    for (const { from } of periods) if (Number.isFinite(from)) changes.add(from / QUARTER)
    const prices = periods.map(({ bands }) => new Set(bands.map((band) => JSON.stringify(band))).size)
    if (Math.max(...prices) > 1) banded.push(model)
  }
  return { thresholds: table.thresholds, changes: [...changes].sort((a, b) => a - b), banded: banded.sort() }
}

/** Whether the price of a model, as Claude Code wrote it, depends on the length of the prompt. */
export function isBanded({ banded }: PriceCuts, model: string): boolean {
  return banded.includes(normaliseModel(model))
}
