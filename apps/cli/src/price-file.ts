import { readFileSync } from 'node:fs'
import { defaultPriceTable, type PriceTable, PriceTableError, parsePriceTable } from '@signalbox/usage/price-table'
import { Failure } from './failure.ts'
import { shown } from './shown.ts'

/**
 * The price table of the setting PRICE_TABLE, else the one that comes with Signalbox.
 * @throws Failure that names the file and what is wrong in it
 */
export function readPriceTable(file: string | undefined): PriceTable {
  if (file === undefined) return defaultPriceTable()
  try {
    return parsePriceTable(JSON.parse(readFileSync(file, 'utf8')))
  } catch (error) {
    const problems = error instanceof PriceTableError ? error.message.replaceAll('\n', '; ') : (error as Error).message
    throw new Failure(
      `the price table ${shown(file)} cannot be used: ${problems}.`,
      'Correct it, or unset PRICE_TABLE. docs/prices.md has its format.',
    )
  }
}
