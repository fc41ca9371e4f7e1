import { z } from 'zod'
import { route } from './route.ts'
import { identifierSchema } from './text.ts'
import { instant, timezoneSchema } from './time.ts'

const tokens = z.int().min(0)
/** USD at list price; null when no call in it has a price. */
const cost = z.number().nullable()

/** What makes the sums beside it a least: calls without their final figures, with odd numbers, and without a price. */
const uncertain = { unfinishedCalls: z.int().min(0), oddCalls: z.int().min(0), unpricedCalls: z.int().min(0) }
const spanSchema = z.object({ tokens, estimatedCost: cost, sessions: z.int().min(0), ...uncertain })

/** The summary of the dashboard. All numbers are sums of calls; nothing about the plan is estimated from them. */
export const claudeUsageSchema = z
  .object({
    /** The plan's name, known from a limits snapshot only. */
    plan: z.string().optional(),
    /** The account that the plan, the percentage and the measured window belong to. */
    account: z.string().optional(),
    /** The name that a person has given the account. */
    accountName: z.string().optional(),
    /** The 5-hour block that began with the first call after the former one had ended. Fields are null while none is open. */
    fiveHourWindow: z.object({
      used: tokens,
      cost,
      ...uncertain,
      startedAt: instant.nullable(),
      resetsAt: instant.nullable(),
      /** The time left, such as `2 hr 42 min`. */
      resetsIn: z.string().nullable(),
      /** The share of the plan that is used, 0–1000 and over 100 while extra usage pays; known from a limits snapshot only. */
      percentage: z.number().optional(),
      /** True when the window comes from a limits snapshot, false when it is estimated from the calls. */
      measured: z.boolean(),
    }),
    today: spanSchema,
    monthToDate: spanSchema,
    /** The models of the month, most tokens first; beyond 1,000 the last but so many are one. */
    modelBreakdown: z.array(z.object({ model: z.string(), tokens, cost, percentage: z.number(), ...uncertain })),
    /** When calls were last ingested; null before the first ingest, when the zeros mean "no data". */
    lastUpdated: instant.nullable(),
    dataSource: z.enum(['transcripts', 'none']),
    timezone: z.string(),
  })
  .meta({
    id: 'ClaudeUsage',
    examples: [
      {
        fiveHourWindow: {
          used: 8_412_003,
          cost: 12.81,
          unfinishedCalls: 0,
          oddCalls: 0,
          unpricedCalls: 0,
          startedAt: '2026-10-06T07:00:00.000Z',
          resetsAt: '2026-10-06T12:00:00.000Z',
          resetsIn: '2 hr 48 min',
          measured: false,
        },
        today: { tokens: 21_904_551, estimatedCost: 38.2, sessions: 6, unfinishedCalls: 0, oddCalls: 0, unpricedCalls: 0 },
        monthToDate: { tokens: 141_220_870, estimatedCost: 244.02, sessions: 31, unfinishedCalls: 0, oddCalls: 0, unpricedCalls: 0 },
        modelBreakdown: [
          {
            model: 'claude-opus-5-5',
            tokens: 141_220_870,
            cost: 244.02,
            percentage: 100,
            unfinishedCalls: 0,
            oddCalls: 0,
            unpricedCalls: 0,
          },
        ],
        lastUpdated: '2026-10-06T09:12:00.000Z',
        dataSource: 'transcripts',
        timezone: 'Europe/Berlin',
      },
    ],
  })
export type ClaudeUsage = z.infer<typeof claudeUsageSchema>

export const claudeUsageQuerySchema = z.strictObject({
  /** The time zone in which today begins, as an IANA name; defaults to the zone of the hub. */
  timezone: timezoneSchema.optional(),
  machine_id: z.string().max(200).optional(),
  /**
   * The account of the plan and its window. The default is the only account in use, or that of the machine; where several are
   * in use, the summary has no plan and estimates the window from the calls.
   */
  account: identifierSchema().optional(),
})

const summary = {
  method: 'GET',
  access: 'read',
  summary: 'Retrieve the usage summary',
  description: 'Returns the 5-hour block, today, the month and its models, for all machines or for one.',
  query: claudeUsageQuerySchema,
  responses: { 200: claudeUsageSchema },
} as const

export const claudeUsageRoutes = {
  summary: route({ ...summary, path: '/api/claude-usage' }),
  code: route({ ...summary, path: '/api/claude-usage/code', summary: 'Retrieve the usage summary (alias of /api/claude-usage)' }),
}
