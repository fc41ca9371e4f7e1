import { z } from 'zod'
import { isDeeperThan } from './metadata.ts'
import { instant } from './time.ts'

/** Deeper than any source nests it; JSON indented for people grows with depth times width. */
export const MAX_EXTRA_USAGE_DEPTH = 8

/** Extra usage as a collector sends it: the words of its source, from which the hub reads what `extraUsageSchema` names. */
export const sentExtraUsageSchema = z.record(z.string(), z.unknown()).superRefine((value, context) => {
  if (!isDeeperThan(value, MAX_EXTRA_USAGE_DEPTH)) return
  // Later checks convert it to JSON, which would overflow the stack on an object nested thousands of levels deep.
  context.addIssue({ code: 'custom', message: `must not be nested deeper than ${MAX_EXTRA_USAGE_DEPTH}`, continue: false })
})

/**
 * What is paid beyond the plan. Amounts are in the smallest unit of `currency`: with `decimal_places` 2, 1250 is 12.50.
 * A field that the source does not know is absent.
 */
export const extraUsageSchema = z
  .object({
    is_enabled: z.boolean().optional(),
    /** What was used since the month began. */
    used_credits: z.number().optional(),
    /** The spend limit of the month; absent where there is none. */
    monthly_limit: z.number().optional(),
    /** Credits that were paid for and not used yet. */
    balance: z.number().optional(),
    /** ISO 4217, such as `USD`. */
    currency: z.string().optional(),
    decimal_places: z.int().optional(),
    /** The used share of the spend limit, 0–1000. */
    percentageUsed: z.number().optional(),
    resetsIn: z.string().optional(),
    resetsAt: instant.optional(),
    /** Whether the spend limit stops it. */
    spend_limit_reached: z.boolean().optional(),
    /** Why it is off, in the word of the source, such as `out_of_credits`. */
    disabled_reason: z.string().optional(),
  })
  .meta({
    id: 'ExtraUsage',
    examples: [{ is_enabled: true, used_credits: 1250, monthly_limit: 5000, currency: 'USD', decimal_places: 2, percentageUsed: 25 }],
  })
export type ExtraUsage = z.infer<typeof extraUsageSchema>
