import { z } from 'zod'
import { listQueryShape } from './list.ts'
import { exampleSession, sessionFilterShape, sessionStatusSchema, whereShape } from './session.ts'
import { instant } from './time.ts'

export const threshold = z.coerce.number<string>().int().min(1).max(31_536_000).default(300)

/** How a session is, as its last beat tells. */
export const sessionHealthSchema = z
  .object({
    ...whereShape,
    status: sessionStatusSchema,
    last_heartbeat: instant,
    current_task_id: z.string().optional(),
    /** Whether it lives, and its last beat is older than the threshold. */
    is_stale: z.boolean(),
    /** Seconds. */
    time_since_heartbeat: z.number(),
    recommendations: z.array(z.string()),
    started_at: instant,
    completed_at: instant.optional(),
  })
  .meta({
    id: 'SessionHealth',
    examples: [
      {
        session_id: exampleSession.session_id,
        project_id: 'signalbox',
        machine_id: 'laptop',
        status: 'stalled',
        last_heartbeat: '2026-10-06T09:00:00.000Z',
        is_stale: true,
        time_since_heartbeat: 720,
        recommendations: ['Look whether its process still runs on laptop.'],
        started_at: '2026-10-06T08:00:00.000Z',
      },
    ],
  })
export type SessionHealth = z.infer<typeof sessionHealthSchema>

/** `threshold`: seconds without a beat after which a session counts as stale. */
export const sessionHealthListQuerySchema = z.strictObject({ threshold, ...sessionFilterShape, ...listQueryShape })
export type SessionHealthListQuery = z.infer<typeof sessionHealthListQuerySchema>
