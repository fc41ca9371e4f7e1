import { z } from 'zod'
import { instant, lenientInstant } from './time.ts'

/** The position of a version among the stored ones. */
export const versionInfoSchema = z.object({
  /** 1 is the oldest stored version. */
  current: z.int(),
  total: z.int(),
  timestamp: instant,
  /** The name of its file in `DATA_DIR/console-usage-history`. */
  filename: z.string(),
})

/** The fields of a query that select one version; `timestamp` takes precedence over `version`. */
export const versionQueryShape = {
  /** 1 is the oldest stored version; -1 is the newest, -2 the one before it. */
  version: z.coerce.number<string>({ error: 'must be a whole number' }).int().optional(),
  /** Selects the nearest version; the earlier of two equally near ones. */
  timestamp: lenientInstant.optional(),
}
