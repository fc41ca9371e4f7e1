import { z } from 'zod'
import { jsonBytes } from './metadata.ts'
import { id, words } from './text.ts'
import { instant } from './time.ts'

/** Windows of a plan in one reading; tomorrow's new rows need no new code, but there is an end to everything. */
export const MAX_WINDOWS = 50
/** Bytes of a reading as JSON. */
export const MAX_READING_BYTES = 64 * 1024

export const limitSources = ['claude-json', 'statusline', 'console'] as const
export type LimitSource = (typeof limitSources)[number]

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

/** What a collector says of itself with a reading, so that the hub can say why data is old. */
export const collectorHealthSchema = z.strictObject({
  state: z.enum(['ok', 'needs_login', 'failing', 'paused']),
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

/** A reading as collectors send it and the hub answers it; field names are fixed. */
export const readingSchema = z
  .strictObject({
    currentSession: windowSchema.optional(),
    weeklyLimits: weeklySchema.optional(),
    /** When it was read. */
    lastUpdated: anyInstant,
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
    if (windows === 0) context.addIssue({ code: 'custom', path: ['currentSession'], message: 'must be there, or a window in weeklyLimits' })
    if (windows > MAX_WINDOWS)
      context.addIssue({ code: 'custom', path: ['weeklyLimits'], message: `must be at most ${MAX_WINDOWS} windows` })
    if (jsonBytes(reading) > MAX_READING_BYTES)
      context.addIssue({ code: 'custom', path: ['extraUsage'], message: 'must not make the reading larger than 64 KiB' })
    const all = [['currentSession', reading.currentSession] as const, ...Object.entries(reading.weeklyLimits ?? {})]
    for (const [name, window] of all) {
      if (window === undefined || window.idle || window.resetsIn !== undefined || window.resetsAt !== undefined) continue
      const at = name === 'currentSession' ? [name] : ['weeklyLimits', name]
      context.addIssue({ code: 'custom', path: [...at, 'resetsIn'], message: 'must be there, unless the window is idle' })
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
