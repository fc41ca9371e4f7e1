import { z } from 'zod'
import { collectorInfoSchema } from './collector-health.ts'
import { extraUsageSchema } from './extra-usage.ts'
import { versionInfoSchema, versionQueryShape } from './limit-version.ts'
import { identifierSchema } from './text.ts'
import { instant } from './time.ts'

/** A window of the current limits; `asOf` is when its value was new, where that was before `lastUpdated`. */
const currentWindowSchema = z.object({
  resetsIn: z.string().optional(),
  percentageUsed: z.number(),
  resetsAt: instant.optional(),
  idle: z.literal(true).optional(),
  label: z.string().optional(),
  asOf: instant.optional(),
})
export type CurrentWindow = z.infer<typeof currentWindowSchema>

export const currentLimitsSchema = z
  .object({
    lastUpdated: instant,
    currentSession: currentWindowSchema.optional(),
    weeklyLimits: z.record(z.string(), currentWindowSchema).optional(),
    isPartial: z.boolean().optional(),
    extractionErrors: z.record(z.string(), z.string()).optional(),
    planInfo: z.record(z.string(), z.string()).optional(),
    extraUsage: extraUsageSchema.optional(),
    account: z.string().optional(),
    /** The name that a person has given the account. */
    accountName: z.string().optional(),
    /** The source of the snapshot; `unknown` when the snapshot has none. */
    source: z.string(),
    machine_id: z.string().optional(),
    /** Whether the limits are older than ten minutes. */
    isStale: z.boolean(),
    ageMinutes: z.number(),
    versionInfo: versionInfoSchema,
    /** The present state of the collector that sent the snapshot, or of the collector that reported last. */
    collector: collectorInfoSchema.optional(),
  })
  .meta({
    id: 'CurrentLimits',
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
export type CurrentLimits = z.infer<typeof currentLimitsSchema>

/** The query of the current limits, or of one version. */
export const currentLimitsQuerySchema = z.strictObject({
  ...versionQueryShape,
  /** Where several accounts are in use, the default is the one that the hub saw first. */
  account: identifierSchema().optional(),
})
export type CurrentLimitsQuery = z.infer<typeof currentLimitsQuerySchema>
