import { z } from 'zod'
import { COLLECTOR_WAIT_MS, limitSources, MAX_WINDOWS } from './limit-source.ts'
import { jsonBytes } from './metadata.ts'
import { route } from './route.ts'
import { id, words } from './text.ts'
import { instant } from './time.ts'

export { COLLECTOR_WAIT_MS, type LimitSource, limitSources, MAX_WINDOWS } from './limit-source.ts'

/** Bytes of a reading as JSON. */
export const MAX_READING_BYTES = 64 * 1024

/** An instant as other programs write it: with an offset, and any number of digits. */
const anyInstant = z.iso.datetime({ offset: true, error: 'is not an instant such as 2026-10-06T09:12:00.000Z' })

/** One window on the wire. */
export const windowSchema = z.strictObject({
  /** The page's own words, such as `2 hr 42 min` or `Thu 7:00 AM`; left out by a window that is idle. */
  resetsIn: words(100).optional(),
  /** 0–100 */
  percentageUsed: z
    .number({ error: 'must be a number from 0 to 100' })
    .min(0, { error: 'must be 0 to 100' })
    .max(100, { error: 'must be 0 to 100' }),
  resetsAt: anyInstant.optional(),
  /** It begins with the next message. */
  idle: z.literal(true).optional(),
  /** As people read it; needed where the name of the field does not say it. */
  label: words(100).optional(),
})
export type LimitWindow = z.infer<typeof windowSchema>

/** `needs_login`: a person has to sign in; `failing`: it is tried again; `paused`: every source is switched off. */
export const collectorHealthStates = ['ok', 'needs_login', 'failing', 'paused'] as const

/** What a collector says of itself with a reading, so that the hub can say why data is old. */
export const collectorHealthSchema = z.strictObject({
  state: z.enum(collectorHealthStates),
  lastSuccessAt: anyInstant.optional(),
  lastError: z.strictObject({ category: id(100), message: words(2000), at: anyInstant.optional() }).optional(),
  consecutiveFailures: z.int().min(0),
  nextAttemptAt: anyInstant.optional(),
})
export type CollectorHealth = z.infer<typeof collectorHealthSchema>

const planInfo = z.strictObject({
  name: words(200),
  tier: words(200).optional(),
  cost: words(100).optional(),
  nextBillingDate: words(100).optional(),
})
const extraUsage = z.record(z.string(), z.unknown())

/** `weeklyLimits`: all models, and each model by its own name, such as `fableOnly`. */
const weeklySchema = z.record(
  z.string().regex(/^(?:allModels|[a-z][A-Za-z0-9]{0,99}Only)$/, { error: 'must be allModels or <model>Only' }),
  windowSchema,
)

/** A reading as collectors send it; field names are fixed. Checked from the top: when it was read, then its windows. */
export const readingSchema = z
  .strictObject({
    /** When it was read. */
    lastUpdated: anyInstant,
    currentSession: windowSchema.optional(),
    weeklyLimits: weeklySchema.optional(),
    isPartial: z.boolean().optional(),
    /** By section: why it is not there. */
    extractionErrors: z.record(id(100), words(2000)).optional(),
    planInfo: planInfo.optional(),
    extraUsage: extraUsage.optional(),
    account: id().optional(),
    source: z.enum(limitSources).optional(),
    machine_id: id().optional(),
    collector: collectorHealthSchema.optional(),
    /** Of the reading: sent again, it is the same one. */
    idempotencyKey: id().optional(),
  })
  .superRefine((reading, context) => {
    const windows = Object.keys(reading.weeklyLimits ?? {}).length + (reading.currentSession === undefined ? 0 : 1)
    if (windows === 0) {
      const message = 'must be there, or a window in weeklyLimits'
      context.addIssue({ code: 'custom', path: ['currentSession'], message, params: { missing: true } })
    }
    if (windows > MAX_WINDOWS)
      context.addIssue({ code: 'custom', path: ['weeklyLimits'], message: `must be at most ${MAX_WINDOWS} windows` })
    if (jsonBytes(reading) > MAX_READING_BYTES)
      context.addIssue({ code: 'custom', path: ['extraUsage'], message: 'must not make the reading larger than 64 KiB' })
    const all = [['currentSession', reading.currentSession] as const, ...Object.entries(reading.weeklyLimits ?? {})]
    for (const [name, window] of all) {
      if (window === undefined || window.idle || window.resetsIn !== undefined || window.resetsAt !== undefined) continue
      const at = name === 'currentSession' ? [name] : ['weeklyLimits', name]
      context.addIssue({
        code: 'custom',
        path: [...at, 'resetsIn'],
        message: 'must be there, unless the window is idle',
        params: { missing: true },
      })
    }
  })
  .meta({
    id: 'LimitReading',
    examples: [
      {
        currentSession: { resetsIn: '2 hr 42 min', percentageUsed: 47, resetsAt: '2026-10-06T12:00:00.000Z' },
        weeklyLimits: {
          allModels: { resetsIn: 'Thu 7:00 AM', percentageUsed: 31, resetsAt: '2026-10-08T05:00:00.000Z' },
          fableOnly: { resetsIn: 'Thu 7:00 AM', percentageUsed: 44, resetsAt: '2026-10-08T05:00:00.000Z', label: 'Fable only' },
        },
        lastUpdated: '2026-10-06T09:18:00.000Z',
        source: 'console' as const,
        machine_id: 'laptop',
      },
    ],
  })
export type LimitReading = z.infer<typeof readingSchema>

export const readingStoredSchema = z.object({ success: z.literal(true), message: z.string(), timestamp: instant, version: z.int() }).meta({
  id: 'LimitReadingStored',
  examples: [{ success: true, message: 'Reading stored', timestamp: '2026-10-06T09:18:01.000Z', version: 412 }],
})
export type LimitReadingStored = z.infer<typeof readingStoredSchema>

/** A window as answered: with when it was read, where another reading than `lastUpdated`'s speaks of it. */
const shownWindow = z.object({
  resetsIn: z.string().optional(),
  percentageUsed: z.number(),
  resetsAt: instant.optional(),
  idle: z.literal(true).optional(),
  label: z.string().optional(),
  asOf: instant.optional(),
})
export type ShownWindow = z.infer<typeof shownWindow>

/** What the hub last heard of a collector. */
const shownCollector = z.object({
  machine_id: z.string(),
  state: z.enum(collectorHealthStates),
  /** It asked for work within the last minute. */
  connected: z.boolean(),
  lastSeenAt: instant,
  lastSuccessAt: instant.optional(),
  lastError: z.object({ category: z.string(), message: z.string(), at: instant.optional() }).optional(),
  consecutiveFailures: z.int(),
  nextAttemptAt: instant.optional(),
})
export type ShownCollector = z.infer<typeof shownCollector>

export const currentReadingSchema = z
  .object({
    lastUpdated: instant,
    currentSession: shownWindow.optional(),
    weeklyLimits: z.record(z.string(), shownWindow).optional(),
    isPartial: z.boolean().optional(),
    extractionErrors: z.record(z.string(), z.string()).optional(),
    planInfo: z.record(z.string(), z.string()).optional(),
    extraUsage: z.record(z.string(), z.unknown()).optional(),
    account: z.string().optional(),
    /** `unknown` where the reading did not say. */
    source: z.string(),
    machine_id: z.string().optional(),
    /** Older than ten minutes. */
    isStale: z.boolean(),
    ageMinutes: z.number(),
    versionInfo: z.object({
      /** 1 is the oldest that is kept. */
      current: z.int(),
      total: z.int(),
      timestamp: instant,
      /** Of its mirror file in `DATA_DIR/console-usage-history`. */
      filename: z.string(),
    }),
    /** The collector that sent it, as it is now; else the one heard last. */
    collector: shownCollector.optional(),
  })
  .meta({
    id: 'CurrentLimitReading',
    examples: [
      {
        lastUpdated: '2026-10-06T09:18:00.000Z',
        currentSession: { resetsIn: '2 hr 42 min', percentageUsed: 47, resetsAt: '2026-10-06T12:00:00.000Z' },
        weeklyLimits: { allModels: { resetsIn: 'Thu 7:00 AM', percentageUsed: 31, resetsAt: '2026-10-08T05:00:00.000Z' } },
        source: 'console',
        machine_id: 'laptop',
        isStale: false,
        ageMinutes: 2,
        versionInfo: { current: 100, total: 100, timestamp: '2026-10-06T09:18:00.000Z', filename: '2026-10-06T09-18-00-5f0c3b1a.json' },
        collector: {
          machine_id: 'laptop',
          state: 'ok' as const,
          connected: true,
          lastSeenAt: '2026-10-06T09:19:55.000Z',
          lastSuccessAt: '2026-10-06T09:18:00.000Z',
          consecutiveFailures: 0,
          nextAttemptAt: '2026-10-06T09:23:12.000Z',
        },
      },
    ],
  })
export type CurrentLimitReading = z.infer<typeof currentReadingSchema>

/** `timestamp` beats `version`. */
export const currentReadingQuerySchema = z.strictObject({
  /** 1 the oldest that is kept, up to the newest; -1 the newest, -2 the one before it. */
  version: z.coerce.number<string>({ error: 'must be a whole number' }).int().optional(),
  /** The reading nearest to it; of two as near, the earlier. */
  timestamp: anyInstant.optional(),
  account: id().optional(),
})
export type CurrentReadingQuery = z.infer<typeof currentReadingQuerySchema>

export const MAX_HISTORY_POINTS = 5000

export const limitHistoryQuerySchema = z.strictObject({
  /** Seven days before `until` when absent. */
  since: anyInstant.optional(),
  /** Now when absent. */
  until: anyInstant.optional(),
  /** At most so many a window. */
  points: z.coerce.number<string>({ error: 'must be a whole number' }).int().min(2).max(MAX_HISTORY_POINTS).default(500),
  account: id().optional(),
})
export type LimitHistoryQuery = z.infer<typeof limitHistoryQuerySchema>

export const limitPointSchema = z.object({
  at: instant,
  percentageUsed: z.number(),
  /** Absent while the window is idle. */
  resetsAt: instant.optional(),
  /** The first of a new window: what was used before it is gone. */
  reset: z.literal(true).optional(),
})
export type LimitPoint = z.infer<typeof limitPointSchema>

export const limitHistorySchema = z
  .object({
    account: z.string().optional(),
    since: instant,
    until: instant,
    series: z.array(
      z.object({
        kind: z.enum(['session', 'weekly_all', 'weekly_scoped']),
        scope: z.string().optional(),
        label: z.string(),
        /** Oldest first. Thinning keeps the highest of each stretch, and both sides of every reset. */
        points: z.array(limitPointSchema),
      }),
    ),
  })
  .meta({
    id: 'LimitHistory',
    examples: [
      {
        since: '2026-09-29T09:20:00.000Z',
        until: '2026-10-06T09:20:00.000Z',
        series: [
          {
            kind: 'session' as const,
            label: 'Current session',
            points: [
              { at: '2026-10-06T06:58:00.000Z', percentageUsed: 88, resetsAt: '2026-10-06T07:00:00.000Z' },
              { at: '2026-10-06T07:03:00.000Z', percentageUsed: 2, resetsAt: '2026-10-06T12:00:00.000Z', reset: true as const },
            ],
          },
        ],
      },
    ],
  })
export type LimitHistory = z.infer<typeof limitHistorySchema>
export type LimitSeries = LimitHistory['series'][number]

export const triggerQuerySchema = z.strictObject({
  /** Of the collector to ask; when absent, the one that sent the newest reading, else the one heard last. */
  machine_id: id().optional(),
})

export const triggerAnswerSchema = z
  .object({ success: z.literal(true), id: z.string(), machine_id: z.string(), message: z.string(), timestamp: instant })
  .meta({
    id: 'LimitTrigger',
    examples: [
      {
        success: true as const,
        id: '2f1c9d0e-6a53-4d3e-8f0a-1b9f3a7c5d11',
        machine_id: 'laptop',
        message: 'Asked laptop for a reading; follow limits.trigger with this id on /events',
        timestamp: '2026-10-06T09:18:00.000Z',
      },
    ],
  })
export type TriggerAnswer = z.infer<typeof triggerAnswerSchema>

export const triggerSteps = ['requested', 'picked_up', 'done', 'failed'] as const

/** `limits.trigger`: how far a reading that was asked for has come. */
export const limitTriggerSchema = z.object({
  id: z.string(),
  machine_id: z.string(),
  step: z.enum(triggerSteps),
  /** Why it failed. */
  message: z.string().optional(),
})
export type LimitTrigger = z.infer<typeof limitTriggerSchema>

/** `limits.snapshot`: a reading was stored, or what a collector says of itself has changed. */
export const limitsSnapshotSchema = z.object({
  account: z.string().optional(),
  machine_id: z.string().optional(),
  /** Of the reading; absent where only the collector's state changed. */
  lastUpdated: z.string().optional(),
  version: z.int().optional(),
  state: z.enum(collectorHealthStates).optional(),
})
export type LimitsSnapshot = z.infer<typeof limitsSnapshotSchema>

/** Milliseconds after its last question for which a collector counts as connected. */
export const COLLECTOR_CONNECTED_MS = 60_000

/** How a collector stays in touch: it says how it is, and waits for work. */
export const collectorCallSchema = z
  .strictObject({
    machine_id: id(),
    account: id().optional(),
    collector: collectorHealthSchema,
    /** Of readings that were asked for: how they ended since the last call. */
    triggers: z
      .array(z.strictObject({ id: id(), step: z.enum(['done', 'failed']), message: words(2000).optional() }))
      .max(100)
      .optional(),
    /** Milliseconds to wait for work; 0 answers at once. */
    waitMs: z.int().min(0).max(COLLECTOR_WAIT_MS).default(COLLECTOR_WAIT_MS),
  })
  .meta({
    id: 'CollectorCall',
    examples: [{ machine_id: 'laptop', collector: { state: 'ok' as const, consecutiveFailures: 0 }, waitMs: 20_000 }],
  })
export type CollectorCall = z.input<typeof collectorCallSchema>

export const collectorWorkSchema = z
  .object({
    /** A reading is wanted now; answered to one call only. */
    trigger: z.object({ id: z.string() }).optional(),
    timestamp: instant,
  })
  .meta({ id: 'CollectorWork', examples: [{ timestamp: '2026-10-06T09:18:00.000Z' }] })
export type CollectorWork = z.infer<typeof collectorWorkSchema>

const path = '/api/claude/console-usage'

export const limitRoutes = {
  create: route({
    method: 'POST',
    path,
    access: 'ingest',
    summary: 'Keep a reading of the plan limits; sent again with the same idempotencyKey it is kept once',
    body: readingSchema,
    answers: { 200: readingStoredSchema },
  }),
  current: route({
    method: 'GET',
    path,
    access: 'read',
    summary: 'The newest reading, or one version of it',
    description:
      'The newest is that with the newest `lastUpdated`. Windows of which it cannot speak (a status line knows two) come from the ' +
      'newest reading that can, and carry `asOf`. With `version` or `timestamp` the reading stands as it was sent.',
    query: currentReadingQuerySchema,
    answers: { 200: currentReadingSchema },
  }),
  history: route({
    method: 'GET',
    path: `${path}/history`,
    access: 'read',
    summary: 'One series a window, thinned for a chart, with its resets',
    query: limitHistoryQuerySchema,
    answers: { 200: limitHistorySchema },
  }),
  trigger: route({
    method: 'POST',
    path: `${path}/trigger`,
    access: 'read',
    summary: 'Ask a collector for a reading now; 503 when none is connected',
    query: triggerQuerySchema,
    answers: { 202: triggerAnswerSchema },
  }),
  collector: route({
    method: 'POST',
    path: `${path}/collector`,
    access: 'ingest',
    summary: 'For collectors: say how you are, and wait for work',
    body: collectorCallSchema,
    answers: { 200: collectorWorkSchema },
  }),
}
