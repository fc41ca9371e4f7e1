import { z } from 'zod'
import { route } from './route.ts'

const usd = z.number().min(0)

export const priceRowSchema = z.object({
  /** As the table writes it; dates, regions and other forms of a name mean the same model. */
  model: z.string(),
  /** The first day of these prices, YYYY-MM-DD in UTC; absent where they have no start. */
  from: z.string().optional(),
  /** For prompts of more tokens than this. */
  over: z.int().optional(),
  /** For prompts of this many tokens at most. */
  up_to: z.int().optional(),
  /** USD per million tokens. */
  input: usd,
  write_5m: usd,
  write_1h: usd,
  read: usd,
  output: usd,
})
export type PriceRow = z.infer<typeof priceRowSchema>

export const pricesSchema = z
  .object({
    version: z.string(),
    date: z.string(),
    /** Where the prices are from. */
    source: z.string(),
    /** Whether the table is the one that Signalbox has; otherwise the setting `PRICE_TABLE` names another one. */
    is_shipped: z.boolean(),
    /** USD for one. */
    web_search: usd,
    /** In the order of the table, the oldest prices of a model first. */
    rows: z.array(priceRowSchema),
  })
  .meta({ id: 'Prices' })
export type Prices = z.infer<typeof pricesSchema>

export const priceRoutes = {
  list: route({
    method: 'GET',
    path: '/api/prices',
    access: 'read',
    summary: 'List the prices',
    description: 'The prices with which costs are computed: list prices of the API.',
    responses: { 200: pricesSchema },
  }),
}
