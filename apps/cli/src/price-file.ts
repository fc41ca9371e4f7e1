import { readFileSync } from 'node:fs'
import { defaultPriceTable, type PriceTable, PriceTableError, parsePriceTable } from '@signalbox/usage/price-table'
import { Failure } from './failure.ts'
import { formatPath } from './format-path.ts'

/**
 * The price table in the file of PRICE_TABLE, else the built-in one.
 * @throws Failure that names the file and its problems
 */
export function readPriceTable(file: string | undefined): PriceTable {
  if (file === undefined) return defaultPriceTable()
  try {
    return parsePriceTable(JSON.parse(readFileSync(file, 'utf8')))
  } catch (error) {
    const problems = error instanceof PriceTableError ? error.message.replaceAll('\n', '; ') : (error as Error).message
    throw new Failure(
      `the price table ${formatPath(file)} cannot be used: ${problems}.`,
      'Correct it, or unset PRICE_TABLE. The format is in docs/prices.md.',
    )
  }
}
