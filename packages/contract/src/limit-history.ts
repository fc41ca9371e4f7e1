import { z } from 'zod'
import { identifierSchema } from './text.ts'
import { instant, lenientInstant } from './time.ts'

export const MAX_HISTORY_POINTS = 5000

export const limitHistoryQuerySchema = z.strictObject({
  /** Defaults to seven days before `until`. */
  since: lenientInstant.optional(),
  /** Defaults to now. */
  until: lenientInstant.optional(),
  /** The most points per window. */
  points: z.coerce.number<string>({ error: 'must be a whole number' }).int().min(2).max(MAX_HISTORY_POINTS).default(500),
  account: identifierSchema().optional(),
})
export type LimitHistoryQuery = z.infer<typeof limitHistoryQuerySchema>

export const limitPointSchema = z.object({
  at: instant,
  percentageUsed: z.number(),
  /** Absent while the window is idle. */
  resetsAt: instant.optional(),
  /** The first point after a reset. */
  reset: z.literal(true).optional(),
})
export type LimitPoint = z.infer<typeof limitPointSchema>

export const limitHistorySchema = z
  .object({
    account: z.string().optional(),
    /** The name that a person has given the account. */
    accountName: z.string().optional(),
    since: instant,
    until: instant,
    series: z.array(
      z.object({
        kind: z.enum(['session', 'weekly_all', 'weekly_scoped']),
        scope: z.string().optional(),
        label: z.string(),
        /** Oldest first. Thinning keeps the highest point of each interval and the points around every reset. */
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
            label: '5-hour limit',
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
