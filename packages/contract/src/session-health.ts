import { z } from 'zod'
import { listQueryShape } from './list.ts'
import { exampleSession, sessionFilterShape, sessionRefShape, sessionStatusSchema } from './session.ts'
import { instant } from './time.ts'

export const staleThresholdSchema = z.coerce.number<string>().int().min(1).max(31_536_000).default(300)

/** The health of a session, derived from its last heartbeat. */
export const sessionHealthSchema = z
  .object({
    ...sessionRefShape,
    status: sessionStatusSchema,
    last_heartbeat: instant,
    current_task_id: z.string().optional(),
    /** Whether the session is live and its last heartbeat is older than the threshold. */
    is_stale: z.boolean(),
    /** Seconds since the last heartbeat. */
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
        recommendations: ['Check whether its process still runs on laptop.'],
        started_at: '2026-10-06T08:00:00.000Z',
      },
    ],
  })
export type SessionHealth = z.infer<typeof sessionHealthSchema>

/** `threshold` is the number of seconds without a heartbeat after which a session counts as stale. */
export const sessionHealthListQuerySchema = z.strictObject({ threshold: staleThresholdSchema, ...sessionFilterShape, ...listQueryShape })
export type SessionHealthListQuery = z.infer<typeof sessionHealthListQuerySchema>
