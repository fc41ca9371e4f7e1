import { z } from 'zod'
import { callSchema } from './call.ts'
import { MAX_CALLS_PER_POST, MAX_INGEST_BYTES } from './ingest-limit.ts'
import { cursorSchema } from './list.ts'
import { route } from './route.ts'
import { identifierSchema } from './text.ts'
import { instant, timezoneSchema } from './time.ts'
import { usageFiltersSchema } from './usage-filter.ts'

export { MAX_CALLS_PER_POST, MAX_INGEST_BYTES }

export const usageGroups = [
  'minute',
  'hour',
  'day',
  'week',
  'month',
  'session',
  'project',
  'folder',
  'model',
  'machine',
  'person',
  'branch',
  'agent',
  'block',
] as const
export const usageGroupSchema = z.enum(usageGroups)
export type UsageGroup = z.infer<typeof usageGroupSchema>

/** The dimensions that rows of a report may be split by. */
export const usageSplits = ['model', 'project', 'folder', 'machine', 'person', 'branch', 'agent'] as const
export const usageSplitSchema = z.enum(usageSplits)
export type UsageSplit = z.infer<typeof usageSplitSchema>

const weekdays = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'] as const

/** A day of the requested time zone, inclusive at both ends; or an instant, inclusive as `since` and exclusive as `until`. */
const dayOrInstant = z
  .string()
  .regex(/^\d{4}-\d\d-\d\d(?:[Tt ].*)?$/, { error: 'is neither a day such as 2026-03-13 nor an instant such as 2026-03-13T09:30:00Z' })
  .max(40)

const count = z.int().min(0)

/** The rows of an answer at most, and when the query has no `limit`. */
export const MAX_REPORT_ROWS = 10_000
/** The models and the splits of the rows of an answer at most, together; its first row is always there. */
export const MAX_REPORT_PARTS = 50_000
/** The span of a report by minute at most. */
export const MAX_MINUTES = 180
/** The models of a row at most, and its splits: the most expensive ones, and one part for all others together. */
export const MAX_ROW_PARTS = 1_000

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
  /** Calls that never got their final record: the output of these, and with it the sum, is at least what is shown. */
  unfinished_calls: count,
  /** Calls with a number that was none and counts as 0, so that the sum is at least what is shown. */
  odd_calls: count,
  /**
   * The output, in tokens, that calls without a final record are estimated to have beyond what is shown, where no source has it; and its
   * cost. In no other sum, unless the report was asked to add it. Absent for none.
   */
  estimated_output: count.optional(),
  estimated_cost_usd: z.number().nullable().optional(),
  /**
   * Whether Claude Code has recorded what the unfinished calls lack, as `not itemised`, so that the sums are exact. Rows of sessions, and
   * totals of sessions; absent where it is not so, or not known.
   */
  is_whole: z.literal(true).optional(),
}
export const usageSumsSchema = z.object(sumsShape)
export type UsageSums = z.infer<typeof usageSumsSchema>

/** The number of names that a part stands for when it is that of all others together. */
const others = count.optional()

/**
 * Whether a row holds what Claude Code has recorded for a model of a session beyond its calls, as in the background. Such a row counts
 * no calls.
 */
const notItemised = z.literal(true).optional()

export const usageModelRowSchema = z.object({ model: z.string(), not_itemised: notItemised, others, ...sumsShape })
export type UsageModelRow = z.infer<typeof usageModelRowSchema>

/** One part of a row, in the dimension named by `split`. */
export const usageSplitRowSchema = z.object({
  name: z.string(),
  /** The short name of a project or folder, for people. */
  short_name: z.string().optional(),
  others,
  ...sumsShape,
})
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
 * One row of a report. The field named like the group identifies the row: `minute` and `hour` (the instant at which it
 * begins, an hour by local time), `day` and `week` (YYYY-MM-DD, a week by its first day), `month` (YYYY-MM), `session`, `project`, `folder`, `model`,
 * `machine`, `person`, `branch`, `agent`; blocks have `start`. Names that Claude Code did not write are the empty string; the
 * agent of its own calls is `claude-code`. Sessions also have the `project` and the `machine` of their
 * first call, and the first `branch`.
 */
export const usageRowSchema = z.object({
  minute: z.string().optional(),
  hour: z.string().optional(),
  day: z.string().optional(),
  week: z.string().optional(),
  month: z.string().optional(),
  session: z.string().optional(),
  /** The id of the project, such as `github.com/acme/shop`, or its folder where no remote is known; a filter takes it. */
  project: z.string().optional(),
  /** A folder as Claude Code wrote it: a project, a worktree of it, or a part of it. */
  folder: z.string().optional(),
  /** The short name of a project or folder, for people: unlike all others of this report. */
  short_name: z.string().optional(),
  model: z.string().optional(),
  machine: z.string().optional(),
  /** Whose plan account the machine had: the name of the account, else its id. Empty where the machine has named none. */
  person: z.string().optional(),
  branch: z.string().optional(),
  agent: z.string().optional(),
  /** Rows of models only. */
  not_itemised: notItemised,
  start: z.string().optional(),
  /** Sessions only: the title that a person or Claude Code gave it, where transcripts have one. Not from a hub: titles stay on their machine. */
  title: z.string().optional(),
  ...sumsShape,
  models: z.array(usageModelRowSchema),
  /** The parts of the row when the query has `split`, in the order of `models`; they add up to the row. */
  splits: z.array(usageSplitRowSchema).optional(),
  /** The first and the last call of sessions, projects, folders, machines, branches and blocks. */
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

const totalsSchema = z.object({ ...sumsShape, models: z.array(usageModelRowSchema), splits: z.array(usageSplitRowSchema).optional() })

/** The rows of one project, as `signalbox usage --instances` shows them. */
export const usageInstanceSchema = z.object({ project: z.string(), rows: z.array(usageRowSchema), totals: totalsSchema })
export type UsageInstance = z.infer<typeof usageInstanceSchema>

export const priceTableNameSchema = z.object({ version: z.string(), date: z.string() })

/** The report that `signalbox usage … --json` prints and `GET /api/usage` returns. */
export const usageReportSchema = z
  .object({
    group: usageGroupSchema,
    /** The time zone as an IANA name. */
    timezone: z.string(),
    since: z.string().optional(),
    until: z.string().optional(),
    filters: usageFiltersSchema.optional(),
    rows: z.array(usageRowSchema),
    /** The number of rows that follow on the next pages; absent for none. `totals` are those of all rows. */
    left_out: count.optional(),
    totals: totalsSchema,
    /** The same by project, the most expensive first. Of `signalbox usage --instances` only; a hub has `split` for it. */
    instances: z.array(usageInstanceSchema).optional(),
    /**
     * How far estimates are off: nine of ten sums of a hundred calls are within `p90`, a share. `answers` finished calls of this machine
     * were measured for it; 0 when they are too few, and it is the error on public transcripts. Of `signalbox usage` only.
     */
    estimate_error: z.object({ answers: count, p90: z.number() }).optional(),
    /** The models without a price, as Claude Code wrote them; at most 1,000. */
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
  /** A project by its id, by a folder in it, or by the last parts of its id. */
  project: filterText.optional(),
  /** A folder exactly as its calls have it. */
  folder: filterText.optional(),
  model: filterText.optional(),
  session_id: filterText.optional(),
  branch: filterText.optional(),
  /** A person by the name of the account, or its id; empty for calls of machines that have named none. */
  person: filterText.optional(),
  /** `claude-code` is the empty name. */
  agent: filterText.optional(),
  /** `without`: only calls; `only`: only what Claude Code has recorded beyond its calls. */
  not_itemised: z.enum(['without', 'only']).optional(),
  /** Adds the estimated output to the sums; it is also in `estimated_output`. */
  with_estimates: z.enum(['true', 'false']).optional(),
  /** Adds `splits` to every row and to the totals; has no effect on blocks. */
  split: usageSplitSchema.optional(),
  /** The rows of an answer at most: by time and of sessions the newest, else the most expensive. */
  limit: z.coerce.number<string>().int().min(1).max(MAX_REPORT_ROWS).default(MAX_REPORT_ROWS),
  /** Where the page before ended, from its header `Link`. */
  cursor: cursorSchema.optional(),
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
      'Returns one row per hour, day, week, month, session, project, folder, model, machine, person, branch, agent or 5-hour block. Costs are at list ' +
      `price. At most ${MAX_REPORT_ROWS.toLocaleString('en')} rows, the newest or the most expensive; \`Link\` leads to the others. ` +
      '`Accept: text/csv` returns the rows as CSV.',
    query: usageQuerySchema,
    responses: {
      200: {
        description: 'The report',
        content: { 'application/json': { schema: usageReportSchema }, 'text/csv': { schema: z.string() } },
      },
    },
  }),
}
