import { z } from 'zod'
import { callSchema } from './call.ts'
import { MAX_CALLS_PER_POST, MAX_INGEST_BYTES } from './ingest-limit.ts'
import { route } from './route.ts'
import { identifierSchema } from './text.ts'
import { instant, timezoneSchema } from './time.ts'

export { MAX_CALLS_PER_POST, MAX_INGEST_BYTES }

export const usageGroups = ['hour', 'day', 'week', 'month', 'session', 'project', 'model', 'machine', 'branch', 'block'] as const
export const usageGroupSchema = z.enum(usageGroups)
export type UsageGroup = z.infer<typeof usageGroupSchema>

/** The dimensions that rows of a report may be split by. */
export const usageSplits = ['model', 'project', 'machine', 'branch'] as const
export const usageSplitSchema = z.enum(usageSplits)
export type UsageSplit = z.infer<typeof usageSplitSchema>

const weekdays = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'] as const

/** A day of the requested time zone, inclusive at both ends; or an instant, inclusive as `since` and exclusive as `until`. */
const dayOrInstant = z
  .string()
  .regex(/^\d{4}-\d\d-\d\d(?:[Tt ].*)?$/, { error: 'is neither a day such as 2026-03-13 nor an instant such as 2026-03-13T09:30:00Z' })
  .max(40)

const count = z.int().min(0)

const sumsShape = {
  calls: count,
  input: count,
  output: count,
  write_5m: count,
  write_1h: count,
  read: count,
  total_tokens: count,
  /** USD at list price; null when no call in the row has a price. */
  cost_usd: z.number().nullable(),
  /** Calls of models without a price; their tokens are counted, their cost is unknown. */
  unpriced_calls: count,
}
export const usageSumsSchema = z.object(sumsShape)
export type UsageSums = z.infer<typeof usageSumsSchema>

export const usageModelRowSchema = z.object({ model: z.string(), ...sumsShape })
export type UsageModelRow = z.infer<typeof usageModelRowSchema>

/** One part of a row, in the dimension named by `split`. */
export const usageSplitRowSchema = z.object({ name: z.string(), ...sumsShape })
export type UsageSplitRow = z.infer<typeof usageSplitRowSchema>

export const burnRateSchema = z.object({
  tokens_per_minute: z.number(),
  /** USD per minute at list price; null when no call in the block has a price. */
  cost_per_minute: z.number().nullable(),
})
export const projectionSchema = z.object({
  total_tokens: count,
  cost_usd: z.number().nullable(),
  remaining_minutes: z.number(),
})

/**
 * One row of a report. The field named like the group identifies the row: `hour` (the instant at which the local hour
 * begins), `day` and `week` (YYYY-MM-DD, a week by its first day), `month` (YYYY-MM), `session`, `project`, `model`,
 * `machine`, `branch`; blocks have `start`. Names that Claude Code did not write are the empty string.
 */
export const usageRowSchema = z.object({
  hour: z.string().optional(),
  day: z.string().optional(),
  week: z.string().optional(),
  month: z.string().optional(),
  session: z.string().optional(),
  project: z.string().optional(),
  model: z.string().optional(),
  machine: z.string().optional(),
  branch: z.string().optional(),
  start: z.string().optional(),
  ...sumsShape,
  models: z.array(usageModelRowSchema),
  /** The parts of the row when the query has `split`, in the order of `models`; they add up to the row. */
  splits: z.array(usageSplitRowSchema).optional(),
  /** The first and the last call of sessions, projects, machines, branches and blocks. */
  first_call_at: z.string().optional(),
  last_call_at: z.string().optional(),
  /** Blocks only: five hours after `start`, or earlier where a measured window begins. */
  end: z.string().optional(),
  is_active: z.boolean().optional(),
  /** Blocks only: a gap without calls between two blocks. */
  is_gap: z.boolean().optional(),
  /** Blocks only: true when the window comes from a limits snapshot, false when it is estimated from the calls. */
  measured: z.boolean().optional(),
  burn_rate: burnRateSchema.optional(),
  projection: projectionSchema.optional(),
})
export type UsageRow = z.infer<typeof usageRowSchema>

export const priceTableNameSchema = z.object({ version: z.string(), date: z.string() })

/** The report that `signalbox usage … --json` prints and `GET /api/usage` returns. */
export const usageReportSchema = z
  .object({
    group: usageGroupSchema,
    /** The time zone as an IANA name. */
    timezone: z.string(),
    since: z.string().optional(),
    until: z.string().optional(),
    rows: z.array(usageRowSchema),
    totals: z.object({ ...sumsShape, models: z.array(usageModelRowSchema), splits: z.array(usageSplitRowSchema).optional() }),
    /** The models without a price, as Claude Code wrote them. */
    unpriced: z.array(z.string()),
    price_table: priceTableNameSchema,
    last_call_at: z.string().nullable().optional(),
  })
  .meta({ id: 'UsageReport' })
export type UsageReport = z.infer<typeof usageReportSchema>
export type UsageTotals = UsageReport['totals']

/** The body of `POST /api/usage/calls`. */
export const ingestCallsSchema = z
  .strictObject({
    machine_id: identifierSchema(),
    calls: z.array(callSchema).max(MAX_CALLS_PER_POST),
  })
  .meta({ id: 'IngestCalls' })
export type IngestCalls = z.infer<typeof ingestCallsSchema>

/** The result of an ingest; the three counts add up to the calls sent. */
export const ingestResultSchema = z
  .object({
    success: z.literal(true),
    /** Calls with a new key. */
    accepted: count,
    /** Calls with a known key and a better record. */
    improved: count,
    /** Calls that added nothing. */
    duplicates: count,
    /** Calls of data that was deleted before, which are not stored and must not be sent again; absent for none. */
    deleted: count.optional(),
    timestamp: instant,
  })
  .meta({
    id: 'IngestResult',
    examples: [{ success: true, accepted: 41, improved: 2, duplicates: 7, timestamp: '2026-10-06T09:12:00.000Z' }],
  })
export type IngestResult = z.infer<typeof ingestResultSchema>

const filterText = z.string().max(4096)

/** The query of `GET /api/usage`. A filter with an empty text selects the calls without that name. */
export const usageQuerySchema = z.strictObject({
  group: usageGroupSchema.default('day'),
  since: dayOrInstant.optional(),
  until: dayOrInstant.optional(),
  /** The time zone as an IANA name; defaults to the zone of the hub. */
  timezone: timezoneSchema.optional(),
  week_start: z.enum(weekdays).optional(),
  machine_id: filterText.optional(),
  project: filterText.optional(),
  model: filterText.optional(),
  session_id: filterText.optional(),
  branch: filterText.optional(),
  /** Adds `splits` to every row and to the totals; has no effect on blocks. */
  split: usageSplitSchema.optional(),
})
export type UsageQuery = z.infer<typeof usageQuerySchema>

export const usageRoutes = {
  ingest: route({
    method: 'POST',
    path: '/api/usage/calls',
    access: 'ingest',
    summary: 'Ingest calls',
    description:
      `Accepts at most ${MAX_CALLS_PER_POST} calls and ${MAX_INGEST_BYTES / 1024 / 1024} MiB of JSON, optionally with \`Content-Encoding: gzip\`. ` +
      'The request is atomic: when one call is invalid, none is stored. The hub responds after the calls are durable. ' +
      'The request is idempotent: sending the same calls again changes nothing.',
    body: ingestCallsSchema,
    responses: { 200: ingestResultSchema },
  }),
  report: route({
    method: 'GET',
    path: '/api/usage',
    access: 'read',
    summary: 'Retrieve a usage report',
    description:
      'Returns one row per hour, day, week, month, session, project, model, machine, branch or 5-hour block. Costs are at list ' +
      'price. `Accept: text/csv` returns the rows as CSV.',
    query: usageQuerySchema,
    responses: {
      200: {
        description: 'The report',
        content: { 'application/json': { schema: usageReportSchema }, 'text/csv': { schema: z.string() } },
      },
    },
  }),
}
