import { z } from 'zod'
import { identifierSchema, textSchema } from './text.ts'
import { instant, lenientInstant } from './time.ts'

/** `needs_login`: a person has to sign in. `failing`: retried. `paused`: every source is disabled. */
export const collectorHealthStates = ['ok', 'needs_login', 'failing', 'paused'] as const

/** A collector's report about itself, from which the hub explains why data is old. */
export const collectorHealthSchema = z.strictObject({
  state: z.enum(collectorHealthStates),
  lastSuccessAt: lenientInstant.optional(),
  lastError: z.strictObject({ category: identifierSchema(100), message: textSchema(2000), at: lenientInstant.optional() }).optional(),
  consecutiveFailures: z.int().min(0),
  nextAttemptAt: lenientInstant.optional(),
  /** How far the clock of its machine is ahead of the hub's, in milliseconds; only a difference that does harm. */
  clockSkewMs: z.int().optional(),
})
export type CollectorHealth = z.infer<typeof collectorHealthSchema>

/** The last report of a collector. */
export const collectorInfoSchema = z.object({
  machine_id: z.string(),
  state: z.enum(collectorHealthStates),
  /** Whether the collector polled within the last minute. */
  connected: z.boolean(),
  lastSeenAt: instant,
  lastSuccessAt: instant.optional(),
  lastError: z.object({ category: z.string(), message: z.string(), at: instant.optional() }).optional(),
  consecutiveFailures: z.int(),
  nextAttemptAt: instant.optional(),
  /** How far the clock of its machine is ahead of the hub's, in milliseconds; only a difference that does harm. */
  clockSkewMs: z.int().optional(),
})
export type CollectorInfo = z.infer<typeof collectorInfoSchema>

/** How long a collector counts as connected after its last poll, in milliseconds. */
export const COLLECTOR_CONNECTED_MS = 60_000
