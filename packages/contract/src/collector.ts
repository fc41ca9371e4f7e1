import { z } from 'zod'
import { collectorHealthSchema, limitSources } from './limits.ts'
import { instant } from './time.ts'

/**
 * What a collector is doing. `refused`: the hub answers, and says no; a person has to do something.
 * `offline`: it does not answer; time will do.
 */
export const collectorStates = ['starting', 'idle', 'sending', 'offline', 'refused', 'stopped'] as const

/** `off`: switched off by LIMIT_SOURCES. `waiting`: there is nothing to read yet. `failing`: it is tried again. */
export const limitSourceStates = ['off', 'starting', 'ok', 'waiting', 'failing', 'needs_login'] as const

/** How sending readings went; without rate and durations where there was no try. */
const syncMetricsSchema = z.object({
  /** Tries, the retries among them. */
  attempts: z.int(),
  /** 0–1, of the tries. */
  success_rate: z.number().optional(),
  retries: z.int(),
  duration_ms: z.object({ min: z.int(), avg: z.int(), max: z.int() }).optional(),
})
export type SyncMetrics = z.infer<typeof syncMetricsSchema>

/** How the plan limits of this machine are read, and how the readings get to the hub. */
const limitStatusSchema = z.object({
  sources: z.array(
    z.object({
      name: z.enum(limitSources),
      state: z.enum(limitSourceStates),
      /** What it last did, and when. */
      did: z.string().optional(),
      at: instant.optional(),
      /** What it will do next, and when where it is a matter of time. */
      next: z.string().optional(),
      next_attempt_at: instant.optional(),
      last_reading_at: instant.optional(),
      /** In a row. */
      failures: z.int(),
      error: z.object({ category: z.string(), message: z.string() }).optional(),
    }),
  ),
  /** What the hub is told of them all. */
  health: collectorHealthSchema,
  /** Why readings could not be written to the ledger; they are kept in memory until they can. */
  problem: z.string().optional(),
  sync: z.object({
    /** Where readings are posted to. */
    url: z.string(),
    /** Readings the hub has not confirmed. */
    pending: z.int(),
    /** Readings the hub refused for ever. */
    set_aside: z.int(),
    /** When the hub last took one. */
    at: instant.optional(),
    /** Since the collector was started. */
    readings: z.int(),
    /** Rounds of tries since the last that succeeded. */
    failures: z.int(),
    next_attempt_at: instant.optional(),
    problem: z.string().optional(),
    suggestion: z.string().optional(),
    last_10: syncMetricsSchema,
    all: syncMetricsSchema,
  }),
  /** The open connection over which the hub asks for readings. */
  contact: z.object({ at: instant.optional(), failures: z.int(), problem: z.string().optional() }),
})
export type LimitStatus = z.infer<typeof limitStatusSchema>
export type LimitSourceStatus = LimitStatus['sources'][number]

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
  /** Absent in the file of an older collector. */
  limits: limitStatusSchema.optional(),
})
export type CollectorStatus = z.infer<typeof collectorStatusSchema>
export type CollectorState = CollectorStatus['state']
