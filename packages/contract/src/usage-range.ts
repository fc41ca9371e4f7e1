import { z } from 'zod'

/** Days and spans as people name them; `last_7d` is seven days with today, `last_24h` ends now. */
export const usageRangeSchema = z
  .string()
  .regex(
    /^(?:today|yesterday|this_week|last_week|this_month|last_month|this_year|all|last_[1-9]\d{0,3}[mhd]|\d{4}-\d\d-\d\d(?:\.\.\d{4}-\d\d-\d\d)?)$/,
    {
      error:
        'is not a range: today, yesterday, this_week, last_week, this_month, last_month, this_year, all, last_30m, last_24h, last_7d, ' +
        '2026-03-13 or 2026-03-01..2026-03-13',
    },
  )
  .meta({ examples: ['last_7d'] })
export type UsageRange = z.infer<typeof usageRangeSchema>
