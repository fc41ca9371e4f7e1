import type { Call } from '@signalbox/contract/call'
import { findRates, sliceCost } from '@signalbox/usage/price'
import { defaultPriceTable } from '@signalbox/usage/price-table'
import { toSlice } from '@signalbox/usage/slice'

const table = defaultPriceTable()

/** The list price of one call in pico-dollars; undefined where its model has none. */
export function listPrice(call: Omit<Call, 'key' | 'is_sidechain'>): number | undefined {
  const rates = findRates(table, call.model)
  const cost = rates === null ? null : sliceCost(table, rates, toSlice({ key: '', is_sidechain: false, ...call }, table.thresholds))
  return cost === null ? undefined : Number(cost)
}
