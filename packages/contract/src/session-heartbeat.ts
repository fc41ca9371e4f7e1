import { z } from 'zod'
import { metadataPatchSchema } from './metadata.ts'
import { activitySchema, exampleSession, heartbeatIntervalSchema, sessionStatusSchema, waitingForSchema } from './session.ts'
import { id } from './text.ts'
import { instant } from './time.ts'

export const heartbeatSchema = z
  .strictObject({
    current_task_id: id().nullable().optional(),
    metadata: metadataPatchSchema.optional(),
    status: z.enum(['active', 'paused']).optional(),
    activity: activitySchema.nullable().optional(),
    waiting_for: waitingForSchema.optional(),
    heartbeat_interval_ms: heartbeatIntervalSchema.nullable().optional(),
  })
  .meta({ id: 'Heartbeat', examples: [{ activity: 'working' }] })
export type Heartbeat = z.infer<typeof heartbeatSchema>

export const heartbeatAnswerSchema = z
  .object({
    session_id: z.string(),
    status: sessionStatusSchema,
    last_heartbeat: instant,
    message: z.string(),
    /** When to come again, in milliseconds from now. */
    next_heartbeat_ms: z.int(),
  })
  .meta({
    id: 'HeartbeatAnswer',
    examples: [
      {
        session_id: exampleSession.session_id,
        status: 'active',
        last_heartbeat: '2026-10-06T09:12:00.000Z',
        message: 'Heartbeat recorded',
        next_heartbeat_ms: 60_000,
      },
    ],
  })
export type HeartbeatAnswer = z.infer<typeof heartbeatAnswerSchema>
