import { findRates, sliceCost } from '@signalbox/usage/price'
import type { PriceTable } from '@signalbox/usage/price-table'
import { QUARTER_HOUR_MS } from '@signalbox/usage/slice'
import type { RecordedSums } from '../transcript/claude-code/cost-state.ts'

/** How far from a whole number of tokens the result may be: the recorded cost is a sum of floating-point numbers. */
const TOLERANCE = 0.01
const PICO_PER_USD = 1e12

/**
 * Works out from the recorded cost how many of the tokens written to the cache are kept for an hour, which older versions do not record:
 * an hour costs more than five minutes.
 * @param at the time that prices are of, in milliseconds since 1970
 * @returns undefined where no split explains the cost at list price, as with fast mode or a price that has changed meanwhile
 */
export function findHourWrites(model: string, sums: RecordedSums, table: PriceTable, at: number): number | undefined {
  const rates = findRates(table, model)
  if (rates === null || sums.write === 0) return undefined
  const names = { quarter: Math.floor(at / QUARTER_HOUR_MS), model, speed: '', service_tier: '', inference_geo: '', outcome: '', band: 0 }
  const cost = (write_5m: number, write_1h: number, rest: Pick<RecordedSums, 'input' | 'output' | 'read' | 'web_searches'>) =>
    sliceCost(table, rates, { ...names, ...rest, write_5m, write_1h })
  const nothing = { input: 0, output: 0, read: 0, web_searches: 0 }
  const shortest = cost(sums.write, 0, sums)
  const [perShort, perLong] = [cost(1, 0, nothing), cost(0, 1, nothing)]
  if (shortest === null || perShort === null || perLong === null || perLong === perShort) return undefined
  const written = (sums.cost_usd * PICO_PER_USD - Number(shortest)) / (Number(perLong) - Number(perShort))
  const whole = Math.round(written)
  return Math.abs(written - whole) <= TOLERANCE && whole >= 0 && whole <= sums.write ? whole : undefined
}
