import { z } from 'zod'
import { collectorHealthSchema } from './collector-health.ts'
import { limitSources } from './limit-source.ts'
import { instant } from './time.ts'

/**
 * What a collector is doing. `refused`: the hub rejects its requests, and a person has to act.
 * `offline`: the hub does not respond, and the collector retries.
 */
export const collectorStates = ['starting', 'idle', 'sending', 'offline', 'refused', 'stopped'] as const

/** `off`: disabled by LIMIT_SOURCES. `waiting`: nothing to read yet. `failing`: retried. */
export const limitSourceStates = ['off', 'starting', 'ok', 'waiting', 'failing', 'needs_login'] as const

/** Metrics of sending snapshots; rate and durations are absent before the first attempt. */
const syncMetricsSchema = z.object({
  /** Attempts, retries included. */
  attempts: z.int(),
  /** The share of attempts that succeeded, 0–1. */
  success_rate: z.number().optional(),
  retries: z.int(),
  duration_ms: z.object({ min: z.int(), avg: z.int(), max: z.int() }).optional(),
})
export type SyncMetrics = z.infer<typeof syncMetricsSchema>

/** The state of reading the plan limits on this machine and of sending the snapshots to the hub. */
const limitStatusSchema = z.object({
  sources: z.array(
    z.object({
      name: z.enum(limitSources),
      state: z.enum(limitSourceStates),
      /** The last action, and when it happened. */
      did: z.string().optional(),
      at: instant.optional(),
      /** The next action, and when it is due if it is scheduled. */
      next: z.string().optional(),
      next_attempt_at: instant.optional(),
      last_reading_at: instant.optional(),
      /** Consecutive failures. */
      failures: z.int(),
      error: z.object({ category: z.string(), message: z.string() }).optional(),
    }),
  ),
  /** The combined health, as reported to the hub. */
  health: collectorHealthSchema,
  /** Why snapshots could not be written to the ledger; they stay in memory until they can. */
  problem: z.string().optional(),
  sync: z.object({
    /** The address that snapshots are posted to. */
    url: z.string(),
    /** Snapshots that the hub has not confirmed. */
    pending: z.int(),
    /** Snapshots that the hub rejected permanently. */
    set_aside: z.int(),
    /** Of the pending ones, those that the hub takes only when their time has come. */
    held: z.int().optional(),
    /** When the hub last accepted a snapshot. */
    at: instant.optional(),
    /** Snapshots sent since the collector was started. */
    readings: z.int(),
    /** Rounds of attempts since the last success. */
    failures: z.int(),
    next_attempt_at: instant.optional(),
    problem: z.string().optional(),
    suggestion: z.string().optional(),
    last_10: syncMetricsSchema,
    all: syncMetricsSchema,
  }),
  /** The long poll over which the hub requests snapshots. */
  contact: z.object({ at: instant.optional(), failures: z.int(), problem: z.string().optional() }),
})
export type LimitStatus = z.infer<typeof limitStatusSchema>
export type LimitSourceStatus = LimitStatus['sources'][number]

/** The state of watching the sessions of Claude Code on this machine and of sending what was observed to the hub. */
const sessionStatusPartSchema = z.object({
  /** Sessions whose process is alive. */
  alive: z.int(),
  /** Versions of Claude Code that run, newest first. */
  versions: z.array(z.string()),
  /** Whether the file system reports changes of process files; otherwise they are polled. */
  watching: z.boolean(),
  /** Why sessions cannot be watched, or observations cannot be written to the ledger. */
  problem: z.string().optional(),
  /** Observations that the hub has not confirmed. */
  pending: z.int(),
  sent: z.object({
    /** When the hub last accepted an observation. */
    at: instant.optional(),
    /** Since the collector was started. */
    observations: z.int(),
    /** Attempts since the last success. */
    failures: z.int(),
    next_attempt_at: instant.optional(),
    problem: z.string().optional(),
    suggestion: z.string().optional(),
  }),
  /** When the hub last answered a heartbeat of the collector. */
  heartbeat_at: instant.optional(),
})
export type SessionCollectionStatus = z.infer<typeof sessionStatusPartSchema>

/** `DATA_DIR/collector.json`: the state of this machine's collector, read by `signalbox doctor` and `signalbox collector status`. */
export const collectorStatusSchema = z.object({
  state: z.enum(collectorStates),
  pid: z.int(),
  machine_id: z.string(),
  /** The address of the hub. */
  hub: z.string(),
  version: z.string(),
  /** Whether names of folders and branches leave this machine as hashes only; the plugin and `signalbox run` then send none. */
  redact_projects: z.boolean().optional(),
  started_at: instant,
  /** A running collector updates this at least every minute. */
  updated_at: instant,
  /** Calls that the hub has not confirmed. */
  pending: z.int(),
  /** Calls that the hub rejected permanently. */
  set_aside: z.int(),
  read: z.object({
    at: instant.optional(),
    transcripts: z.int(),
    /** Since the collector was started. */
    calls_new: z.int(),
    /** Whether the file system reports changes; otherwise the folders are polled. */
    watching: z.boolean(),
    problem: z.string().optional(),
  }),
  sent: z.object({
    at: instant.optional(),
    /** Since the collector was started. */
    calls: z.int(),
    /** Attempts since the last success. */
    failures: z.int(),
    next_attempt_at: instant.optional(),
    problem: z.string().optional(),
    suggestion: z.string().optional(),
  }),
  /** How far the clock of this machine is ahead of the hub's, in milliseconds; absent before the hub has answered. */
  clock_skew_ms: z.int().optional(),
  /** Absent in files of older collectors. */
  limits: limitStatusSchema.optional(),
  sessions: sessionStatusPartSchema.optional(),
})
export type CollectorStatus = z.infer<typeof collectorStatusSchema>
