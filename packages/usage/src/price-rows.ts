import type { Prices, PriceTable } from './price-table.ts'

/** The prices of one model, from one day on, for prompts of one length. */
export interface PriceRow {
  readonly model: string
  /** YYYY-MM-DD; absent for prices without a start. */
  readonly from?: string
  /** For prompts of more tokens than this. */
  readonly over?: number
  /** For prompts of this many tokens at most. */
  readonly up_to?: number
  /** Micro-dollars per million tokens. */
  readonly prices: Prices
}

/** The rows of a price table, in its order, the oldest prices of a model first. */
export function priceRows(table: PriceTable): PriceRow[] {
  return [...table.models].flatMap(([model, { periods }]) =>
    periods.flatMap(({ from, bands }) =>
      bands.flatMap((prices, band): PriceRow[] => {
        // Adjacent bands with the same prices are one row.
        if (band > 0 && isSame(prices, bands[band - 1]!)) return []
        const next = bands.findIndex((other, index) => index > band && !isSame(prices, other))
        return [
          {
            model,
            ...(Number.isFinite(from) ? { from: new Date(from).toISOString().slice(0, 10) } : {}),
            ...(band === 0 ? {} : { over: table.thresholds[band - 1]! }),
            ...(next === -1 ? {} : { up_to: table.thresholds[next - 1]! }),
            prices,
          },
        ]
      }),
    ),
  )
}

function isSame(a: Prices, b: Prices): boolean {
  return a.input === b.input && a.write_5m === b.write_5m && a.write_1h === b.write_1h && a.read === b.read && a.output === b.output
}
