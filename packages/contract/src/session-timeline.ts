import { z } from 'zod'
import { instant } from './time.ts'

/** One thing that happened to a session, as it is kept; a change of status has `from` and `to`. */
export const timelineRowSchema = z
  .object({
    at: instant,
    type: z.string(),
    from: z.string().optional(),
    to: z.string().optional(),
    reason: z.string().optional(),
    task_id: z.string().optional(),
    task_name: z.string().optional(),
    event_id: z.int().optional(),
  })
  .meta({
    id: 'TimelineRow',
    examples: [{ at: '2026-10-06T09:05:00.000Z', type: 'session.status', from: 'active', to: 'failed', reason: 'process ended' }],
  })
export type TimelineRow = z.infer<typeof timelineRowSchema>
