import { type Prices, priceRoutes } from '@signalbox/contract/price'
import { priceRows } from '@signalbox/usage/price-rows'
import { defaultPriceTable } from '@signalbox/usage/price-table'
import { serve } from '../http/route.ts'
import type { RouteContext } from '../route-context.ts'

const usd = (micro: number) => micro / 1e6

/** The prices with which this hub computes costs. They change with a restart only. */
export function price({ app, config: { prices } }: RouteContext): void {
  const { version, date, source, webSearch } = prices
  const answer: Prices = {
    version,
    date,
    source,
    is_shipped: prices === defaultPriceTable(),
    web_search: usd(webSearch),
    rows: priceRows(prices).map(({ prices: { input, write_5m, write_1h, read, output }, ...row }) => ({
      ...row,
      input: usd(input),
      write_5m: usd(write_5m),
      write_1h: usd(write_1h),
      read: usd(read),
      output: usd(output),
    })),
  }
  serve(app, priceRoutes.list, () => answer)
}
