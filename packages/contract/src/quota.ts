import { z } from 'zod'

/** `used` goes down steadily, by `limit` in 24 hours. */
const quota = z.object({ used: z.int(), limit: z.int() })

/** What a key has brought to this hub lately, beside what it may bring in 24 hours. */
export const keyQuotasSchema = z.object({
  /** Calls, observations and snapshots. */
  rows: quota,
  /** Of bodies, decompressed. */
  bytes: quota,
  snapshots: quota,
  /** Machines, sessions, collectors, accounts and projects that it was the first to name. */
  names: quota,
})
export type KeyQuotas = z.infer<typeof keyQuotasSchema>
