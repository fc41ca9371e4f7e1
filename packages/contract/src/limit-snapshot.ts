import { z } from 'zod'
import { collectorHealthSchema, collectorHealthStates } from './collector-health.ts'
import { sentExtraUsageSchema } from './extra-usage.ts'
import { MAX_PERCENT_USED } from './limit-label.ts'
import { limitSources, MAX_WINDOWS } from './limit-source.ts'
import { jsonBytes } from './metadata.ts'
import { identifierSchema, textSchema } from './text.ts'
import { instant, lenientInstant } from './time.ts'

/** The most bytes of a snapshot as JSON. */
export const MAX_SNAPSHOT_BYTES = 64 * 1024

/** One window of the plan in a snapshot. */
export const windowSchema = z.strictObject({
  /** The reset as displayed by the source, such as `2 hr 42 min` or `Thu 7:00 AM`; absent for an idle window. */
  resetsIn: textSchema(100).optional(),
  /** 0–1000; over 100 while extra usage pays for more than the plan includes. */
  percentageUsed: z
    .number({ error: `must be a number from 0 to ${MAX_PERCENT_USED}` })
    .min(0, { error: `must be 0 to ${MAX_PERCENT_USED}` })
    .max(MAX_PERCENT_USED, { error: `must be 0 to ${MAX_PERCENT_USED}` }),
  resetsAt: lenientInstant.optional(),
  /** The window begins with the next message. */
  idle: z.literal(true).optional(),
  /**
   * When its source received this value, where that was before the snapshot; never after it. A source that sends it for every
   * window, as a status line does, has set old values apart from new ones itself.
   */
  asOf: lenientInstant.optional(),
  /** The label as displayed by the source; required where the field name does not contain the name of the model. */
  label: textSchema(100).optional(),
})
export type LimitWindow = z.infer<typeof windowSchema>

const planInfo = z.strictObject({
  name: textSchema(200),
  tier: textSchema(200).optional(),
  cost: textSchema(100).optional(),
  nextBillingDate: textSchema(100).optional(),
})

/** The windows of `weeklyLimits`: `allModels`, and one per model, such as `fableOnly`. */
const weeklySchema = z.record(
  z.string().regex(/^(?:allModels|[a-z][A-Za-z0-9]{0,99}Only)$/, { error: 'must be allModels or <model>Only' }),
  windowSchema,
)

/** A snapshot as collectors send it. Field names are fixed. Fields are validated in this order. */
export const snapshotSchema = z
  .strictObject({
    /** When the snapshot was captured. */
    lastUpdated: lenientInstant,
    currentSession: windowSchema.optional(),
    weeklyLimits: weeklySchema.optional(),
    isPartial: z.boolean().optional(),
    /** The reason for each missing section. */
    extractionErrors: z.record(identifierSchema(100), textSchema(2000)).optional(),
    planInfo: planInfo.optional(),
    extraUsage: sentExtraUsageSchema.optional(),
    account: identifierSchema().optional(),
    source: z.enum(limitSources).optional(),
    machine_id: identifierSchema().optional(),
    collector: collectorHealthSchema.optional(),
    /** The key of the snapshot; sending it again does not store a second version. */
    idempotencyKey: identifierSchema().optional(),
  })
  .superRefine((snapshot, context) => {
    const windows = Object.keys(snapshot.weeklyLimits ?? {}).length + (snapshot.currentSession === undefined ? 0 : 1)
    if (windows === 0) {
      const message = 'is required, unless weeklyLimits has a window'
      context.addIssue({ code: 'custom', path: ['currentSession'], message, params: { missing: true } })
    }
    if (windows > MAX_WINDOWS)
      context.addIssue({ code: 'custom', path: ['weeklyLimits'], message: `must have at most ${MAX_WINDOWS} windows` })
    if (jsonBytes(snapshot) > MAX_SNAPSHOT_BYTES)
      context.addIssue({ code: 'custom', path: ['extraUsage'], message: 'must not make the snapshot larger than 64 KiB' })
    const all = [['currentSession', snapshot.currentSession] as const, ...Object.entries(snapshot.weeklyLimits ?? {})]
    for (const [name, window] of all) {
      if (window === undefined || window.idle || window.resetsIn !== undefined || window.resetsAt !== undefined) continue
      const path = name === 'currentSession' ? [name] : ['weeklyLimits', name]
      context.addIssue({
        code: 'custom',
        path: [...path, 'resetsIn'],
        message: 'is required, unless the window is idle',
        params: { missing: true },
      })
    }
  })
  .meta({
    id: 'LimitSnapshot',
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
export type SnapshotBody = z.infer<typeof snapshotSchema>

export const snapshotStoredSchema = z.object({ success: z.literal(true), message: z.string(), timestamp: instant, version: z.int() }).meta({
  id: 'SnapshotStored',
  examples: [{ success: true, message: 'Snapshot stored', timestamp: '2026-10-06T09:18:01.000Z', version: 412 }],
})
export type SnapshotStored = z.infer<typeof snapshotStoredSchema>

/** `limits.snapshot`: a snapshot was stored, or the health of a collector changed. */
export const limitsSnapshotEventSchema = z.object({
  account: z.string().optional(),
  machine_id: z.string().optional(),
  /** The capture time of the snapshot; absent when only the collector's health changed. */
  lastUpdated: z.string().optional(),
  version: z.int().optional(),
  state: z.enum(collectorHealthStates).optional(),
})
export type LimitsSnapshotEvent = z.infer<typeof limitsSnapshotEventSchema>
