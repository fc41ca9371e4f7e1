import { z } from 'zod'
import { sessionSourceSchema } from './claude-session.ts'
import { instant } from './time.ts'

/** A stored event of a session; a change of status has `from` and `to`. */
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
    /** Of an observed event: its source, and what `session-observation.ts` says of each. */
    source: sessionSourceSchema.optional(),
    name: z.string().optional(),
    agent_id: z.string().optional(),
    duration_ms: z.int().optional(),
    failed: z.boolean().optional(),
  })
  .meta({
    id: 'TimelineRow',
    examples: [{ at: '2026-10-06T09:05:00.000Z', type: 'session.status', from: 'active', to: 'failed', reason: 'process ended' }],
  })
export type TimelineRow = z.infer<typeof timelineRowSchema>
