import { readPriceTable } from '../price-file.ts'
import { type Check, fail, ok, warn } from './check.ts'

export const prices: Check = ({ settings, ledger, now }) => {
  const about = 'Prices'
  let version: string
  try {
    const table = readPriceTable(settings.PRICE_TABLE)
    version = `version ${table.version} of ${table.date}, ${settings.PRICE_TABLE === undefined ? 'built-in' : settings.PRICE_TABLE}`
  } catch (error) {
    const { message, suggestion } = error as { message: string; suggestion?: string }
    return [fail(about, message, suggestion ?? 'Correct it, or unset PRICE_TABLE.')]
  }
  const unpriced = ledger?.report({ group: 'model', timezone: 'UTC', now }).unpriced ?? []
  if (unpriced.length === 0) return [ok(about, version)]
  return [
    ok(about, version),
    warn(
      about,
      `no price for ${unpriced.join(', ')}`,
      'Tokens are counted, but the cost is unknown. Update Signalbox, or add prices: docs/prices.md',
    ),
  ]
}
