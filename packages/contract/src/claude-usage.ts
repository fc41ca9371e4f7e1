import { z } from 'zod'
import { route } from './route.ts'
import { instant, timezoneSchema } from './time.ts'

const tokens = z.int().min(0)
/** USD at list price; null when nothing in it is priced. */
const cost = z.number().nullable()

const spanSchema = z.object({ tokens, estimatedCost: cost, sessions: z.int().min(0) })

/** The dashboard's summary. All numbers are sums of calls; nothing about the plan is guessed from them. */
export const claudeUsageSchema = z
  .object({
    /** From a limit reading only. */
    plan: z.string().optional(),
    /** The five hours that began with the first call after the last ones were over. Nulls: none is open. */
    fiveHourWindow: z.object({
      used: tokens,
      cost,
      startedAt: instant.nullable(),
      resetsAt: instant.nullable(),
      /** In words, such as `2 hr 42 min`. */
      resetsIn: z.string().nullable(),
      /** Of the plan, 0–100; from a limit reading only. */
      percentage: z.number().optional(),
      /** True when the window comes from a limit reading, false when it is worked out from the calls. */
      measured: z.boolean(),
    }),
    today: spanSchema,
    monthToDate: spanSchema,
    /** The month's models, most tokens first. */
    modelBreakdown: z.array(z.object({ model: z.string(), tokens, cost, percentage: z.number() })),
    /** When calls last came in; null when none ever did, and then the zeros are not facts. */
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
          startedAt: '2026-10-06T07:00:00.000Z',
          resetsAt: '2026-10-06T12:00:00.000Z',
          resetsIn: '2 hr 48 min',
          measured: false,
        },
        today: { tokens: 21_904_551, estimatedCost: 38.2, sessions: 6 },
        monthToDate: { tokens: 141_220_870, estimatedCost: 244.02, sessions: 31 },
        modelBreakdown: [{ model: 'claude-opus-5-5', tokens: 141_220_870, cost: 244.02, percentage: 100 }],
        lastUpdated: '2026-10-06T09:12:00.000Z',
        dataSource: 'transcripts',
        timezone: 'Europe/Berlin',
      },
    ],
  })
export type ClaudeUsage = z.infer<typeof claudeUsageSchema>

export const claudeUsageQuerySchema = z.strictObject({
  /** IANA name of the viewer's zone, in which today begins; the hub's own when absent. */
  timezone: timezoneSchema.optional(),
  machine_id: z.string().max(200).optional(),
})

const summary = {
  method: 'GET',
  access: 'read',
  summary: 'Five-hour window, today, the month and its models, of all machines or of one',
  query: claudeUsageQuerySchema,
  answers: { 200: claudeUsageSchema },
} as const

export const claudeUsageRoutes = {
  summary: route({ ...summary, path: '/api/claude-usage' }),
  code: route({ ...summary, path: '/api/claude-usage/code', summary: 'The same as /api/claude-usage' }),
}
