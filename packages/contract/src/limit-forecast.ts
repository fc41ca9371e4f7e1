import { z } from 'zod'
import { identifierSchema } from './text.ts'
import { instant } from './time.ts'

export const limitForecastQuerySchema = z.strictObject({
  /** Where several accounts are in use, the default is the one that the hub saw first. */
  account: identifierSchema().optional(),
})
export type LimitForecastQuery = z.infer<typeof limitForecastQuerySchema>

/** How a window may end: with a percentage at its reset, or at its limit before. */
const forecastEndSchema = z.union([z.object({ percentageUsed: z.number() }), z.object({ reachedAt: instant })])

export const windowForecastSchema = z.object({
  kind: z.enum(['session', 'weekly_all', 'weekly_scoped']),
  label: z.string(),
  /**
   * `on_track`: it lasts until its reset. `may_be_reached`: the limit is within the range. `limit_reached`: the whole range
   * reaches the limit. `unknown`: too little data, or the newest value is old.
   */
  forecast: z.enum(['on_track', 'may_be_reached', 'limit_reached', 'unknown']),
  /** In nine of ten cases the window ends between `low` and `high`, which are rounded. Absent where it is unknown. */
  low: forecastEndSchema.optional(),
  high: forecastEndSchema.optional(),
  likely: forecastEndSchema.optional(),
  /** The range on the way there, in percent; over 100 means that the limit is reached. */
  band: z.array(z.object({ at: instant, low: z.number(), high: z.number() })).optional(),
  /** How often such ranges were right in the past windows of this account, each tried on a window before it was learned from. */
  record: z.object({ right: z.int(), cases: z.int(), windows: z.int() }).optional(),
})
export type WindowForecast = z.infer<typeof windowForecastSchema>

export const limitForecastSchema = z
  .object({
    account: z.string().optional(),
    /** The name that a person has given the account. */
    accountName: z.string().optional(),
    timestamp: instant,
    windows: z.array(windowForecastSchema),
  })
  .meta({
    id: 'LimitForecast',
    examples: [
      {
        timestamp: '2026-10-06T09:20:00.000Z',
        windows: [
          {
            kind: 'session' as const,
            label: '5-hour limit',
            forecast: 'may_be_reached' as const,
            low: { percentageUsed: 71 },
            high: { reachedAt: '2026-10-06T11:15:00.000Z' },
            likely: { percentageUsed: 88 },
            record: { right: 812, cases: 880, windows: 118 },
          },
        ],
      },
    ],
  })
export type LimitForecast = z.infer<typeof limitForecastSchema>
