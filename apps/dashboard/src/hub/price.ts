import type { Prices } from '@signalbox/client'
import { type UseQueryResult, useQuery } from '@tanstack/react-query'
import { keys } from './query-key.ts'
import { wholeHub } from './whole-hub.ts'

export type { PriceRow, Prices } from '@signalbox/client'

/** The prices of the hub; they change with a restart only. */
export function usePrices(): UseQueryResult<Prices> {
  return useQuery({ queryKey: keys.prices, queryFn: ({ signal }) => wholeHub.listPrices({ signal }) })
}
