import type { Call } from '@signalbox/contract/call'
import { findRates, type PricedSlice, sliceCost } from './price.ts'
import type { PriceTable } from './price-table.ts'
import { toSlice } from './slice.ts'

/** Calculates the cost of one slice, as a report does for each. @returns pico-dollars; null when its model has no price at that time */
export function priceSlice(table: PriceTable, slice: PricedSlice): bigint | null {
  const rates = findRates(table, slice.model)
  const cost = rates === null ? null : sliceCost(table, rates, slice)
  return cost === null ? null : BigInt(cost)
}

/** Calculates the cost of one call. @returns as `priceSlice` does */
export function priceCall(table: PriceTable, call: Call): bigint | null {
  return priceSlice(table, toSlice(call, table.thresholds))
}
