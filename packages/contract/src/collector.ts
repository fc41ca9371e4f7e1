import { z } from 'zod'
import { instant } from './time.ts'

/**
 * What a collector is doing. `refused`: the hub answers, and says no; a person has to do something.
 * `offline`: it does not answer; time will do.
 */
export const collectorStates = ['starting', 'idle', 'sending', 'offline', 'refused', 'stopped'] as const

/** `DATA_DIR/collector.json`: how the collector of this machine is, for `signalbox doctor` and `signalbox collector status`. */
export const collectorStatusSchema = z.object({
  state: z.enum(collectorStates),
  pid: z.int(),
  machine_id: z.string(),
  /** Where it sends to. */
  hub: z.string(),
  version: z.string(),
  started_at: instant,
  /** A running collector writes at least every minute. */
  updated_at: instant,
  /** Calls the hub has not confirmed. */
  pending: z.int(),
  /** Calls the hub refused for ever. */
  set_aside: z.int(),
  read: z.object({
    at: instant.optional(),
    transcripts: z.int(),
    /** Since it was started. */
    calls_new: z.int(),
    /** False: changes are noticed by looking, not by being told. */
    watching: z.boolean(),
    problem: z.string().optional(),
  }),
  sent: z.object({
    at: instant.optional(),
    /** Since it was started. */
    calls: z.int(),
    /** Tries since the last that succeeded. */
    failures: z.int(),
    next_attempt_at: instant.optional(),
    problem: z.string().optional(),
    suggestion: z.string().optional(),
  }),
})
export type CollectorStatus = z.infer<typeof collectorStatusSchema>
export type CollectorState = CollectorStatus['state']
